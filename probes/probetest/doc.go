// Package probetest checks probes, and the checks of preflight and forecast, against
// fixtures, as package scene reads them.
//
// What each wants is found and nothing else, and what is reported, fixes included, is
// compared with the golden beside the fixture; run the tests with -update to write it
// again.
package probetest

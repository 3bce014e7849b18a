// Package probetest checks probes against fixtures.
//
// A fixture is a YAML file of real Kubernetes manifests, decoded with client-go's
// scheme and projected as a live cluster's objects are. A comment in an object's
// document says what must be found about it:
//
//	# want [probe-id] severity grade "regular expression of the summary"
//
// A fixture without one must yield nothing. The document `kind: Fixture`, which
// may come anywhere, sets the clock and the thresholds, takes away read rights,
// and holds Helm records and log tails in short form; see [Fixture]. What is
// reported, fixes included, is compared with the golden beside the fixture; run
// the tests with -update to write it anew.
package probetest

// Package viewtest holds a cluster in which the five incidents are present, for
// tests of the interface: rows, coverage and findings as the probes would make
// them, some with wide and combining characters in their names.
package viewtest

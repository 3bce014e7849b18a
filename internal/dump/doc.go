// Package dump reads what people are sent of a cluster, as a snapshot: the output of
// kubectl get and kubectl cluster-info dump, an OpenShift must-gather, a support bundle
// of troubleshoot, loose manifests; a file, a folder, an archive, or standard input.
//
// Objects are projected by the same code as live ones, so the same probes give the same
// answers. What a dump does not hold is unknown, not empty: a kind counts as read in a
// namespace only where the dump has all of it there (coverage.go says how that is
// told). Everything is streamed and bounded, and nothing is unpacked to disk; what
// cannot be read is named, and the rest is used.
package dump

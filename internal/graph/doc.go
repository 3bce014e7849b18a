// Package graph answers who refers to whom.
//
// Edges come from the rows' own references, from owner references, label
// selectors, claim templates, endpoint slices, lists of hosts, and the manifests of
// releases. They are never stored: an index per namespace, built when it is first
// asked for and kept until its Space changes, says which row to look at, and the
// edge is made from that row. What a change costs is therefore that of its
// namespace, whatever the size of the cluster.
//
// The contract: a Graph may be used by many goroutines; its answers are sorted and
// the same for the same snapshot. In says what Out says, seen from the other end.
// Every walk is bounded, whatever owner references claim. The package is pure: no
// client, no clock, no I/O.
package graph

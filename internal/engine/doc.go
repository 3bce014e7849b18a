// Package engine turns what moved in a cluster into reports.
//
// One goroutine takes a snapshot when the source says that something moved,
// updates the graph, runs again the probes that read what moved, in the
// namespaces that moved, and offers the result in a mailbox that holds the latest
// report only. The first change after quiet is answered at once, a storm in at
// most ten reports a second. Nothing here knows a client or a screen.
package engine

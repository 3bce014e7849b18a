// Package model is careen's picture of a cluster: small, immutable records that
// hold what the probes, the graph and the panes read, and nothing else.
//
// The contract: a record is never changed after it was put into a Space; a Space
// and a Snapshot never change at all. No record holds a byte of a Secret's
// value, of an environment value or of a Helm release's configuration; every
// string that came from a cluster was sanitised and bounded before it got here.
// The package imports no client, touches no clock and does no I/O.
package model

// Package model is careen's picture of a cluster: small, immutable records that
// hold what the probes, the graph and the panes read, and nothing else.
//
// The contract: a record is never changed after it was put into a Space; a Space
// and a Snapshot never change at all. No record holds a byte of a Secret's
// value, of an environment value or of a Helm release's configuration; every
// string that came from a cluster was sanitised and bounded before it got here.
//
// What careen knows of a kind is one row of a table, in kinds.go; the types of rows are
// its column. Every string of a row says in a struct tag what a file does with it from
// which names are to be removed (see internal/archive):
//
//	careen:"name"    chosen by people: all its words are replaced
//	careen:"image"   a name, but that rules know some public images
//	careen:"template" a name with placeholders, which stay
//	careen:"api"     a kind, group or version: replaced where an organisation defined it
//	careen:"key"     of a label, annotation, finalizer: its domain likewise
//	careen:"value"   of a label: a name, unless it is a word of Kubernetes
//	careen:"text"    a message, a path: names in it are replaced
//	careen:"keep"    a word of Kubernetes or of a program, a number, a hash
//	careen:"notes"   the text of an annotation, which is left out where it is long
//
// A map has two, for its keys and its values: "key value" of labels.
//
// The package imports no client, touches no clock and does no I/O.
package model

// Package probes holds what careen knows about broken clusters.
//
// A probe is a value: an id, a page of documentation, the kinds it reads and a
// pure function from a Pass (a snapshot, its graph and a clock reading) to
// findings. It reads the present state and never an event's order, so that a
// restart, a relist and a change are one path. A probe does no I/O and keeps no
// state. All is the only list of probes.
package probes

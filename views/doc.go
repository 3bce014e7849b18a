// Package views holds the panes and pages of the interface: one file each.
//
// The contract: a pane reads one report, which is swapped whole; it sees actions,
// never keys; it says by its offers what it answers at present, and why it does
// not answer the rest; it draws exactly h lines of w cells. Nothing here talks to
// a cluster or to the terminal: what a pane wants done it asks for by a Request.
package views

// Package command is careen's command line: the tree of commands, one file each,
// with their flags and exit codes. Every command opens what it works on through
// one session (session.go), so that configuration, log, connection, mode and
// namespaces mean the same everywhere.
package command

// Package config reads what an operator keeps: the configuration file, and the
// baseline of findings that are known.
//
// A file is read whole and strictly. Every error names file, line and column, and
// an unknown field is an error, because a misspelt waiver that is passed over
// hides what it was meant to say. Probes are compiled as they are read.
package config

// Package catalogue writes what the probes declare about themselves: the page of
// each, and the rights that they need to look.
//
// Everything in it is made from probes.Probe values alone, so that a page or a
// role cannot say something that the code does not do. It contacts no cluster.
package catalogue

//go:generate go test -run TestFilesAreFresh -update .

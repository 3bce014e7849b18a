// Package report writes what a look found, for people and for machines.
//
// A Document is the contract of `-o json`; every other format is made from it.
// Findings come in one order, severest first, so that two looks at the same
// cluster print the same. No format prints what a Document does not hold, and a
// Document holds no secret byte.
package report

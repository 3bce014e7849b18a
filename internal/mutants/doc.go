// Package mutants tells which conditions a package could lose without a test that
// notices.
//
// Each condition is rewritten into a call of [Cond], all of them at once, so that the
// package is compiled once: then every mutant is a number. [Run] records which trials
// come to which condition with which result, and forces each condition to be true, and
// to be false, in just the trials where that makes a difference. A trial that then fails
// has killed the mutant. One that no trial kills is a survivor: a clause that could be
// deleted, and nothing would be seen.
package mutants

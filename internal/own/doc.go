// Package own makes probes of rules that operators write, in CEL, over rows as Kubernetes
// objects.
//
// A rule is compiled when it is read: a field that no row holds, a kind that nobody reads,
// a text that is no condition is an error with its line and column. Evaluated it is held
// to a cost, for an object and for a run; what fails is said once, as unknown, and stops
// nothing else. A rule that looks at other objects is graded inferred, and one whose
// answer depends on what was not read says nothing of that object but that.
//
// The language is CEL's standard one with cel.bind, without functions whose result can be
// much larger than what they are given. Nothing in it reads a clock, a file or a value of
// a Secret.
package own

//go:generate go test -run TestTheOwnProbesPageIsFresh -update .

// Package future draws what a fix would make of a cluster: its steps are applied to a
// copy of a snapshot, and the consequences drawn that controllers and the kubelet would
// bring about. Probes then look at the copy, and say whether the fix would help.
//
// What follows is drawn only where the rows tell: references, accounts, volumes and
// classes. What they cannot tell (whether a program then runs, what an operator writes)
// is taken for well, and said. The package is pure.
package future

// Package inspect is what an operator is shown of an object when they ask to see
// more than the watches keep: its YAML, events, logs, the history of a release,
// what changed lately around it.
//
// The contract: whatever is held here may be printed. Secret values, release
// values and what looks like a credential are masked when they are put here, text
// from the cluster is sanitised, and every list is bounded. The one exception is
// Value, which prints as masked whatever is done with it, until it is asked to
// Show. The package is pure.
package inspect

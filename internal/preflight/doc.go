// Package preflight says what would go wrong with a Helm release before anything is
// installed.
//
// A chart is rendered with Helm's own engine (packages source and box), against the
// capabilities of the live server and with lookup, and what it declares is laid over a
// snapshot of the cluster: probes then see the cluster as it would be, and what they find about the
// release is foretold in their own words. Beside them stand checks of what only the
// moment before can tell: what the acting identity may not do, what exists already
// and belongs to somebody else, what admission would refuse, what an upgrade
// replaces. Every request is a read, an access review, or a create that the server
// is told not to keep (dryRun=All).
//
// Values and rendered Secrets stay in memory and reach no finding. Nor does what a chart
// makes of Secrets that it looks up: such a chart is rendered a second time, with made-up
// values, and only that is shown (type disguise).
package preflight

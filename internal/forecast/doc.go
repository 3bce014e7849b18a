// Package forecast says what an uninstall of a Helm release would delete, what it
// would keep, and what it would leave behind without saying so.
//
// Helm deletes what the release's newest manifest declares, but for objects whose
// policy is keep. What controllers and programs made in the meantime stands in no
// manifest: the claims of StatefulSets, Secrets under made-up names, the objects of
// hooks, definitions from the chart's crds folder, leases. What can be destroyed is
// told apart from what stays, with sizes, and with the steps that clean up or keep.
package forecast

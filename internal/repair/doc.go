// Package repair fixes: it turns the fixes that findings carry into plans, shows
// them, applies them, proves them, and takes them back.
//
// A Plan is a list of Writes, each one request with the object before and after.
// Everything else follows from that list: the diff, the server's dry run, the
// rights, the journal, undo, and what is left to do after a kill. The contract:
//
//   - Every write is pinned to the UID and resourceVersion just read, and happens
//     only while the object is, status aside, what the plan showed.
//   - Before the first write the journal entry stands in the cluster, and a line in
//     the operator's log before each; where one cannot be written, neither is the other.
//   - Secret bytes pass from the server to the server. No line of a plan, no error, no
//     log and no command holds one.
//   - Nothing is forced: field manager careen, no force, no finalizer taken off unasked.
//
// Only this package writes to a cluster.
package repair

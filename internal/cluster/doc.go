// Package cluster reads a Kubernetes cluster: it connects, watches, projects each
// object on arrival (package project) and keeps the rows in a store that yields
// immutable snapshots. It says of every watch how much it knows: syncing, live,
// stale, forbidden, absent. Nothing waits for all of them.
//
// Every request of the process, Helm's too, goes through one guarded transport,
// which lets only reads pass in read-only mode; see Guard.
//
// Follow-ups are rows like any other: the newest body of each Helm release, and
// the end of the previous log of each crash-looping container, fetched when
// something moved and at no other time.
package cluster

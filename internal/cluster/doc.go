// Package cluster reads a Kubernetes cluster: it watches, projects each
// object on arrival (package project) and keeps the rows in a store that yields
// immutable snapshots. It says of every watch how much it knows: syncing, live,
// stale, forbidden, absent. Nothing waits for all of them.
//
// Follow-ups are rows like any other: the newest body of each Helm release, and
// the end of the previous log of each crash-looping container, fetched when
// something moved and at no other time.
package cluster

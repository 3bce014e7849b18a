// Package client reads from the cluster what the watches do not keep, when an
// operator asks for it: an object's YAML, its events, logs, one secret value, the
// history of a release.
//
// The contract: every request is a GET through the guarded connection, is bounded in
// size and number, and ends with its context. What is returned is masked and
// sanitised (package inspect); nothing is kept. Helm's own List, Get and History are
// not called: records are decoded by package release.
package client

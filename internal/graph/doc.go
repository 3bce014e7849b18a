// Package graph derives from a snapshot who refers to whom: ownership, mounts,
// environment, accounts, selectors, bindings, routes, names in configuration, and
// what a release declares. It is pure, and works a namespace at a time: a change
// re-derives the edges of its own namespace only.
package graph

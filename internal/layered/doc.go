// Package layered arranges a small directed graph in layers, from left to right: each
// edge leads to a later layer, but for those that close a circle. It is for graphs that
// a person can look at, of some dozens of nodes, knows nothing of what the nodes are,
// and makes the same of the same graph.
package layered

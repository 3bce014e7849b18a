// Package verify says whether a deploy has ended well: the release's record and its
// label, every object of its manifest, its hooks, and what the probes find about them.
// It reads, and waits; it writes nothing.
package verify

// Package box renders charts with Helm's engine in a sandbox.
//
// A chart is somebody else's program: its templates loop, allocate and recurse as they
// please, its schema refers to other documents, its archives hold what they hold. All
// of it, from the first byte of an archive to the last document rendered, is worked on
// by a child process (package sandbox), which Serve runs and a Box speaks to. What
// comes back is JSON, bounded in number, size and depth, and in words that are safe to
// print.
//
// Three things are not as Helm does them. A schema refers to documents of the chart
// alone, and what it refers to elsewhere is named, not read. lookup is answered by the
// caller. And a value that does not fit a schema is not quoted.
package box

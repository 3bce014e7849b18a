// Package timeline tells what changed lately around an object: from its managed
// fields and those of what it is joined to, from ReplicaSets, release revisions and
// events, and from what careen itself saw. A finding's onset is marked among it,
// and the change that came just before is named the suspect.
//
// The package is pure: it reads snapshots and is told the time.
package timeline

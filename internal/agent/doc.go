// Package agent is careen without a terminal, in a cluster: what an engine finds becomes
// report objects (package openreports) and metrics.
//
// The contract: of what it writes each object is named Name, and nothing is written
// before the first look is complete, nor by one that does not hold the Lease. An object
// is written where what was found changed: that time passes is no change. A namespace
// where nothing is found has none. Whatever cannot be written is said and tried again,
// ever less often; metrics are served in any case.
package agent

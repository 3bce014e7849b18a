// Package about gathers what is known of one object that somebody asks about: its state,
// the findings that touch it, and what the logs of its pods say. Pure.
//
// The contract: what a log says is told as what a program says, with its time, and never as
// a finding; nothing here adds to a report or its counts, and offers a fix. Which logs are
// read is decided here, so that it is bounded and can be told: at most three pods, at most
// inspect.MostRuns requests.
package about

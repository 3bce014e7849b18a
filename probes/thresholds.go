package probes

import "time"

// Settings are the thresholds that an operator may set.
type Settings struct {
	StuckAfter       time.Duration
	TerminatingAfter time.Duration
	StaleAfter       time.Duration
	OrphanAfter      time.Duration
}

// Threshold is one duration of Settings. Flags, the configuration file, its checks and
// docs, fixtures and the demo read Thresholds.
type Threshold struct {
	Name    string        // of the flag, and in the configuration file
	Default time.Duration // of the interface contract
	Demo    time.Duration // for the demo, whose incidents are seconds old
	Help    string
	Of      func(*Settings) *time.Duration // where Settings hold it
}

// Thresholds lists them all. Adding one is one row, and its field of Settings.
var Thresholds = []Threshold{
	{
		"stuck-after", 15 * time.Minute, 10 * time.Second, "how old a pending operation must be to count as stuck",
		func(s *Settings) *time.Duration { return &s.StuckAfter },
	},
	{
		"terminating-after", 10 * time.Minute, 10 * time.Minute, "how old a deletion must be to count as stuck",
		func(s *Settings) *time.Duration { return &s.TerminatingAfter },
	},
	{
		"stale-after", 60 * time.Second, 5 * time.Second, "how long a process may run with outdated configuration",
		func(s *Settings) *time.Duration { return &s.StaleAfter },
	},
	{
		"orphan-after", 168 * time.Hour, 10 * time.Second, "how old an unreferenced Secret must be to count as an orphan",
		func(s *Settings) *time.Duration { return &s.OrphanAfter },
	},
}

// Defaults are the thresholds where nobody sets one.
var Defaults = defaults()

func defaults() (s Settings) {
	for _, t := range Thresholds {
		*t.Of(&s) = t.Default
	}
	return s
}

// ThresholdNamed finds a threshold by the name of its flag.
func ThresholdNamed(name string) (Threshold, bool) {
	for _, t := range Thresholds {
		if t.Name == name {
			return t, true
		}
	}
	return Threshold{}, false
}

// ThresholdNames are the names of all thresholds.
func ThresholdNames() []string {
	out := make([]string, len(Thresholds))
	for i, t := range Thresholds {
		out[i] = t.Name
	}
	return out
}

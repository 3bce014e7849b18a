package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// WatchState is how much a watch knows.
type WatchState string

// The states of a watch. Stale data was complete when it was last read.
const (
	Syncing   WatchState = "syncing"
	Live      WatchState = "live"
	Stale     WatchState = "stale"
	Forbidden WatchState = "forbidden"
	Absent    WatchState = "absent" // the server does not serve the kind
)

// Watch is the state of one kind in one namespace, or in all ("").
type Watch struct {
	Kind      Kind       `careen:"api"`
	Resource  string     `careen:"api"`  // plural: "secrets"
	Namespace string     `careen:"name"` // empty for the whole cluster
	State     WatchState `careen:"keep"`
	Objects   int
	Expected  int       // about how many there are, while they are being read; 0 where the server does not tell
	Message   string    `careen:"text"` // what the server said, as whom, and which right is missing
	Since     time.Time // when it entered this state
	Partial   bool      // live, but only up to a bound, which Message names
}

// Known reports whether what the watch read is complete, or was when it last could
// read. A kind that is not served is complete: there are none.
func (w Watch) Known() bool {
	return !w.Partial && (w.State == Live || w.State == Stale || w.State == Absent)
}

// Coverage is the state of every watch, sorted by resource and namespace.
type Coverage []Watch

// Sort orders c as reports show it.
func (c Coverage) Sort() {
	slices.SortFunc(c, func(a, b Watch) int {
		return cmp.Or(strings.Compare(a.Resource, b.Resource), strings.Compare(a.Namespace, b.Namespace))
	})
}

// Knows reports whether the objects of a kind in a namespace are completely known;
// where they are not, why says so in words: "secrets: forbidden to x (list
// secrets)". A kind that the server does not serve is completely known: there are
// none. Pass namespace "" for a cluster-scoped kind or to ask about all namespaces in
// which the kind is read.
func (c Coverage) Knows(kind Kind, namespace string) (ok bool, why string) {
	if within := Lookup(kind).Within; namespace == "" && len(within) > 0 {
		for _, n := range within {
			if ok, why := c.Knows(kind, n); !ok {
				return false, why
			}
		}
		return true, ""
	}
	found := false
	for _, w := range c {
		if w.Kind != kind {
			continue
		}
		if w.Namespace != "" && w.Namespace != namespace {
			if namespace != "" {
				continue
			}
			// Only some namespaces are read: never complete for all of them.
			return false, w.Resource + ": read in some namespaces only"
		}
		found = true
		if !w.Known() {
			return false, w.Resource + ": " + cmp.Or(w.Message, string(w.State))
		}
	}
	if !found {
		return false, strings.ToLower(string(kind)) + ": not read"
	}
	return true, ""
}

// Settled reports whether no watch is still syncing.
func (c Coverage) Settled() bool {
	return !slices.ContainsFunc(c, func(w Watch) bool { return w.State == Syncing })
}

// Complete reports whether everything was read, and is being read: the watch is live
// and reached no bound. It is the one definition of a look that is not partial.
func (w Watch) Complete() bool { return w.State == Live && !w.Partial }

// Covers reports whether a watch reads what stands in a namespace.
func (w Watch) Covers(namespace string) bool {
	info, builtin := Info(w.Kind)
	return w.Namespace == namespace || w.Namespace == "" && builtin && info.Namespaced
}

// Partial lists the watches that are not complete.
func (c Coverage) Partial() []Watch {
	return slices.DeleteFunc(slices.Clone(c), Watch.Complete)
}

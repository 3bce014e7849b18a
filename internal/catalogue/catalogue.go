package catalogue

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/forecast"
	"github.com/careen-tui/careen/internal/preflight"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/internal/verify"
	"github.com/careen-tui/careen/probes"
)

// Where says which commands report findings of a probe or check: a set of Live,
// Preflight, Forecast and Verify.
type Where uint8

const (
	Live      Where = 1 << iota // a cluster as it is: careen, audit, fix, graph
	Preflight                   // a chart before it is installed
	Forecast                    // a release before it is uninstalled
	Verify                      // a deploy that has just been made
)

// places lists where there is, and what is reported there.
var places = []struct {
	where    Where
	name     string
	commands []string
	list     func() []*probes.Probe
}{
	{Live, "live", []string{"careen", "careen audit"}, probes.All},
	{Preflight, "preflight", []string{"careen preflight"}, preflight.Catalogue},
	{Forecast, "forecast", []string{"careen forecast"}, forecast.Catalogue},
	{Verify, "verify", []string{"careen verify"}, verify.Checks},
}

// String writes "live", or "live, preflight".
func (w Where) String() string {
	var names []string
	for _, p := range places {
		if w&p.where != 0 {
			names = append(names, p.name)
		}
	}
	return strings.Join(names, ", ")
}

// Commands are the commands that report there.
func (w Where) Commands() (out []string) {
	for _, p := range places {
		if w&p.where != 0 {
			out = append(out, p.commands...)
		}
	}
	return out
}

// Entry is a probe or a check, and where its findings are reported.
type Entry struct {
	*probes.Probe
	Where Where
}

// All is every probe and check under whose id anything is reported: the probes first,
// then what the other commands add.
func All() []Entry {
	var out []Entry
	for _, place := range places {
		for _, p := range place.list() {
			i := slices.IndexFunc(out, func(e Entry) bool { return e.Probe == p })
			if i < 0 {
				i = len(out)
				out = append(out, Entry{Probe: p})
			}
			out[i].Where |= place.where
		}
	}
	return out
}

// In are the probes and checks that report there.
func In(where Where) (out []*probes.Probe) {
	for _, e := range All() {
		if e.Where&where != 0 {
			out = append(out, e.Probe)
		}
	}
	return out
}

// Find is the entry of an id.
func Find(id finding.ProbeID) (Entry, bool) {
	for _, e := range All() {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}

// IDs are the ids of All.
func IDs() []finding.ProbeID {
	var out []finding.ProbeID
	for _, e := range All() {
		out = append(out, e.ID)
	}
	return out
}

// Unknown says that there is no probe of that id, and which may have been meant.
type Unknown struct{ ID string }

func (e *Unknown) Error() string {
	var ids []string
	for _, id := range IDs() {
		ids = append(ids, string(id))
	}
	return `unknown probe "` + e.ID + `"` + text.DidYouMean(e.ID, ids) + " (careen probes lists them)"
}

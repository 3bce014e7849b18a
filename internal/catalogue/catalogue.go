package catalogue

import (
	"fmt"
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

// Catalogue is every probe and check under whose id anything is reported.
type Catalogue struct{ own []*probes.Probe }

// With is the catalogue with the probes of a configuration.
func With(own []*probes.Probe) *Catalogue { return &Catalogue{own} }

// builtin is the catalogue without a configuration.
var builtin = With(nil)

// All is every entry: the probes first, then what the other commands add, then those
// of the configuration.
func (c *Catalogue) All() []Entry {
	var out []Entry
	add := func(where Where, p *probes.Probe) {
		i := slices.IndexFunc(out, func(e Entry) bool { return e.Probe == p })
		if i < 0 {
			i = len(out)
			out = append(out, Entry{Probe: p})
		}
		out[i].Where |= where
	}
	for _, place := range places {
		for _, p := range place.list() {
			add(place.where, p)
		}
	}
	for _, p := range c.own {
		add(Live, p)
	}
	return out
}

// In are the probes and checks that report there.
func (c *Catalogue) In(where Where) (out []*probes.Probe) {
	for _, e := range c.All() {
		if e.Where&where != 0 {
			out = append(out, e.Probe)
		}
	}
	return out
}

// Find is the entry of an id.
func (c *Catalogue) Find(id finding.ProbeID) (Entry, bool) {
	for _, e := range c.All() {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}

// IDs are the ids of All.
func (c *Catalogue) IDs() []finding.ProbeID {
	var out []finding.ProbeID
	for _, e := range c.All() {
		out = append(out, e.ID)
	}
	return out
}

// Unknown says that there is no probe of that id, and which may have been meant.
func (c *Catalogue) Unknown(id string) error {
	var ids []string
	for _, known := range c.IDs() {
		ids = append(ids, string(known))
	}
	return fmt.Errorf("unknown probe %q%s (careen probes lists them)", id, text.DidYouMean(id, ids))
}

// All is every entry without a configuration.
func All() []Entry { return builtin.All() }

// In are the probes and checks that report there, without a configuration.
func In(where Where) []*probes.Probe { return builtin.In(where) }

// Find is the entry of an id, without a configuration.
func Find(id finding.ProbeID) (Entry, bool) { return builtin.Find(id) }

// IDs are the ids of All.
func IDs() []finding.ProbeID { return builtin.IDs() }

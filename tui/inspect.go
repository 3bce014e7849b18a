package tui

import (
	tea "charm.land/bubbletea/v2"

	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// inspectOffers are the actions that read more of an object than is watched.
func (m *model) inspectOffers() []keymap.Offer {
	s := m.subject()
	whole, logs, secret := "", "", ""
	switch {
	case s.Ref.IsZero() || s.Ref.Name == "*":
		whole = "nothing is selected"
	case m.opts.Inspector == nil:
		whole = "this session reads no live cluster"
	}
	logs, secret = whole, whole
	reveal := whole
	if m.opts.Inspector == nil {
		reveal = "values cannot be read in this session"
	}
	if whole == "" {
		if s.Ref.Kind == cluster.KindRelease {
			whole = "a release is no object of the API; open it"
		}
		if s.Ref.Kind == cluster.KindLogTail {
			whole = "a log is no object of the API"
		}
		if !views.HasLogs(s.Ref.Kind) {
			logs = "it has no containers"
		}
		if s.Ref.Kind != cluster.KindSecret && s.Ref.Kind != cluster.KindConfigMap {
			secret = "it is no secret"
		}
		if s.Ref.Kind == cluster.KindConfigMap {
			reveal = "the values of a config map are no secret: its YAML shows them"
		} else if s.Ref.Kind != cluster.KindSecret {
			reveal = "it is no secret"
		}
	}
	return []keymap.Offer{
		{Action: keymap.Logs, Disabled: logs},
		{Action: keymap.YAML, Disabled: whole},
		{Action: keymap.Events, Disabled: whole},
		{Action: keymap.Reveal, Disabled: reveal},
		{Action: keymap.Compare, Disabled: secret},
	}
}

// inspects answers the actions of inspectOffers; ok is false for others.
func (m *model) inspects(a keymap.Action) (cmd tea.Cmd, ok bool) {
	ref := m.subject().Ref
	switch a {
	case keymap.YAML:
		return m.openYAML(ref), true
	case keymap.Events:
		return m.openEvents(ref), true
	case keymap.Logs:
		return m.openLogs(ref), true
	case keymap.Reveal:
		return m.openReveal(ref), true
	case keymap.Compare:
		return m.openCompare(ref), true
	}
	return nil, false
}

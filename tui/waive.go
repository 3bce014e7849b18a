package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// mostWaived is how many findings are accepted at a time: a reason for more is a pattern,
// which is written by hand.
const mostWaived = 50

// waivable are the findings that a waiver would be for.
func (m *model) waivable() []*finding.Finding {
	if !m.right && m.active == views.PaneFindings {
		return m.findings.Chosen()
	}
	if f := m.env.Report.Find(m.subject().Finding); f != nil {
		return []*finding.Finding{f}
	}
	return nil
}

// waived reports whether a finding does not count because of the configuration file.
func (m *model) waived(f *finding.Finding) bool { return m.env.Waivers.Waived(f) }

func (m *model) waiveOffer() keymap.Offer {
	o, list := keymap.Offer{Action: keymap.Waive}, m.waivable()
	switch {
	case m.env.Waivers == nil:
		o.Disabled = "this session has no configuration file"
	case len(list) == 0:
		o.Disabled = "no finding is selected"
	case slices.ContainsFunc(list, func(f *finding.Finding) bool { return f.Grade == finding.Unknown }):
		o.Disabled = "what is not known cannot be accepted"
	case len(list) > mostWaived:
		o.Disabled = fmt.Sprintf("these are %s: write one waiver with a pattern into the configuration file", text.Counted(len(list), "finding"))
	case allOf(list, m.waived):
		o.Label = "count again"
	case allOf(list, func(f *finding.Finding) bool { return m.env.Waivers.Why(f) != "" }):
		o.Disabled = "it does not count: " + m.env.Waivers.Why(list[0])
	}
	return o
}

func allOf(list []*finding.Finding, is func(*finding.Finding) bool) bool {
	return !slices.ContainsFunc(list, func(f *finding.Finding) bool { return !is(f) })
}

// waive asks for a reason and an end, and shows what would be written; of what is waived
// already, what would be taken out.
func (m *model) waive() tea.Cmd {
	from, list, waivers := m.focused(), m.waivable(), m.env.Waivers
	if allOf(list, m.waived) {
		return m.push(views.NewWaiver(m.env, list, true, func() (*views.Waiving, error) { return waivers.Recall(list) }))
	}
	what := "why is it accepted"
	if n := len(list); n > 1 {
		what = fmt.Sprintf("why are these %d accepted", n)
	}
	m.prompt = typing(from, what, false, func(reason string) views.Request {
		if reason == "" {
			return views.Say{Text: "not accepted: a waiver needs a reason"}
		}
		m.askEnd(from, list, reason, waivers.Suggested())
		return nil
	})
	return nil
}

// askEnd asks until when findings are accepted, and again where that is no day.
func (m *model) askEnd(from views.Pane, list []*finding.Finding, reason, suggested string) {
	waivers := m.env.Waivers
	m.prompt = typing(from, "until (a day, 30d, 2w; empty: no end)", false, func(until string) views.Request {
		if err := waivers.Check(until); err != nil {
			m.askEnd(from, list, reason, until)
			return views.Say{Text: err.Error()}
		}
		return views.OpenPage{Page: views.NewWaiver(m.env, list, false, func() (*views.Waiving, error) { return waivers.Accept(list, reason, until) })}
	})
	m.prompt.input.Set(suggested)
}

// tellOfWaivers says once, when everything is known, that waivers cover nothing any more.
func (m *model) tellOfWaivers() {
	if m.told || m.env.Waivers == nil || !m.env.Settled() {
		return
	}
	m.told = true
	if n := len(m.env.IdleWaivers()); n > 0 && m.message == "" {
		m.message = fmt.Sprintf("%s %s no finding any more: %s shows which", text.Counted(n, "waiver"), text.Plural(n, "covers", "cover"), m.keys.Key(keymap.Resolved))
	}
}

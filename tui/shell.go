package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

var paneActions = []keymap.Action{
	keymap.FocusFindings, keymap.FocusReleases, keymap.FocusSecrets, keymap.FocusVolumes, keymap.FocusGraph,
}

// shellOffers are the actions that the shell answers itself.
func (m *model) shellOffers() []keymap.Offer {
	about := ""
	if m.subject().IsZero() {
		about = "nothing is selected"
	}
	out := append(m.inspectOffers(), []keymap.Offer{
		{Action: keymap.Changed, Disabled: about},
		{Action: keymap.Namespaces},
		m.contextsOffer(),
		{Action: keymap.Severity},
		m.journalOffer(),
		{Action: keymap.Palette},
		m.loginOffer(),
		{Action: keymap.Coverage},
		{Action: keymap.Help},
		{Action: keymap.Quit},
		{Action: keymap.NextPane},
		{Action: keymap.PrevPane},
	}...)
	out = append(out, m.placeOffers()...)
	for i, a := range paneActions {
		o := keymap.Offer{Action: a}
		if i >= len(m.panes) {
			o.Disabled = "this build has no such pane"
		}
		out = append(out, o)
	}
	return out
}

func (m *model) journalOffer() keymap.Offer {
	o := keymap.Offer{Action: keymap.Journal}
	if m.opts.Mender == nil {
		o.Disabled = "nothing can be applied or taken back in this session"
	}
	return o
}

// subject is what the focused pane is about.
func (m *model) subject() views.Subject {
	if m.right && len(m.pages) == 0 {
		return m.detail.Subject()
	}
	return m.panes[m.active].Selected()
}

// own answers the shell's actions.
func (m *model) own(a keymap.Action) tea.Cmd {
	for i, f := range paneActions {
		if a == f {
			m.focus(i)
			return nil
		}
	}
	switch a {
	case keymap.Quit:
		if m.applying() {
			m.message = "a plan is being applied: esc stops it before its next step, ctrl+c quits all the same"
			return nil
		}
		m.quitting = true
	case keymap.HistoryBack:
		m.travel(&m.places.back, &m.places.forward)
	case keymap.HistoryForward:
		m.travel(&m.places.forward, &m.places.back)
	case keymap.NextPane:
		m.cycle(1)
	case keymap.PrevPane:
		m.cycle(-1)
	case keymap.Namespaces:
		m.push(views.NewNamespaceChoice(m.env))
	case keymap.Contexts:
		p := &contextPage{views.NewContextChoice(m.env)}
		m.push(p)
		return m.listContexts()
	case keymap.Palette:
		return m.openPalette()
	case keymap.Login:
		return m.logIn()
	case keymap.Coverage:
		m.push(views.NewCoverage(m.env))
	case keymap.Severity:
		m.env.Severity = m.nextSeverity()
		for _, p := range m.panes {
			p.Load()
		}
		m.follow()
		m.message = "findings: " + m.severityText()
	case keymap.Help:
		pane := m.focused()
		m.push(views.NewHelp(m.env, m.keys, m.place(), pane.Scope(), m.offers(pane)))
	case keymap.Changed:
		return m.openChanges(m.subject())
	case keymap.Journal:
		return m.openJournal()
	default:
		if cmd, ok := m.inspects(a); ok {
			return cmd
		}
	}
	return nil
}

// openPalette lists what can be asked for, and takes what is typed to find it.
func (m *model) openPalette() tea.Cmd {
	page := views.NewPalette(m.env, m.keys, m.offers(m.focused()), m.opts.Probes, m.contexts)
	m.push(page)
	m.prompt = filterPrompt(page, func(by int) {
		if by > 0 {
			page.Do(keymap.Down)
		} else {
			page.Do(keymap.Up)
		}
	})
	m.prompt.sign = ":"
	m.prompt.cancel = m.close
	m.prompt.accept = func(string) { m.prompted = m.ask(page, keymap.Open) }
	return m.listContexts()
}

func (m *model) focus(i int) {
	if m.panes[i] == m.graph && m.graph.Centre().IsZero() {
		m.graph.Around(m.subject().Ref)
	}
	m.uncover(0)
	m.active, m.right = i, false
	m.follow()
}

// cycle moves the focus: through the panes and, where both regions are seen, the
// detail after the last.
func (m *model) cycle(by int) {
	n := len(m.panes) + 1
	at := m.active
	if m.right {
		at = n - 1
	}
	at = (at + by + n) % n
	if at == n-1 {
		m.right = true
		return
	}
	m.focus(at)
}

// nextSeverity raises the threshold by a step, and starts over after the last.
func (m *model) nextSeverity() finding.Severity {
	switch m.env.Severity {
	case finding.Medium:
		return finding.High
	case finding.High:
		return finding.Critical
	case finding.Critical:
		return 0
	case finding.Low:
	}
	return finding.Medium
}

func (m *model) severityText() string {
	if m.env.Severity <= finding.Low {
		return "all severities"
	}
	return fmt.Sprintf("%s and above", m.env.Severity)
}

// place names where the focus is, for the help.
func (m *model) place() string {
	switch m.focused().Scope() {
	case keymap.InDetail:
		return "the detail"
	case keymap.InPlan:
		return "the plan"
	case keymap.InChoice:
		return "the choice"
	case keymap.InPage:
		return "this page"
	}
	title, _ := m.focused().Title()
	if len(title) > 0 {
		return title[0].Text
	}
	return "this pane"
}

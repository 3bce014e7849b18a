package tui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// shellOffers are the actions that the shell answers itself.
func (m *model) shellOffers() []keymap.Offer {
	var out []keymap.Offer
	for _, p := range views.ObjectPages {
		out = append(out, p.Offer(m.env, m.subject()))
	}
	out = append(out, []keymap.Offer{
		{Action: keymap.Namespaces},
		m.contextsOffer(),
		m.clustersOffer(),
		{Action: keymap.Severity},
		m.savedOffer(),
		m.journalOffer(),
		m.noteOffer(),
		m.waiveOffer(),
		m.preflightOffer(),
		{Action: keymap.Palette},
		m.actOffer(),
		m.loginOffer(),
		{Action: keymap.Coverage},
		{Action: keymap.Resolved},
		m.zoomOffer(),
		{Action: keymap.Help},
		{Action: keymap.Quit},
		{Action: keymap.NextPane},
		{Action: keymap.PrevPane},
		m.suspendOffer(),
	}...)
	return slices.Concat(out, m.placeOffers(), m.focusOffers())
}

func (m *model) savedOffer() keymap.Offer {
	o := keymap.Offer{Action: keymap.Saved}
	if len(m.opts.Filters) == 0 {
		o.Disabled = "the configuration file has no section filters"
	}
	return o
}

func (m *model) zoomOffer() keymap.Offer {
	switch {
	case m.onClusters():
		return keymap.Offer{Action: keymap.Zoom, Disabled: "this page has the whole screen"}
	case m.w < wideWidth:
		return keymap.Offer{Action: keymap.Zoom, Disabled: "there is room for one pane only"}
	case m.zoomed:
		return keymap.Offer{Action: keymap.Zoom, Label: "all panes"}
	}
	return keymap.Offer{Action: keymap.Zoom}
}

// suspendOffer withholds suspending while something is written: the step under way would
// stand still between two objects.
func (m *model) suspendOffer() keymap.Offer {
	if m.planIn(views.Applying) {
		return keymap.Offer{Action: keymap.Suspend, Disabled: "a plan is being applied"}
	}
	return keymap.Offer{Action: keymap.Suspend}
}

func (m *model) journalOffer() keymap.Offer {
	return keymap.Offer{Action: keymap.Journal, Disabled: m.env.NoPlan}
}

// subject is what the focused pane is about.
func (m *model) subject() views.Subject {
	if p, ok := m.page().(interface{ Subject() views.Subject }); ok && m.right {
		return p.Subject()
	}
	return m.browser(m.active).Selected()
}

// own answers the shell's actions.
func (m *model) own(a keymap.Action) tea.Cmd {
	if id, ok := m.focusedBy(a); ok {
		m.focus(id)
		return nil
	}
	switch a {
	case keymap.Suspend:
		return tea.Suspend
	case keymap.Quit:
		if m.planIn(views.Applying) {
			m.message = "a plan is being applied: esc stops it before its next step, ctrl+c quits anyway"
			return nil
		}
		if m.planIn(views.Proving) && !m.warned {
			m.warned = true
			m.message = fmt.Sprintf("it was applied, and is not proved yet: %s again quits, and the next start proves it", m.keys.Key(keymap.Quit))
			return nil
		}
		m.quitting = true
	case keymap.Clusters:
		return m.openClusters()
	case keymap.HistoryBack:
		if len(m.places.back) == 0 {
			return m.openClusters()
		}
		m.travel(&m.places.back, &m.places.forward)
	case keymap.HistoryForward:
		m.travel(&m.places.forward, &m.places.back)
	case keymap.NextPane:
		m.cycle(1)
	case keymap.PrevPane:
		m.cycle(-1)
	case keymap.Namespaces:
		return m.push(views.NewNamespaceChoice(m.env))
	case keymap.Contexts:
		return m.push(views.NewContextChoice(m.env, m.listContexts))
	case keymap.Palette:
		return m.openPalette()
	case keymap.Login:
		return m.logIn()
	case keymap.Coverage:
		return m.push(views.NewCoverage(m.env))
	case keymap.Resolved:
		return m.push(views.NewResolved(m.env))
	case keymap.Zoom:
		m.zoomed = !m.zoomed
	case keymap.Saved:
		return m.push(views.NewSavedFilters(m.env, m.opts.Filters))
	case keymap.Severity:
		m.env.Severity = m.nextSeverity()
		m.loadPanes()
		m.follow()
		m.message = "findings: " + m.severityText()
	case keymap.Help:
		pane := m.focused()
		return m.push(views.NewHelp(m.env, m.keys, m.place(), pane.Scope(), m.offers(pane)))
	case keymap.Journal:
		return m.openJournal()
	case keymap.Act:
		return m.openTasks()
	case keymap.Note:
		return m.openNote()
	case keymap.Waive:
		return m.waive()
	case keymap.Preflight:
		m.askPreflight()
	default:
		return m.openObjectPage(a)
	}
	return nil
}

// openObjectPage opens the page of the subject that an action asks for.
func (m *model) openObjectPage(a keymap.Action) tea.Cmd {
	for _, p := range views.ObjectPages {
		if p.Action != a {
			continue
		}
		page, why := p.Open(m.env, m.subject())
		if page == nil {
			m.message = a.Short() + ": " + why
			return nil
		}
		return m.push(page)
	}
	return nil
}

// openPalette lists what can be asked for, and takes what is typed to find it.
func (m *model) openPalette() tea.Cmd {
	page := views.NewPalette(m.env, m.keys, m.offers(m.focused()), m.opts.Probes, m.contexts)
	page.Serve(m.kinds)
	cmd := m.push(page)
	m.prompt = filterPrompt(page, page, moveIn(page))
	m.prompt.sign = ":"
	m.prompt.cancel = m.close
	m.prompt.accept = func(string) views.Request { return views.Ask{Action: keymap.Open} }
	return tea.Batch(cmd, m.readContexts(), m.readKinds(page))
}

// readKinds asks once what the server serves; what it does not say is not offered.
func (m *model) readKinds(page *views.Palette) tea.Cmd {
	inspector := m.opts.Inspector
	if inspector == nil || m.kinds != nil {
		return nil
	}
	return m.fetch(nil, views.Fetch{
		Slot: "kinds",
		Read: func(ctx context.Context, show func(func() views.Request)) {
			if list, err := inspector.Kinds(ctx); err == nil {
				show(func() views.Request { m.kinds = list; page.Serve(list); return nil })
			}
		},
		Fail: func(err error) { m.message = err.Error() },
	})
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

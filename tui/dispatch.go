package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

// page is the pane on the right: the last page opened, or the detail.
func (m *model) page() views.Pane {
	if n := len(m.pages); n > 0 {
		return m.pages[n-1].Pane
	}
	return m.detail
}

// focused is the pane that keys go to.
func (m *model) focused() views.Pane {
	if m.right {
		return m.page()
	}
	return m.browser(m.active)
}

func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	m.message = ""
	if k.String() == "ctrl+c" {
		m.quitting = true
		return nil
	}
	if m.prompt != nil {
		p := m.prompt
		done, request := p.press(k)
		if done && m.prompt == p {
			m.prompt = nil
		}
		cmd := m.answer(p.from, request)
		m.follow()
		return cmd
	}
	pane := m.focused()
	action := m.keys.Resolve(pane.Scope(), k.String())
	if action == keymap.None {
		action = m.keys.Resolve(pane.Scope(), k.Keystroke())
	}
	if action == keymap.None {
		m.unknownKey(k.String())
		return nil
	}
	if action != keymap.Quit {
		m.warned = false
	}
	return m.ask(pane, action)
}

// unknownKey says once of each key that it means nothing here, and of one that other tools
// know what to press instead.
func (m *model) unknownKey(name string) {
	if name == "" || m.unknown[name] || len(m.unknown) > 200 {
		return
	}
	if m.unknown == nil {
		m.unknown = map[string]bool{}
	}
	m.unknown[name] = true
	shown := widget.Cut(widget.Clean(keymap.Show(name)), 20, "")
	for _, k := range keymap.Elsewhere {
		if k.Key == name {
			m.message = fmt.Sprintf("%s (%s): %s", shown, k.Where, k.Instead)
			return
		}
	}
	for _, a := range keymap.Actions() {
		if slices.Contains(m.keys.Keys(a), name) {
			m.message = fmt.Sprintf("%s does nothing here: %s (%s)", shown, a.Long(), a.Scope())
			return
		}
	}
	m.message = fmt.Sprintf("%s does nothing here; %s lists all keys", shown, m.keys.Key(keymap.Help))
}

// tellOfKeys says at the start which default keys the configuration gave to other actions.
func (m *model) tellOfKeys() {
	list := m.keys.Displaced()
	if len(list) == 0 {
		return
	}
	m.message = list[0].String()
	if n := len(list) - 1; n > 0 {
		m.message += fmt.Sprintf("; %s lists %d more", m.keys.Key(keymap.Help), n)
	}
}

// ask does what an action means in the focused pane, or says why it means
// nothing there.
func (m *model) ask(pane views.Pane, action keymap.Action) tea.Cmd {
	o, ok := keymap.Find(m.offers(pane), action)
	switch {
	case !ok:
		m.message = fmt.Sprintf("%s: it does nothing here", action.Short())
		return nil
	case o.Disabled != "":
		m.message = fmt.Sprintf("%s: %s", o.Word(), o.Disabled)
		return nil
	}
	if _, own := keymap.Find(pane.Offers(), action); own {
		if action == keymap.Filter {
			m.openFilter(pane)
			return nil
		}
		cmd := m.answer(pane, pane.Do(action))
		m.follow()
		return cmd
	}
	if m.outside() && reachesIn(action) {
		m.message = fmt.Sprintf("%s: enter a cluster first", o.Word())
		return nil
	}
	return m.own(action)
}

// offers are what the focused pane answers and what the shell does, the pane's
// first.
func (m *model) offers(pane views.Pane) []keymap.Offer {
	out := pane.Offers()
	for _, o := range m.shellOffers() {
		if _, taken := keymap.Find(out, o.Action); !taken && o.Action.Scope()&pane.Scope() != 0 {
			out = append(out, o)
		}
	}
	return out
}

func (m *model) openFilter(pane views.Pane) {
	f, ok := pane.(filterer)
	if !ok {
		return
	}
	m.prompt = filterPrompt(pane, f, moveIn(pane))
}

// moveIn moves the selection of a pane, down or up.
func moveIn(pane views.Pane) func(by int) {
	return func(by int) {
		if by > 0 {
			pane.Do(keymap.Down)
		} else {
			pane.Do(keymap.Up)
		}
	}
}

// answer does what a pane asked for.
func (m *model) answer(from views.Pane, r views.Request) tea.Cmd {
	switch r := r.(type) {
	case views.Open:
		return m.openSubject(r.Subject)
	case views.OpenPage:
		if r.Instead {
			m.close()
		}
		return m.push(r.Page)
	case views.Around:
		m.graph.Around(r.Ref)
		m.focus(views.PaneGraph)
	case views.Fetch:
		return m.fetch(from, r)
	case views.All:
		var list []tea.Cmd
		for _, one := range r {
			list = append(list, m.answer(from, one))
		}
		return tea.Batch(list...)
	case views.Plan:
		if r.Of != nil {
			return m.planForetold(r.Of, r.Findings)
		}
		return m.planFindings(r.Findings)
	case views.Foretell:
		if _, ok := from.(*views.Palette); ok {
			m.close()
		}
		return m.openPreflight(r.Asked)
	case views.PlanRollback:
		return m.planRollback(r)
	case views.PlanUninstall:
		return m.planUninstall(r)
	case views.PlanTask:
		return m.planTask(from, r)
	case views.PlanUndo:
		return m.planUndo(r)
	case views.Copy:
		return m.copies(r.What, r.Text, r.Text)
	case views.CopyHidden:
		return m.copies(r.What, "", r.Text)
	case views.Choose:
		m.close()
		m.env.Namespaces = r.Namespaces
		m.loadPanes()
	case views.Switch:
		if !m.onClusters() { // it stays until the other is open
			m.close()
		}
		return m.switchTo(r.Context)
	case views.Run:
		m.close()
		return m.ask(m.focused(), r.Action)
	case views.Ask:
		return m.ask(m.focused(), r.Action)
	case views.Only:
		m.close()
		m.focus(views.PaneFindings)
		m.findings.Filter(r.Probe)
	case views.Close:
		m.close()
	case views.FilterBy:
		m.close()
		if f, ok := m.focused().(filterer); ok {
			f.Filter(r.Text)
			m.follow()
		}
	case views.ListKind:
		m.close()
		return m.push(views.NewKindPage(m.env, r.Kind))
	case views.Waived:
		m.env.Waivers = r.Next
		m.loadPanes()
		m.close()
		m.follow()
		m.message = r.Text
	case views.Say:
		m.message = r.Text
	}
	return nil
}

// openSubject shows a subject in the detail and goes there; a release has a page of
// its own, where its records can be read.
func (m *model) openSubject(s views.Subject) tea.Cmd {
	if s.Ref.Kind == cluster.KindRelease && s.Finding == "" && m.env.Inspector != nil && m.env.Report.Snapshot.Release(s.Ref.Namespace, s.Ref.Name) != nil {
		return m.push(views.NewHistory(m.env, s.Ref))
	}
	if s.Finding == "" && m.env.Unread(s.Ref) {
		return m.push(views.NewObjectRead(m.env, s.Ref))
	}
	if m.right {
		m.uncover(0)
		m.detail.Walk(s)
	} else {
		m.detail.Follow(s)
	}
	m.right = true
	ask := m.env.AskUsage(s.Ref)
	if s.Finding == "" {
		ask = m.env.AskMore(s.Ref)
	}
	return m.answer(nil, ask)
}

// close ends the page, or leaves the detail; the focus goes back to where it was
// when the page was opened.
func (m *model) close() {
	n := len(m.pages)
	if n == 0 {
		m.right = false
		return
	}
	m.right = m.pages[n-1].right
	m.uncover(n - 1)
}

// push opens a page over the detail.
func (m *model) push(p views.Pane) tea.Cmd {
	if n := len(m.pages); n > 0 {
		if top, ok := m.pages[n-1].Pane.(views.Leaver); ok {
			m.leave(top.(views.Pane))
		}
	}
	m.pages = append(m.pages, opened{p, m.right})
	m.right = true
	if s, ok := p.(views.Starter); ok {
		return m.answer(p, s.Start())
	}
	return nil
}

// uncover closes pages down to n of them.
func (m *model) uncover(n int) {
	for i := len(m.pages) - 1; i >= n; i-- {
		m.leave(m.pages[i].Pane)
	}
	m.pages = m.pages[:n]
}

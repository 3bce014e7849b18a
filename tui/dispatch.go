package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
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
	return m.panes[m.active]
}

func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	m.message = ""
	if k.String() == "ctrl+c" {
		m.quitting = true
		return nil
	}
	if m.prompt != nil {
		p := m.prompt
		m.prompted = nil
		if p.press(k) && m.prompt == p {
			m.prompt = nil
		}
		m.follow()
		return m.prompted
	}
	pane := m.focused()
	action := m.keys.Resolve(pane.Scope(), k.String())
	if action == keymap.None {
		action = m.keys.Resolve(pane.Scope(), k.Keystroke())
	}
	if action == keymap.None {
		return nil
	}
	return m.ask(pane, action)
}

// ask does what an action means in the focused pane, or says why it means
// nothing there.
func (m *model) ask(pane views.Pane, action keymap.Action) tea.Cmd {
	o, ok := keymap.Find(m.offers(pane), action)
	switch {
	case !ok:
		m.message = fmt.Sprintf("%s: it means nothing here", action.Short())
		return nil
	case o.Disabled != "":
		m.message = fmt.Sprintf("%s: %s", o.Word(), o.Disabled)
		return nil
	}
	if _, own := keymap.Find(pane.Offers(), action); own {
		if a, ok := pane.(Actor); ok {
			if cmd, done := a.Act(action); done {
				return cmd
			}
		}
		if action == keymap.Filter {
			m.openFilter(pane)
			return nil
		}
		cmd := m.answer(pane.Do(action))
		m.follow()
		return cmd
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
	m.prompt = filterPrompt(f, func(by int) {
		if by > 0 {
			pane.Do(keymap.Down)
		} else {
			pane.Do(keymap.Up)
		}
	})
}

// answer does what a pane asked for.
func (m *model) answer(r views.Request) tea.Cmd {
	switch r := r.(type) {
	case views.Open:
		if s := r.Subject; s.Ref.Kind == cluster.KindRelease && s.Finding == "" && m.opts.Inspector != nil && m.env.World.Snapshot.Release(s.Ref.Namespace, s.Ref.Name) != nil {
			return m.openHistory(s.Ref)
		}
		m.open(r.Subject)
	case views.Around:
		m.graph.Around(r.Ref)
		m.focus(len(m.panes) - 1)
	case views.Plan:
		return m.plan(r.Findings)
	case views.Copy:
		return m.copies(r.What, r.Text, r.Text)
	case views.CopyHidden:
		return m.copies(r.What, "", r.Text)
	case views.Choose:
		m.close()
		m.env.Namespaces = r.Namespaces
		for _, p := range m.panes {
			p.Load()
		}
	case views.Switch:
		m.close()
		return m.switchTo(r.Context)
	case views.Run:
		m.close()
		return m.ask(m.focused(), r.Action)
	case views.Ask:
		return m.ask(m.focused(), r.Action)
	case views.Only:
		m.close()
		m.focus(0)
		m.findings.Filter(r.Probe)
	case views.Close:
		m.close()
	case views.Say:
		m.message = r.Text
	}
	return nil
}

// open shows a subject in the detail and goes there.
func (m *model) open(s views.Subject) {
	if m.right {
		m.uncover(0)
		m.detail.Walk(s)
	} else {
		m.detail.Follow(s)
	}
	m.right = true
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
func (m *model) push(p views.Pane) {
	if n := len(m.pages); n > 0 {
		if c, ok := m.pages[n-1].Pane.(interface{ Cover() }); ok {
			c.Cover()
		}
	}
	m.pages = append(m.pages, opened{p, m.right})
	m.right = true
}

func (m *model) plan(list []*finding.Finding) tea.Cmd {
	if m.opts.Mender == nil {
		why := "nothing that could apply it is connected"
		if m.env.ReadOnly {
			why = "careen is in read-only mode"
		}
		m.push(views.NewFixPage(m.env, list, why))
		return nil
	}
	return m.mend(list)
}

package tui

import (
	"context"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

// filterer is a pane whose rows can be filtered.
type filterer interface {
	Filter(string)
	Filtered() string
}

// opened is a page over the detail, and whether the detail had the focus when it
// was opened.
type opened struct {
	views.Pane
	right bool
}

// model is the root: the panes, the pages over the detail, and which has the
// focus.
type model struct {
	ctx  context.Context
	opts Options
	env  *views.Env
	keys *keymap.Map

	terminal terminal

	findings *views.Findings
	graph    *views.Graph
	panes    []pane
	detail   *views.Detail
	clusters *views.Clusters // of many; nil where there is one
	pages    []opened        // over the detail, the last one is shown
	active   views.PaneID    // the pane that the detail follows
	right    bool            // the right region has the focus
	zoomed   bool            // it is the only one that is seen, or the pane on the left
	places   places

	prompt  *prompt
	message string

	session   context.Context // ends when another cluster is looked at
	stop      context.CancelFunc
	end       func() // ends reading the cluster; nil where the interface did not begin it
	contexts  []views.Context
	kinds     []inspect.Served // that the server serves, once it was asked
	switching int              // the opening of another cluster
	latest    *atomic.Pointer[engine.Report]
	work      work
	fetches   map[int]fetching // what is being read, by the number of its work
	witness   timeline.Witness
	arriving  bool            // the cluster that was recorded is there, and is being read
	unknown   map[string]bool // the keys that were said to mean nothing
	told      bool            // that waivers cover nothing any more, if any do

	w, h       int
	frame      string
	cadence    *cadence  // of the program that shows it; nil in tests without one
	generation int       // of the age that is waited for
	due        time.Time // when that is
	quitting   bool
	warned     bool // the last key was to quit, and what is not proved yet was told
}

func newModel(ctx context.Context, o Options, term terminal) *model {
	switch {
	case o.NoColor:
		term.colours = widget.NoColours
	case o.Theme != "":
		term.colours = themes(o.Theme, term.colours)
	}
	term.ascii = term.ascii || o.ASCII
	env := &views.Env{
		Theme: widget.NewTheme(term.look()), Context: o.Context, Severity: o.Severity,
		ReadOnly: o.ReadOnly, Recording: o.Recording, Now: o.clock(), Zone: localZone(), AsOf: o.AsOf, Opened: time.Now(),
	}
	env.Namespaces = chosenAtFirst(o.Namespaces)
	m := &model{ctx: ctx, opts: o, env: env, keys: o.Keys, terminal: term, work: work{ends: ctx.Done()}, fetches: map[int]fetching{}}
	if m.keys == nil {
		m.keys = keymap.Default()
	}
	m.session, m.stop = context.WithCancel(ctx)
	m.latest = &atomic.Pointer[engine.Report]{}
	m.end = o.End
	m.tellOfKeys()
	m.adapt()
	m.furnish()
	m.fleet()
	return m
}

// themes is the number of colours of a theme by its name in the configuration.
func themes(name string, auto widget.Colours) widget.Colours {
	switch name {
	case "full":
		return widget.Many
	case "basic":
		return widget.Few
	case "none":
		return widget.NoColours
	}
	return auto
}

// chosenAtFirst are the namespaces of the command line; nil for all.
func chosenAtFirst(names []string) map[string]bool {
	if len(names) == 0 {
		return nil
	}
	chosen := map[string]bool{}
	for _, n := range names {
		chosen[n] = true
	}
	return chosen
}

// Init waits for the first report.
func (m *model) Init() tea.Cmd {
	if m.outside() {
		return tea.Batch(m.openClusters(), m.readContexts())
	}
	return tea.Batch(await(m.session, m.opts.Feed), m.readContexts(), awaitArrival(m.ctx, m.opts.Coming))
}

// Update takes one message over and draws the frame that it leads to.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.take(msg)
	if m.quitting {
		return m, tea.Quit
	}
	m.frame = sanitize.Styled(m.draw())
	return m, tea.Batch(cmd, m.wake())
}

func (m *model) take(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case fedMsg:
		if msg.from == m.opts.Feed {
			return tea.Batch(m.take(msg.report), await(m.session, m.opts.Feed))
		}
	case reportMsg:
		begun := m.latest.Load() != nil
		m.load(msg)
		if !begun && m.opts.Mender != nil && !m.env.ReadOnly {
			return m.recall()
		}
	case arrivalMsg:
		return m.arrive(msg.Arrival)
	case tea.KeyPressMsg:
		m.cadence.press()
		before := m.here()
		cmd := m.press(msg)
		m.left(before)
		return cmd
	case tea.PasteMsg:
		if m.prompt != nil {
			m.message = m.prompt.paste(msg.Content)
		}
	case tea.MouseMsg:
		before := m.here()
		cmd := m.mouse(msg)
		m.left(before)
		return cmd
	case ageMsg:
		if msg.generation == m.generation {
			m.due = time.Time{}
		}
	case repliedMsg:
		return tea.Batch(m.hear(msg.msg), listen(msg.from))
	default:
		return m.hear(msg)
	}
	return nil
}

// hear takes a reply over.
func (m *model) hear(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shownMsg:
		return m.shown(msg)
	case fetchedMsg:
		m.endFetch(msg.job)
	case sessionMsg:
		return m.switched(msg)
	case crashedMsg:
		m.crashed(msg)
	case loggedInMsg:
		m.loggedIn(msg)
	case failedMsg:
		if !m.fetchFailed(msg) {
			m.message = msg.err.Error()
		}
	}
	return nil
}

func (m *model) load(msg reportMsg) {
	if !m.arrived(msg.report) {
		return
	}
	m.latest.Store(msg.report)
	m.witness.Observe(msg.report.Snapshot, msg.report.At)
	var before error
	if m.env.Report != nil {
		before = m.env.Report.Err
	}
	m.env.Resolved.Observe(m.env.Report, msg.report)
	m.env.Report = msg.report
	m.wantsLogin(before, m.env.Report.Err)
	m.loadPanes()
	for _, p := range m.pages {
		p.Load()
	}
	m.follow()
	m.tellOfWaivers()
}

// follow lets the detail show what is selected in the active pane.
func (m *model) follow() {
	m.detail.Follow(m.browser(m.active).Selected())
}

// wake asks to be called when the first of the ages on the screen changes. There
// is at most one such call under way that counts.
func (m *model) wake() tea.Cmd {
	due := m.env.Changes()
	if due.IsZero() || (!m.due.IsZero() && !due.Before(m.due)) {
		return nil
	}
	m.due = due
	m.generation++
	return later(m.ctx, max(due.Sub(m.env.Now()), time.Second), ageMsg{m.generation})
}

// View is free: the frame was drawn when something changed.
func (m *model) View() tea.View {
	m.cadence.drawn()
	v := tea.NewView(m.frame)
	v.AltScreen = true
	v.WindowTitle = "careen " + sanitize.Line(m.env.Context, 200)
	if m.opts.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

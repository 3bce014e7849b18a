package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/inspect"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// Inspector reads what the watches do not keep, when an operator asks for it. What
// it returns is masked, sanitised and bounded.
type Inspector interface {
	YAML(ctx context.Context, ref cluster.Ref) (*inspect.Document, error)
	Events(ctx context.Context, ref cluster.Ref, owned []cluster.Ref) (*inspect.Events, error)
	Logs(ctx context.Context, ask inspect.LogAsk, sink func(lines []string)) error
	Reveal(ctx context.Context, ref cluster.Ref, key string) (inspect.Value, error)
	Compare(ctx context.Context, a, b cluster.Ref) (*inspect.Comparison, error)
	History(ctx context.Context, rel *cluster.Release) (*inspect.History, error)
	Diff(ctx context.Context, a, b *cluster.Record) (*inspect.Difference, []inspect.Line, error)
	Live(ctx context.Context, rec *cluster.Record) (*inspect.Live, error)
	Leaving(ctx context.Context, snap *cluster.Snapshot, ref cluster.Ref) ([]inspect.Leaving, error)
	Lately(ctx context.Context, refs []cluster.Ref) (timeline.Asked, error)
}

// leaver is a page that gives up what it has under way, and forgets what only it
// may show, when it is closed or covered by another.
type leaver interface{ Leave() }

// reader is the machinery of a page that reads something from the cluster: replies
// to an earlier asking are dropped, and leaving ends it.
type reader struct {
	m    *model
	job  int
	stop context.CancelFunc
}

// begin gives up what was under way and runs f.
func (r *reader) begin(f func(ctx context.Context, reply func(tea.Msg))) tea.Cmd {
	r.end()
	ctx, stop := context.WithCancel(r.m.ctx)
	r.stop, r.job = stop, r.m.work.next()
	return r.m.work.run(ctx, r.job, func(ctx context.Context, _ int, reply func(tea.Msg)) { f(ctx, reply) })
}

func (r *reader) end() {
	if r.stop != nil {
		r.stop()
		r.stop = nil
	}
	r.job = 0
}

// Leave ends what is under way.
func (r *reader) Leave() { r.end() }

// readMsg is the one reply to an asking.
type readMsg[T any] struct {
	job   int
	value T
	err   error
}

// ask reads one thing.
func ask[T any](r *reader, read func(context.Context) (T, error)) tea.Cmd {
	job := r.m.work.last + 1
	return r.begin(func(ctx context.Context, reply func(tea.Msg)) {
		v, err := read(ctx)
		reply(readMsg[T]{job, v, err})
	})
}

// reply is the answer to the last asking of r; ok is false for any other message.
// A crash of the reading is an answer as well.
func reply[T any](r *reader, msg tea.Msg) (v T, err error, ok bool) { //nolint:revive // the error belongs to the reply
	switch msg := msg.(type) {
	case readMsg[T]:
		return msg.value, msg.err, msg.job == r.job && r.job != 0
	case failedMsg:
		return v, msg.err, msg.job == r.job && r.job != 0
	}
	return v, nil, false
}

// uncover ends pages down to n of them.
func (m *model) uncover(n int) {
	for i := len(m.pages) - 1; i >= n; i-- {
		if p, ok := m.pages[i].Pane.(leaver); ok {
			p.Leave()
		}
	}
	m.pages = m.pages[:n]
}

type yamlPage struct {
	*views.YAML
	reader
}

func (m *model) openYAML(ref cluster.Ref) tea.Cmd {
	p := &yamlPage{views.NewYAML(m.env, ref), reader{m: m}}
	m.push(p)
	return p.read()
}

func (p *yamlPage) read() tea.Cmd {
	p.Begin()
	ref := p.Ref()
	inspector := p.m.opts.Inspector
	return ask(&p.reader, func(ctx context.Context) (*inspect.Document, error) { return inspector.YAML(ctx, ref) })
}

// Act reads it again.
func (p *yamlPage) Act(a keymap.Action) (tea.Cmd, bool) {
	if a != keymap.Reload {
		return nil, false
	}
	return p.read(), true
}

// Listen takes the document over.
func (p *yamlPage) Listen(msg tea.Msg) tea.Cmd {
	if d, err, ok := reply[*inspect.Document](&p.reader, msg); ok {
		if err != nil {
			p.Fail(err)
		} else {
			p.SetDocument(d)
		}
	}
	return nil
}

type eventsPage struct {
	*views.Events
	reader
}

func (m *model) openEvents(ref cluster.Ref) tea.Cmd {
	p := &eventsPage{views.NewEvents(m.env, ref), reader{m: m}}
	m.push(p)
	return p.read()
}

func (p *eventsPage) read() tea.Cmd {
	p.Begin()
	ref, owned := p.Ref(), p.Owned()
	inspector := p.m.opts.Inspector
	return ask(&p.reader, func(ctx context.Context) (*inspect.Events, error) { return inspector.Events(ctx, ref, owned) })
}

// Act reads them again.
func (p *eventsPage) Act(a keymap.Action) (tea.Cmd, bool) {
	if a != keymap.Reload {
		return nil, false
	}
	return p.read(), true
}

// Listen takes the events over.
func (p *eventsPage) Listen(msg tea.Msg) tea.Cmd {
	if e, err, ok := reply[*inspect.Events](&p.reader, msg); ok {
		if err != nil {
			p.Fail(err)
		} else {
			p.Set(e)
		}
	}
	return nil
}

type logPage struct {
	*views.Log
	reader
}

type (
	logLinesMsg struct {
		job   int
		lines []string
	}
	logEndMsg struct {
		job int
		err error
	}
)

func (m *model) openLogs(ref cluster.Ref) tea.Cmd {
	log, why := views.NewLog(m.env, ref)
	if log == nil {
		m.message = "logs: " + why
		return nil
	}
	p := &logPage{log, reader{m: m}}
	m.push(p)
	return p.read()
}

func (p *logPage) read() tea.Cmd {
	p.Begin()
	wanted, job := p.Ask(), p.m.work.last+1
	inspector := p.m.opts.Inspector
	return p.begin(func(ctx context.Context, reply func(tea.Msg)) {
		err := inspector.Logs(ctx, wanted, func(lines []string) { reply(logLinesMsg{job, lines}) })
		reply(logEndMsg{job, err})
	})
}

// Act turns to another log.
func (p *logPage) Act(a keymap.Action) (tea.Cmd, bool) {
	if !p.Turn(a) {
		return nil, false
	}
	return p.read(), true
}

// Listen takes over what comes of the log.
func (p *logPage) Listen(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case logLinesMsg:
		if msg.job == p.job {
			p.Add(msg.lines)
		}
	case logEndMsg:
		if msg.job == p.job {
			p.End(msg.err)
		}
	case failedMsg:
		if msg.job == p.job {
			p.End(msg.err)
		}
	}
	return nil
}

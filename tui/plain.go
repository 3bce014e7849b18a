package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

// plain is the interface in lines: it prints, asks, and never goes back over what
// it printed. It shows the panes and pages of the screen, and answers the same keys, each
// typed before Enter.
type plain struct {
	*model
	in     *lineReader
	out    io.Writer
	failed error // of writing
	newest atomic.Pointer[engine.Report]
	first  chan struct{} // closed at the first report that is settled
	width  int
	within bool                // it is one of many clusters, to which one goes back
	told   map[finding.ID]bool // the findings when they were counted last
	lost   atomic.Value        // why reports are not followed any more
	narrow map[views.Pane]bool // texts of which a search prints the lines that match alone
}

var (
	errQuit = errors.New("the operator quits")
	errBack = errors.New("the operator goes back")
)

// settleWithin is how long the first page waits for everything to be read.
const settleWithin = 3 * time.Second

// RunPlain talks to the operator in lines until one says quit, the input or ctx
// ends, or nothing can be written any more. It needs no terminal.
func RunPlain(outer context.Context, o Options) error {
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	if o.Input == nil {
		o.Input = os.Stdin
	}
	if o.Output == nil {
		o.Output = os.Stdout
	}
	p := newPlain(ctx, o, newLineReader(o.Input))
	var err error
	if p.outside() {
		err = p.many()
	} else {
		go p.collect()
		err = p.home()
	}
	cancel()
	p.work.wait(stopGrace)
	switch {
	case p.failed != nil:
		return fmt.Errorf("writing to the terminal: %w", p.failed)
	case outer.Err() != nil:
		return ErrInterrupted
	case errors.Is(err, errQuit), errors.Is(err, io.EOF):
		return nil
	}
	return err
}

func newPlain(ctx context.Context, o Options, in *lineReader) *plain {
	p := &plain{
		model: newModel(ctx, o, terminal{colours: widget.NoColours, ascii: true}),
		in:    in, out: o.Output, first: make(chan struct{}), width: 100, narrow: map[views.Pane]bool{},
	}
	p.env.Keyless = true
	if f, ok := o.Output.(interface{ Fd() uintptr }); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w >= leastWidth {
			p.width = w
		}
	}
	return p
}

// collect keeps the newest report until ctx ends.
func (p *plain) collect() {
	defer func() {
		if v := recover(); v != nil {
			p.lost.Store(fmt.Sprint(v))
		}
	}()
	settled := false
	for {
		select {
		case r, ok := <-p.opts.Feed.Reports():
			if !ok || r == nil {
				return
			}
			p.newest.Store(r)
			if !settled && (r.Coverage().Settled() || r.Err != nil) {
				settled = true
				close(p.first)
			}
		case <-p.opts.Feed.Done():
			return
		case <-p.ctx.Done():
			return
		}
	}
}

// refresh takes the newest report over.
func (p *plain) refresh() {
	if r := p.newest.Load(); r != nil && r != p.latest.Load() {
		p.load(reportMsg{r})
	}
}

func (p *plain) say(format string, args ...any) {
	if p.failed == nil {
		_, p.failed = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

// ask prints what can be answered and returns the answer, without the blanks around
// it. q and b are answered here.
func (p *plain) ask(what string) (string, error) {
	if p.failed == nil {
		_, p.failed = fmt.Fprintf(p.out, "%s\n> ", what)
	}
	if p.failed != nil {
		return "", p.failed
	}
	text, err := p.in.next(p.ctx)
	if err != nil {
		return "", err
	}
	p.refresh()
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "q", "quit":
		return "", errQuit
	case "b", "back":
		return "", errBack
	}
	return text, nil
}

// inside runs a page; going back from it is no error.
func inside(err error) error {
	if errors.Is(err, errBack) {
		return nil
	}
	return err
}

// pick reads a number from 1 to n.
func pick(text string, n int) (int, bool) {
	i, err := strconv.Atoi(text)
	return i - 1, err == nil && i >= 1 && i <= n
}

// home is the first page: where we are, how much is known, and what can be seen.
func (p *plain) home() error {
	p.say("careen, talking in lines. Answer with a number or a letter, then Enter. q quits at any time, b goes back.")
	p.say("Looking at %s.", or(p.env.Context, "the cluster"))
	wait := time.NewTimer(settleWithin)
	defer wait.Stop()
	select {
	case <-p.first:
	case <-wait.C:
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
	p.refresh()
	for {
		p.active, p.right = p.panes[0].ID, false
		p.status()
		p.tell()
		menu := p.menu()
		for i, e := range menu {
			p.say("%d. %s", i+1, e.text)
		}
		text, err := p.ask(fmt.Sprintf("Choose 1 to %d; Enter refreshes; : finds anything; ? lists all keys; q quits.", len(menu)))
		if err == nil {
			err = inside(p.visit(menu, text))
		}
		if inside(err) != nil || p.within && errors.Is(err, errBack) {
			return err
		}
	}
}

// entry is one line of the first page, and where it leads.
type entry struct {
	text  string
	visit func() error
}

// menu is what the first page leads to: the panes, then the rest.
func (p *plain) menu() []entry {
	var out []entry
	for _, pane := range p.panes {
		if pane.ID == views.PaneGraph {
			out = append(out, entry{"Graph around an object", p.draw})
			continue
		}
		out = append(out, entry{flat(first(pane.browser.Title())), func() error { return p.list(pane.browser) }})
	}
	return append(
		out,
		entry{"Journal, and undo", p.history},
		entry{"Namespaces", p.choose},
		entry{"Severity", func() error { p.raise(); return nil }},
		entry{"What is being read", func() error { p.page(views.NewCoverage(p.env)); return nil }},
		entry{"Preflight of a chart", func() error { return p.foretold("") }},
	)
}

func (p *plain) visit(menu []entry, text string) error {
	if text == "" {
		return nil
	}
	n, ok := pick(text, len(menu))
	if !ok {
		return p.typed(p.focused(), text)
	}
	return inside(menu[n].visit())
}

// status says where we are, and what became of the findings since it was said last.
func (p *plain) status() {
	by, unknown, causes := p.findings.Counts()
	p.say("\n%s", flat(styled.L(views.Header(p.env, views.Counts{By: by, Unknown: unknown, Causes: causes}, 200))))
	now := map[finding.ID]bool{}
	fresh := 0
	if p.env.Report != nil {
		for _, f := range p.env.Report.Findings {
			id := f.ID()
			now[id] = true
			if !p.told[id] {
				fresh++
			}
		}
	}
	gone := 0
	for id := range p.told {
		if !now[id] {
			gone++
		}
	}
	if p.told != nil && fresh+gone > 0 {
		p.say("Since the last count: %d new, %d resolved.", fresh, gone)
	}
	if p.env.Report != nil {
		p.told = now
	}
	if why := p.lost.Load(); why != nil {
		p.say("What follows is old: reports are not taken over any more (%v).", why)
	}
}

// raise shows findings from the next level on.
func (p *plain) raise() {
	p.env.Severity = max(p.env.Severity, finding.Low) + 1
	if p.env.Severity > finding.Critical {
		p.env.Severity = finding.Low
	}
	p.findings.Load()
	p.say("Findings are shown from %s on.", p.env.Severity)
}

// choose asks for namespaces.
func (p *plain) choose() error {
	if p.env.Report == nil {
		p.say("No namespace is known yet.")
		return nil
	}
	known := p.env.Report.Snapshot.Namespaces()
	p.say("Namespaces: %s", strings.Join(known, ", "))
	text, err := p.ask("Names with blanks between them, or Enter for all.")
	if err != nil {
		return err
	}
	p.env.Namespaces = nil
	for _, n := range strings.Fields(text) {
		if !slices.Contains(known, n) {
			p.say("There is no namespace %s.", n)
			continue
		}
		if p.env.Namespaces == nil {
			p.env.Namespaces = map[string]bool{}
		}
		p.env.Namespaces[n] = true
	}
	p.loadPanes()
	return nil
}

// longest is how many lines of a page are printed.
const longest = 4000

// page prints a pane whole.
func (p *plain) page(pane views.Pane) {
	lines := pane.Draw(p.width, longest, false)
	for len(lines) > 0 && strings.TrimSpace(ansi.Strip(lines[len(lines)-1])) == "" {
		lines = lines[:len(lines)-1]
	}
	p.say("")
	for _, l := range lines {
		p.say("%s", strings.TrimRight(ansi.Strip(l), " "))
	}
	if len(lines) == longest {
		p.say("The rest is left out.")
	}
}

// flat is a line of the screen as a sentence: single blanks, no styles.
func flat(l styled.Line) string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return strings.Join(strings.Fields(ansi.Strip(b.String())), " ")
}

func first(l, _ styled.Line) styled.Line { return l }

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

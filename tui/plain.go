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
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

// plain is the interface in lines: it prints, asks, and never goes back over what
// it printed. It shows the panes of the screen, without their keys.
type plain struct {
	*model
	in     *lineReader
	out    io.Writer
	failed error // of writing
	newest atomic.Pointer[engine.Report]
	first  chan struct{} // closed at the first report that is settled
	width  int
	told   map[finding.ID]bool // the findings when they were counted last
	lost   atomic.Value        // why reports are not followed any more
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
	p := &plain{
		model: newModel(ctx, o, terminal{colours: widget.NoColours, ascii: true}),
		in:    newLineReader(o.Input), out: o.Output, first: make(chan struct{}), width: 100,
	}
	if f, ok := o.Output.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w >= leastWidth {
			p.width = w
		}
	}
	go p.collect()
	err := p.home()
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
			if !settled && (r.Coverage.Settled() || r.Err != nil) {
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
		p.status()
		for i, pane := range p.panes[:len(p.panes)-1] {
			p.say("%d. %s", i+1, flat(first(pane.Title())))
		}
		p.say("5. Graph around an object\n6. Journal, and undo\n7. Namespaces\n8. Severity\n9. What is being read")
		text, err := p.ask("Choose 1 to 9; Enter counts anew; q quits.")
		if err == nil {
			err = p.visit(text)
		}
		if inside(err) != nil {
			return err
		}
	}
}

func (p *plain) visit(text string) error {
	n, ok := pick(text, 9)
	switch {
	case text == "":
		return nil
	case !ok:
		p.say("%q is none of the choices.", text)
		return nil
	case n < len(p.panes)-1:
		return inside(p.list(p.panes[n]))
	}
	switch n {
	case 4:
		return inside(p.draw())
	case 5:
		return inside(p.history())
	case 6:
		return inside(p.choose())
	case 7:
		p.raise()
	case 8:
		p.page(views.NewCoverage(p.env))
	}
	return nil
}

// status says where we are, and what became of the findings since it was said last.
func (p *plain) status() {
	by, unknown, causes := p.findings.Counts()
	p.say("\n%s", flat(widget.L(views.Header(p.env, views.Counts{By: by, Unknown: unknown, Causes: causes}, 200))))
	now := map[finding.ID]bool{}
	fresh := 0
	if p.env.World != nil {
		for _, f := range p.env.World.Findings {
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
	if p.env.World != nil {
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
	if p.env.World == nil {
		p.say("No namespace is known yet.")
		return nil
	}
	known := p.env.World.Snapshot.Namespaces()
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
	for _, pane := range p.panes {
		pane.Load()
	}
	return nil
}

// longest is how many lines of a page are printed.
const longest = 4000

// page prints a pane whole, but for the pages that only keys open.
func (p *plain) page(pane views.Pane) {
	lines := pane.Draw(p.width, longest, false)
	for i, l := range lines {
		if strings.TrimSpace(ansi.Strip(l)) == views.Closer {
			lines = lines[:i]
			break
		}
	}
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
func flat(l widget.Line) string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return strings.Join(strings.Fields(ansi.Strip(b.String())), " ")
}

func first(l, _ widget.Line) widget.Line { return l }

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// rows lists what n rows of a pane are about, with their texts.
func (p *plain) rows(pane views.Browser, from, n int) (list []views.Subject, texts []string) {
	pane.Follow(false)
	pane.Do(keymap.Top)
	for range from {
		pane.Do(keymap.Down)
	}
	_, of := pane.Place()
	for i := from; i < of && i < from+n; i++ {
		s := pane.Selected()
		text := strings.TrimSpace(ansi.Strip(strings.Join(pane.Draw(max(p.width, 120), 1, false), " ")))
		if f := p.env.World.Finding(s.Finding); f != nil {
			text = fmt.Sprintf("%s, %s, %s: %s", levelName(f), f.Probe, f.Subject, f.Summary)
			if k := len(p.env.World.Symptoms[f.ID()]); k > 0 {
				text += fmt.Sprintf(" It explains %d more.", k)
			}
		}
		list, texts = append(list, s), append(texts, text)
		pane.Do(keymap.Down)
	}
	return list, texts
}

func levelName(f *finding.Finding) string {
	if f.Grade == finding.Unknown {
		return "unknown"
	}
	return f.Severity.String()
}

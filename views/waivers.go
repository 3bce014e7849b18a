package views

import (
	"context"
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
)

// Waivers are the findings that the operator accepts, in their configuration file. A value
// never changes: writing makes another.
type Waivers interface {
	// Why says why a finding does not count; "" where it does.
	Why(f *finding.Finding) string
	// Waived reports whether it does not because of the file, which can take that back.
	Waived(f *finding.Finding) bool
	// Ended says that a waiver of a finding is over; "" where none is.
	Ended(f *finding.Finding) string
	// Idle says of each waiver that covers nothing any more where it is.
	Idle(list []*finding.Finding) []string
	// Suggested is the end that is offered, and Check says what is wrong with another.
	Suggested() string
	Check(until string) error
	// Accept and Recall say what would become of the file. They read it, and write nothing.
	Accept(list []*finding.Finding, reason, until string) (*Waiving, error)
	Recall(list []*finding.Finding) (*Waiving, error)
}

// Waiving is a change of the configuration file that was not written yet.
type Waiving struct {
	Path  string
	New   bool // there is no such file yet
	Diff  []styled.Line
	Notes []string
	Write func() (Waivers, error)
}

// waiverPage shows what would be written for findings to count no more, or again.
type waiverPage struct {
	*page[*Waiving]
	again   bool
	written bool
}

// NewWaiver makes the page; again tells that the findings are to count again, and ask says
// what would be written.
func NewWaiver(env *Env, list []*finding.Finding, again bool, ask func() (*Waiving, error)) Pane {
	p := &waiverPage{again: again}
	title, what := "Accept "+text.Counted(len(list), "finding"), "the configuration file"
	if again {
		title = "Count " + text.Counted(len(list), "finding") + " again"
	}
	p.page = &page[*Waiving]{env: env, name: title, what: what, body: newParagraphs(func() []styled.Para { return p.paras(list) })}
	p.read = func() func(context.Context) (*Waiving, error) {
		return func(context.Context) (*Waiving, error) { return ask() }
	}
	return p
}

// Scope is that of a plan: apply writes the file.
func (p *waiverPage) Scope() keymap.Scope { return keymap.InPlan }

// Offers lists what the page answers.
func (p *waiverPage) Offers() []keymap.Offer {
	write := keymap.Offer{Action: keymap.Apply, Label: "write the file"}
	switch {
	case p.written:
		write.Disabled = "it is being written"
	case !p.fresh():
		write.Disabled = "there is no change to write"
	}
	return append([]keymap.Offer{write, {Action: keymap.Back}}, movement...)
}

// Do answers an action.
func (p *waiverPage) Do(a keymap.Action) Request {
	if a != keymap.Apply {
		return p.page.Do(a)
	}
	p.written = true
	change := p.value
	return Fetch{
		Slot: "write", Outlives: true,
		Read: func(_ context.Context, show func(func() Request)) {
			next, err := change.Write()
			show(func() Request {
				p.written = false
				if err != nil {
					p.fail(err)
					return nil
				}
				return Waived{Next: next, Text: p.done(change.Path)}
			})
		},
		Fail: func(err error) { p.written = false; p.fail(err) },
	}
}

func (p *waiverPage) done(path string) string {
	if p.again {
		return "counted again: the waiver is no longer in " + path
	}
	return "accepted in " + path
}

func (p *waiverPage) paras(list []*finding.Finding) []styled.Para {
	one := len(list) == 1
	said := "They stay on the list, at the end, and count neither here nor in careen audit, until the waivers end."
	switch {
	case p.again && one:
		said = "The waiver is taken out of the file, and the finding counts again."
	case p.again:
		said = "The waivers are taken out of the file, and the findings count again."
	case one:
		said = "It stays on the list, at the end, and counts neither here nor in careen audit, until the waiver ends."
	}
	where := "This writes a local file; nothing is sent to the cluster."
	if p.env.ReadOnly {
		where = "Read-only mode: this writes a local file only; nothing is sent to the cluster."
	}
	out := []styled.Para{styled.P(styled.Normal, said), styled.P(styled.Muted, where), styled.Blank()}
	for _, f := range list[:min(len(list), many)] {
		out = append(out, styled.Para{
			Body: styled.Line{severitySign(p.env.Theme, f), styled.T(styled.Normal, "  "+string(f.Probe)+"  "), styled.T(styled.Strong, subjectText(f))}, Hang: 10,
		})
	}
	out = append(out, rest(len(list))...)
	if !p.has || p.err != nil {
		return out
	}
	file := styled.Line{styled.T(styled.Strong, p.value.Path)}
	if p.value.New {
		file = append(file, styled.T(styled.Muted, "  (a new file)"))
	}
	out = append(out, styled.Blank(), styled.Para{Body: file})
	out = append(out, styled.Lines(2, p.value.Diff)...)
	for _, n := range p.value.Notes {
		out = append(out, styled.Blank(), styled.P(styled.Medium, n))
	}
	return out
}

// why says why a finding does not count; "" where it does.
func (e *Env) why(f *finding.Finding) string {
	if e.Waivers == nil {
		return ""
	}
	return e.Waivers.Why(f)
}

// accepted is what the page of a finding says of its waivers.
func (e *Env) accepted(f *finding.Finding) []styled.Para {
	if e.Waivers == nil {
		return nil
	}
	if why := e.Waivers.Why(f); why != "" {
		return []styled.Para{styled.P(styled.Medium, "It does not count: "+sentence(why))}
	}
	if ended := e.Waivers.Ended(f); ended != "" {
		return []styled.Para{styled.P(styled.Medium, sentence(ended))}
	}
	return nil
}

// IdleWaivers says of each waiver that covers nothing any more where it is; nothing while
// not everything is known.
func (e *Env) IdleWaivers() []string {
	if e.Waivers == nil || e.Report == nil || e.Report.Err != nil || !e.knows().settled() {
		return nil
	}
	return e.Waivers.Idle(e.Report.Findings)
}

func idleWaivers(e *Env) []styled.Para {
	idle := e.IdleWaivers()
	if len(idle) == 0 {
		return nil
	}
	out := []styled.Para{styled.Heading(fmt.Sprintf("%s no finding any more", text.Counted(len(idle), "waiver")+" "+text.Plural(len(idle), "covers", "cover")))}
	for _, n := range idle {
		out = append(out, styled.Para{Body: styled.Of(styled.Medium, n), Indent: 2, Hang: 2})
	}
	return append(out, styled.Blank())
}

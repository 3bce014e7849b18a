package repair

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// Outcome says whether a plan's proof holds.
type Outcome struct {
	Confirmed bool
	Wrong     []string // what is still wrong, where it is not confirmed
	After     time.Duration
	Word      Achieved // what the plan has done; empty reads as Made
	What      string   // what was seen, where it is confirmed
}

// Text says whether the proof holds, and what is still wrong.
func (o Outcome) Text() []styled.Para {
	if o.Confirmed {
		said := "proved at once"
		if took := o.After.Round(100 * time.Millisecond); took > 0 {
			said = "proved after " + text.Duration(took)
		}
		if o.What != "" {
			said += ": " + o.What
		}
		return []styled.Para{labelled(styled.Good, o.Word.said(), "%s", said)}
	}
	out := []styled.Para{styled.P(styled.Bad, "applied, not confirmed")}
	for _, w := range o.Wrong {
		out = append(out, labelled(styled.Bad, "", "%s", w))
	}
	return out
}

// Verify watches until the proof of an applied plan holds, or its time is over, and
// notes the outcome in the journal entry. latest returns the newest report of an
// engine that keeps looking, nil while there is none.
func (m *Mender) Verify(ctx context.Context, r *Result, latest func() *engine.Report, tell func(Progress)) (Outcome, error) {
	p := r.plan
	started := time.Now()
	deadline, cancel := context.WithTimeout(ctx, p.Proof.Within+p.Proof.Hold)
	defer cancel()
	var good time.Time // since when the proof has held
	last := ""
	for {
		wrong := m.wrong(deadline, p, latest)
		switch {
		case deadline.Err() != nil && len(wrong) > 0:
		case len(wrong) > 0:
			good = time.Time{}
		case good.IsZero():
			good = time.Now()
		}
		if len(wrong) == 0 && time.Since(good) >= p.Proof.Hold {
			o := Outcome{Confirmed: true, After: time.Since(started), Word: p.achieves(), What: p.proves()}
			return o, m.conclude(ctx, r, Confirmed)
		}
		state := strings.Join(wrong, "; ")
		if state == "" {
			state = p.achieves().said() + ", holding; must stay healthy until " + good.Add(p.Proof.Hold).Format("15:04:05")
		}
		if tell != nil && state != last {
			tell(Progress{Text: state})
		}
		last = state
		select {
		case <-deadline.Done():
			if ctx.Err() != nil { // the entry stays as it is, for Prove
				return Outcome{Wrong: append(wrong, "it was interrupted before the proof was complete"), After: time.Since(started)}, nil
			}
			if len(wrong) == 0 {
				wrong = []string{"it did not stay healthy for " + text.Duration(p.Proof.Hold)}
			}
			return Outcome{Wrong: wrong, After: time.Since(started)}, m.conclude(ctx, r, Unconfirmed)
		case <-time.After(poll):
		}
	}
}

// Achieved is what an applied plan has done, in a word.
type Achieved string

// What a plan achieves.
const (
	Fixed     Achieved = "fixed"  // what was wrong is not so any more
	TakenBack Achieved = "undone" // what was applied was taken back
	Made      Achieved = "done"   // what was asked for is so
)

// said is the word as it is shown.
func (a Achieved) said() string {
	if a == "" {
		a = Made
	}
	return strings.ToUpper(string(a))
}

// achieves is what the plan will have done once it is proved.
func (p *Plan) achieves() Achieved {
	switch {
	case p.UndoOf != "":
		return TakenBack
	case len(p.Proof.Findings) > 0:
		return Fixed
	}
	return Made
}

func (m *Mender) conclude(ctx context.Context, r *Result, state State) error {
	if r.Entry == "" {
		return nil
	}
	e := r.plan.entry
	if err := m.note(context.WithoutCancel(ctx), e, noting{was: e.State, state: state}); !errors.Is(err, errMoved) {
		return err
	}
	return nil // somebody has taken it back meanwhile
}

// wrong lists what keeps the proof from holding at present.
func (m *Mender) wrong(ctx context.Context, p *Plan, latest func() *engine.Report) []string {
	var out []string
	if latest != nil && len(p.Proof.Findings) > 0 {
		out = append(out, findingsLeft(latest(), p.Proof.Findings)...)
	}
	for _, c := range p.Proof.Checks {
		if text := m.check(ctx, c); text != "" {
			out = append(out, p.scrub.Text(text))
		}
	}
	if p.UndoOf != "" {
		out = append(out, m.notBack(ctx, p)...)
	}
	return out
}

// findingsLeft lists the findings that are still reported, or about which nothing is
// known any more.
func findingsLeft(r *engine.Report, ids []finding.ID) []string {
	if r == nil {
		return []string{"nothing has been read yet"}
	}
	if r.Err != nil {
		return []string{"the cluster cannot be reached: " + sanitize.Line(r.Err.Error(), maxMessage)}
	}
	var out []string
	for _, id := range ids {
		if f := r.Find(id); f != nil {
			out = append(out, "still reported: "+sanitize.Line(f.Summary, 300))
			continue
		}
		probe, rest, _ := strings.Cut(string(id), ":")
		namespace, _, _ := strings.Cut(rest, "/")
		for _, f := range r.Findings {
			if string(f.Probe) == probe && f.Grade == finding.Unknown && (f.Subject.Name == "*" || f.Subject.Name == namespace) {
				out = append(out, "no longer known: "+sanitize.Line(f.Summary, 300))
			}
		}
	}
	return out
}

// notBack lists the writes of an undo whose effect the cluster does not show.
func (m *Mender) notBack(ctx context.Context, p *Plan) []string {
	last := map[key]*Write{}
	for _, w := range p.Writes {
		last[w.key()] = w
	}
	var out []string
	for i, w := range p.Writes {
		if last[w.key()] != w || w.Passing {
			continue
		}
		ok, err := m.effective(ctx, p.entry, p.number(i+1), w)
		switch {
		case err != nil:
			out = append(out, fmt.Sprintf("%s cannot be read: %s", w.Ref, p.scrub.said(err)))
		case !ok:
			out = append(out, fmt.Sprintf("%s is not as it was", w.Ref))
		}
	}
	return out
}

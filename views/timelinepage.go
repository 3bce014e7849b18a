package views

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/views/widget"
)

// timelinePage is the page of what changed lately around a subject. It is made again
// with each report.
type timelinePage struct {
	page[lately]
	about Subject
	line  *timeline.Line
	width int
}

// lately is what was read of what careen did not see itself, and why not all of it
// was.
type lately struct {
	timeline.Asked
	problem error
}

// NewTimeline makes the page. Without an Inspector it shows what careen saw alone.
func NewTimeline(env *Env, about Subject) Pane {
	p := &timelinePage{page: page[lately]{env: env, name: "What changed recently", what: "the events", ref: about.Ref}, about: about}
	p.body = newParagraphs(p.paras)
	p.then = func() Request { p.Load(); return nil }
	if env.Inspector != nil {
		p.read = func() func(context.Context) (lately, error) {
			refs := p.near()
			return func(ctx context.Context) (lately, error) {
				read, err := env.Inspector.Lately(ctx, refs)
				return lately{read, err}, nil
			}
		}
	}
	p.Load()
	return p
}

// Title names what it is around.
func (p *timelinePage) Title() (title, right styled.Line) {
	return append(styled.Of(styled.Normal, "What changed recently around "), refTitle(p.ref)...), backHint()
}

// near lists the objects that the time line is about.
func (p *timelinePage) near() []model.Ref {
	if p.env.Report == nil {
		return nil
	}
	refs, _ := timeline.Around(p.env.Report.Graph, p.ref, p.env.Report.Find(p.about.Finding))
	return refs
}

// Load makes the time line of what is known now.
func (p *timelinePage) Load() {
	r := p.env.Report
	if r == nil {
		return
	}
	var seen []timeline.Entry
	if p.env.Seen != nil {
		seen = p.env.Seen()
	}
	p.line = timeline.Make(timeline.Input{
		Snapshot: r.Snapshot, Graph: r.Graph, About: p.ref, Finding: r.Find(p.about.Finding), Findings: r.About(p.ref),
		Events: p.value.Events, Untimed: p.value.Untimed, Seen: seen,
	})
}

// Draw returns exactly h lines of w cells.
func (p *timelinePage) Draw(w, h int, focused bool) []string {
	p.width = w
	return p.page.Draw(w, h, focused)
}

// roomy is from which width a line has columns for all it tells.
const roomy = 100

// briefly is a reference as a column writes it: with the words that people use for
// the longest kinds, and without the namespace of the page.
func (p *timelinePage) briefly(r model.Ref) string {
	if p.width < roomy {
		r.Kind = model.Kind(r.Kind.Short())
	}
	switch r.Kind {
	case model.KindClaim:
		r.Kind = "Claim"
	case model.KindVolume:
		r.Kind = "Volume"
	case model.KindServiceAccount:
		r.Kind = "Account"
	}
	return widget.Clean(refFrom(r, p.ref.Namespace))
}

func (p *timelinePage) paras() []styled.Para {
	l, e := p.line, p.env
	if l == nil {
		return nil
	}
	var out []styled.Para
	if err := p.value.problem; err != nil {
		out = append(out, styled.Para{Body: styled.Line{styled.T(styled.Bad, "Not everything could be read: "), styled.T(styled.Normal, sentence(err.Error()))}}, styled.Blank())
	}
	out = append(out, p.verdict()...)
	if len(l.Entries) == 0 {
		return append(out, styled.P(styled.Muted, "Nothing is known of when anything here changed."))
	}
	out = append(out, styled.Blank())
	name := 0
	for _, x := range l.Entries {
		name = max(name, min(widget.Width(p.briefly(x.Ref)), max(p.width*2/5-4, 16)))
	}
	day := ""
	for i, x := range l.Entries {
		local := x.At.In(e.Zone)
		if d := local.Format("2 January 2006"); d != day {
			if day != "" || d != e.Now().In(e.Zone).Format("2 January 2006") {
				out = append(out, styled.P(styled.Muted, d))
			}
			day = d
		}
		out = append(out, p.entry(i, x, name, local)...)
	}
	if l.Cut {
		out = append(out, styled.Blank(), styled.P(styled.Muted, "There is more around it than was looked at."))
	}
	return out
}

// verdict names the suspect, or says why none is.
func (p *timelinePage) verdict() []styled.Para {
	l := p.line
	switch {
	case l.Suspect != nil:
		x := *l.Suspect
		line := styled.Line{styled.T(styled.Strong, "Suspect: "), styled.T(styled.Normal, refFrom(x.Ref, p.ref.Namespace)+": "+x.What)}
		if x.By != "" {
			line = append(line, styled.T(styled.Normal, ", by "+x.By))
		}
		line = append(line, styled.T(styled.High, ", "+l.Before()))
		return []styled.Para{
			{Body: line, Hang: 9, Key: stop{to: Subject{Ref: x.Ref}, mark: "suspect"}},
			styled.P(styled.Muted, "Last change before it started. Inferred from the time only."),
		}
	case l.Onset.IsZero() && len(p.env.Report.About(p.ref)) > 0:
		return []styled.Para{styled.P(styled.Muted, "When what is wrong here began is not known, so that no change is named the suspect.")}
	case !l.Onset.IsZero():
		return []styled.Para{styled.P(styled.Muted, "No change is known in the two hours before "+p.env.Clock(l.Onset)+", when what is wrong here began.")}
	}
	return []styled.Para{styled.P(styled.Muted, fmt.Sprintf("Nothing is known to be wrong here. %s around it were looked at.", text.Counted(max(l.Objects-1, 0), "object")))}
}

func (p *timelinePage) entry(i int, x timeline.Entry, name int, local time.Time) []styled.Para {
	th := p.env.Theme
	sign, role := "  ", styled.Normal
	switch {
	case x.Source == timeline.Finding:
		sign, role = th.High+" ", styled.High
	case x.Warning:
		role = styled.Medium
	case !x.Change:
		role = styled.Muted
	}
	clock := local.Format("15:04:05")
	left := styled.Line{
		styled.T(styled.Muted, " "+clock+" "), styled.T(role, widget.Pad(sign, 2)),
		styled.T(styled.Normal, widget.Pad(widget.CutMiddle(p.briefly(x.Ref), name, th.Cut), name)+"  "), styled.T(role, x.What),
	}
	if x.Times > 1 {
		left = append(left, styled.T(role, fmt.Sprintf(" %s%d", th.Times, x.Times)))
	}
	if x.Until.Sub(x.At) > time.Minute {
		left = append(left, styled.T(styled.Muted, " until "+x.Until.In(p.env.Zone).Format("15:04:05")))
	}
	var right styled.Line
	by := x.By
	if x.Source == timeline.Event {
		by = ""
	}
	if x.Source == timeline.Seen {
		by = strings.TrimSpace(by + "  seen")
	}
	switch {
	case by == "":
	case p.width < roomy:
		left = append(left, styled.T(styled.Muted, "  "+by))
	default:
		right = styled.Of(styled.Muted, by)
	}
	to := Subject{Ref: x.Ref, Finding: x.ID}
	out := []styled.Para{{Body: left, Right: right, Cut: true, Key: stop{to: to, mark: fmt.Sprint(x.At.Unix(), x.What, i)}}}
	if x.Suspect {
		out = append(out, styled.Para{Body: styled.Line{styled.T(styled.High, pad(13)+suspectSign(th)+" "+p.line.Before()+": the suspect")}})
	}
	return out
}

func suspectSign(th *widget.Theme) string {
	if th.ASCII {
		return "<"
	}
	return "◀"
}

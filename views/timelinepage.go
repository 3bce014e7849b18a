package views

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Timeline is the page of what changed lately around a subject. It is made anew
// with each report.
type Timeline struct {
	*asked
	about Subject
	seen  func() []timeline.Entry
	read  timeline.Asked
	line  *timeline.Line
	live  bool // events and managed fields can be read as well
	width int
}

// NewTimeline makes the page. seen is what careen saw; live tells whether more is
// being read from the cluster.
func NewTimeline(env *Env, about Subject, seen func() []timeline.Entry, live bool) *Timeline {
	p := &Timeline{about: about, seen: seen, live: live}
	p.asked = newAsked(env, "What changed lately", about.Ref, p.paras)
	if !live {
		p.done()
	}
	p.Load()
	return p
}

// Title names what it is around.
func (p *Timeline) Title() (title, right widget.Line) {
	_, right = p.asked.Title()
	return append(widget.Line{widget.T(widget.Normal, "What changed lately around ")}, refTitle(p.ref)...), right
}

// Near lists the objects that the time line is about.
func (p *Timeline) Near() []model.Ref {
	if p.env.World == nil {
		return nil
	}
	refs, _ := timeline.Around(p.env.World.Graph, p.ref, p.env.World.Finding(p.about.Finding))
	return refs
}

// Set takes over what was read from the cluster; err is why not all of it was.
func (p *Timeline) Set(read timeline.Asked, err error) {
	p.read = read
	p.done()
	if err != nil {
		p.Fail(err)
	}
	p.Load()
}

// Load makes the time line of what is known now.
func (p *Timeline) Load() {
	w := p.env.World
	if w == nil {
		return
	}
	p.line = timeline.Make(timeline.Input{
		Snapshot: w.Snapshot, Graph: w.Graph, About: p.ref, Finding: w.Finding(p.about.Finding), Findings: w.About(p.ref),
		Events: p.read.Events, Untimed: p.read.Untimed, Seen: p.seen(),
	})
}

// Offers adds reading again, where there is something to read.
func (p *Timeline) Offers() []keymap.Offer {
	if p.live {
		return p.asked.Offers()
	}
	return p.reading.Offers()
}

// Draw returns exactly h lines of w cells.
func (p *Timeline) Draw(w, h int, focused bool) []string {
	p.width = w
	return p.reading.Draw(w, h, focused)
}

// roomy is from which width a line has columns for all it tells.
const roomy = 100

// briefly is a reference as a column writes it: with the words that people use for
// the longest kinds, and without the namespace of the page.
func (p *Timeline) briefly(r model.Ref) string {
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

func (p *Timeline) paras() []para {
	l, e := p.line, p.env
	if l == nil {
		return nil
	}
	out := p.verdict()
	if len(l.Entries) == 0 {
		return append(out, textLine(widget.Muted, "Nothing is known of when anything here changed."))
	}
	out = append(out, blankLine())
	name := 0
	for _, x := range l.Entries {
		name = max(name, min(widget.Width(p.briefly(x.Ref)), max(p.width*2/5-4, 16)))
	}
	day := ""
	for i, x := range l.Entries {
		local := x.At.In(e.Zone)
		if d := local.Format("2 January 2006"); d != day {
			if day != "" || d != e.Now().In(e.Zone).Format("2 January 2006") {
				out = append(out, textLine(widget.Muted, d))
			}
			day = d
		}
		out = append(out, p.entry(i, x, name, local)...)
	}
	if l.Cut {
		out = append(out, blankLine(), textLine(widget.Muted, "There is more around it than was looked at."))
	}
	return out
}

// verdict names the suspect, or says why none is.
func (p *Timeline) verdict() []para {
	l := p.line
	switch {
	case l.Suspect != nil:
		x := *l.Suspect
		line := widget.Line{widget.T(widget.Strong, "Suspect: "), widget.T(widget.Normal, refFrom(x.Ref, p.ref.Namespace)+": "+x.What)}
		if x.By != "" {
			line = append(line, widget.T(widget.Normal, ", by "+x.By))
		}
		line = append(line, widget.T(widget.High, ", "+p.gap()))
		return []para{
			{Left: line, Hang: 9, Stop: true, Key: stop{to: Subject{Ref: x.Ref}, mark: "suspect"}},
			textLine(widget.Muted, "It came last before the onset. That it is the cause is inferred from the time, no more."),
		}
	case l.Onset.IsZero() && len(p.env.World.About(p.ref)) > 0:
		return []para{textLine(widget.Muted, "When what is wrong here began is not known, so that no change is named the suspect.")}
	case !l.Onset.IsZero():
		return []para{textLine(widget.Muted, "No change is known in the two hours before "+p.env.Clock(l.Onset)+", when what is wrong here began.")}
	}
	return []para{textLine(widget.Muted, fmt.Sprintf("Nothing is known to be wrong here. %s around it were looked at.", plural(max(l.Objects-1, 0), "object")))}
}

// gap is the time between the suspect and the onset.
func (p *Timeline) gap() string {
	d := p.line.Gap
	switch {
	case p.line.Suspect.Latest || d < time.Second:
		return "at the onset or just before it"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s before the onset", int(d.Seconds()))
	}
	words, _ := text.Steps(d)
	return words + " before the onset"
}

func (p *Timeline) entry(i int, x timeline.Entry, name int, local time.Time) []para {
	th := p.env.Theme
	sign, role := "  ", widget.Normal
	switch {
	case x.Source == timeline.Finding:
		sign, role = th.High+" ", widget.High
	case x.Warning:
		role = widget.Medium
	case !x.Change:
		role = widget.Muted
	}
	clock := local.Format("15:04:05")
	left := widget.Line{
		widget.T(widget.Muted, " "+clock+" "), widget.T(role, widget.Pad(sign, 2)),
		widget.T(widget.Normal, widget.Pad(widget.CutMiddle(p.briefly(x.Ref), name, th.Cut), name)+"  "), widget.T(role, x.What),
	}
	if x.Times > 1 {
		left = append(left, widget.T(role, fmt.Sprintf(" %s%d", th.Times, x.Times)))
	}
	if x.Until.Sub(x.At) > time.Minute {
		left = append(left, widget.T(widget.Muted, " until "+x.Until.In(p.env.Zone).Format("15:04:05")))
	}
	var right widget.Line
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
		left = append(left, widget.T(widget.Muted, "  "+by))
	default:
		right = widget.Line{widget.T(widget.Muted, by)}
	}
	to := Subject{Ref: x.Ref, Finding: x.ID}
	out := []para{{Left: left, Right: right, Cut: true, Stop: true, Key: stop{to: to, mark: fmt.Sprint(x.At.Unix(), x.What, i)}}}
	if x.Suspect {
		out = append(out, para{Left: widget.Line{widget.T(widget.High, pad(13)+suspectSign(th)+" "+p.gap()+": the suspect")}})
	}
	return out
}

func suspectSign(th *widget.Theme) string {
	if th.ASCII {
		return "<"
	}
	return "◀"
}

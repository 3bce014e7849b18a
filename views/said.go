package views

import (
	"context"
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/about"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// heard is what the logs of an object's pods say, as far as it was asked for.
type heard struct {
	logs about.Logs
	said []inspect.LogSaid
	why  string    // why it is not known; empty while it is being read
	at   time.Time // when it was asked
	read bool
}

// heardHolds is how long an object's logs are not read again.
const heardHolds = 15 * time.Second

// mostHeard bounds the objects whose logs are remembered.
const mostHeard = 200

// AskMore asks for what the page of an object shows and the watches do not keep: what it
// uses, and what its logs say; nil where nothing has to be asked.
func (e *Env) AskMore(ref model.Ref) Request {
	var out All
	for _, r := range []Request{e.AskUsage(ref), e.AskSaid(ref)} {
		if r != nil {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// AskSaid asks for what the logs of an object's pods say; nil where nothing has to be asked.
func (e *Env) AskSaid(ref model.Ref) Request {
	if e.Inspector == nil || e.Report == nil || ref.Name == "" || ref.Name == "*" {
		return nil
	}
	if h, ok := e.heard[ref]; ok && e.Now().Sub(h.at) < heardHolds {
		return nil
	}
	logs := about.LogsOf(e.Report, ref)
	if len(logs.Pods) == 0 {
		return nil
	}
	if e.heard == nil || len(e.heard) > mostHeard {
		e.heard = map[model.Ref]heard{}
	}
	next := heard{logs: logs, at: e.Now(), read: len(logs.Runs) == 0}
	if before := e.heard[ref]; before.read {
		before.at = next.at // it is shown until the next is there
		e.heard[ref] = before
	} else {
		e.heard[ref] = next
	}
	if next.read {
		e.heard[ref] = next
		return nil
	}
	inspector := e.Inspector
	return Fetch{
		Slot: "said " + ref.String(), Outlives: true,
		Read: func(ctx context.Context, show func(func() Request)) {
			said := inspector.Said(ctx, logs.Runs)
			show(func() Request {
				next.said, next.read = said, true
				e.heard[ref] = next
				return nil
			})
		},
		Fail: func(err error) {
			next.why = err.Error()
			e.heard[ref] = next
		},
	}
}

// says is what the logs of an object's pods say: in a file, of those that it holds.
func (e *Env) says(ref model.Ref) []styled.Para {
	h, asked := e.heard[ref]
	if !asked && e.Inspector == nil && !e.AsOf.IsZero() {
		if h.logs = about.LogsOf(e.Report, ref); len(h.logs.Pods) > 0 {
			h.said, h.read, h.at, asked = about.Kept(e.Report, h.logs.Runs), true, e.AsOf, true
		}
	}
	if !asked {
		return nil
	}
	out := []styled.Para{styled.Blank(), styled.Heading("What its logs say")}
	switch {
	case h.why != "":
		return append(out, styled.P(styled.Medium, "  Not known: "+h.why))
	case !h.read:
		return append(out, styled.P(styled.Muted, "  reading the logs "+h.logs.Which()+" ..."))
	}
	intro := fmt.Sprintf("  Read at %s, %s. What a program writes proves nothing: no finding is made of it.", e.Clock(h.at), h.logs.Which())
	if h.logs.Left > 0 {
		intro += counted(" %s of their containers were not read.", h.logs.Left)
	}
	out = append(out, styled.Para{Body: styled.Of(styled.Muted, intro), Hang: 2})
	for _, s := range about.Said(e.Report, h.logs, h.said) {
		out = append(out, e.saying(ref, &s)...)
	}
	return out
}

// saying is what one container's log says: when, in words, by which line, and what of the
// cluster belongs to it.
func (e *Env) saying(of model.Ref, s *about.Says) []styled.Para {
	head := styled.Line{styled.T(styled.Muted, "  "+s.Pod.Name+" "+s.Container+"  ")}
	if s.Words == "" {
		role := styled.Muted
		if s.Unknown() {
			role = styled.Medium
		}
		return []styled.Para{{Body: append(head, styled.T(role, s.Quiet())), Hang: 4, Key: stop{to: Subject{Ref: s.Pod}, mark: "said" + s.Container}}}
	}
	if !s.At.IsZero() {
		head = append(head, styled.T(styled.Muted, e.Clock(s.At)+" ("+e.Age(s.At)+")  "))
	}
	out := []styled.Para{{Body: append(head, styled.T(styled.Normal, s.Words)), Hang: 4, Key: stop{to: Subject{Ref: s.Pod}, mark: "said" + s.Container, copy: s.Telling.Line}}}
	for _, ev := range s.Evidence {
		at := refFrom(ev.Ref, of.Namespace) + lead(ev.Path)
		if ev.Ref == s.Pod {
			at = ev.Path
		}
		out = append(out, styled.Para{
			Body: styled.Line{styled.T(styled.Muted, "    "+at+"  "), styled.T(styled.Normal, ev.Value), styled.T(styled.Muted, lead(ev.Note))},
			Hang: 6, Key: stop{to: Subject{Ref: ev.Ref}, mark: "said" + s.Container + ev.Path, copy: ev.Value},
		})
	}
	for _, f := range s.Causes {
		out = append(out, styled.Para{
			Body: styled.Line{styled.T(styled.Normal, "    "), severitySign(e.Theme, f), styled.T(styled.Normal, "  "+f.Summary)},
			Hang: 12, Key: stop{to: Subject{f.ID(), f.Subject}, mark: "said cause"},
		})
	}
	return out
}

package views

import (
	"context"
	"fmt"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
)

// eventsPage is the page of the events about one object, of every type.
type eventsPage struct{ page[*inspect.Events] }

// NewEvents makes the page.
func NewEvents(env *Env, ref model.Ref) Pane {
	p := &eventsPage{page[*inspect.Events]{env: env, name: "Events", what: "the events", ref: ref}}
	p.body = newParagraphs(p.paras)
	p.read = func() func(context.Context) (*inspect.Events, error) {
		owned := env.owned(ref)
		return func(ctx context.Context) (*inspect.Events, error) { return env.Inspector.Events(ctx, ref, owned) }
	}
	return p
}

// maxOwned bounds the objects whose events are shown with those of their owner.
const maxOwned = 100

// owned lists what an object owns, directly or not: their events tell what becomes of
// it.
func (e *Env) owned(ref model.Ref) []model.Ref {
	if e.Report == nil {
		return nil
	}
	known := map[model.Ref]bool{ref: true}
	list := []model.Ref{ref}
	for i := 0; i < len(list) && len(list) <= maxOwned; i++ {
		for _, edge := range e.Report.Graph.Out(list[i]) {
			if edge.Type == model.EdgeOwns && !known[edge.To] && len(list) <= maxOwned {
				known[edge.To] = true
				list = append(list, edge.To)
			}
		}
	}
	return list[1:]
}

// Offers adds copying a message.
func (p *eventsPage) Offers() []keymap.Offer {
	c := keymap.Offer{Action: keymap.Copy, Label: "copy message"}
	if _, ok := p.at(); !ok {
		c.Disabled = "no event is selected"
	}
	return append(p.page.Offers(), c)
}

// Do answers an action.
func (p *eventsPage) Do(a keymap.Action) Request {
	if a == keymap.Copy {
		at, _ := p.at()
		return Copy{"the message", at.copy}
	}
	return p.page.Do(a)
}

func (p *eventsPage) paras() []styled.Para {
	e, events := p.env, p.value
	if events == nil {
		return nil
	}
	if len(events.List) == 0 {
		return []styled.Para{styled.P(styled.Muted, "No events about it, or about what it owns. The server deletes events after an hour, unless it is configured otherwise.")}
	}
	var out []styled.Para
	for i, ev := range events.List {
		role, sign := styled.Normal, "  "
		if ev.Warning {
			role, sign = styled.Medium, e.Theme.High+" "
		}
		times := ""
		if ev.Count > 1 {
			times = fmt.Sprintf(" %s%d", e.Theme.Times, ev.Count)
		}
		head := styled.Line{styled.T(styled.Muted, fmt.Sprintf("%5s  ", e.Age(ev.Last))), styled.T(role, sign+ev.Reason+times)}
		if ev.About != p.ref && ev.About.Name != "" {
			head = append(head, styled.T(styled.Strong, "  "+refFrom(ev.About, p.ref.Namespace)))
		}
		head = append(head, styled.T(styled.Normal, "  "+ev.Message))
		if ev.Source != "" {
			head = append(head, styled.T(styled.Muted, "  "+ev.Source))
		}
		if ev.Field != "" {
			head = append(head, styled.T(styled.Muted, "  "+ev.Field))
		}
		out = append(out, styled.Para{Body: head, Hang: 9, Key: stop{to: elsewhereTo(ev.About, p.ref), mark: fmt.Sprint(i, ev.Reason, ev.First), copy: ev.Message}})
	}
	if events.Left {
		out = append(out, styled.P(styled.Muted, counted("  Only the first %s were read.", len(events.List))))
	}
	return out
}

// elsewhereTo is a reference to another object than the page's own.
func elsewhereTo(ref, own model.Ref) Subject {
	if ref == own || ref.Name == "" {
		return Subject{}
	}
	return Subject{Ref: ref}
}

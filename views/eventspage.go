package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Events is the page of the events about one object, of every type.
type Events struct {
	*asked
	events *inspect.Events
}

// NewEvents makes the page, which waits for its events.
func NewEvents(env *Env, ref model.Ref) *Events {
	p := &Events{}
	p.asked = newAsked(env, "Events", ref, p.paras)
	return p
}

// maxOwned bounds the objects whose events are shown with those of their owner.
const maxOwned = 100

// Owned lists what the object owns, directly or not: their events tell what becomes
// of it.
func (p *Events) Owned() []model.Ref {
	if p.env.World == nil {
		return nil
	}
	known := map[model.Ref]bool{p.ref: true}
	list := []model.Ref{p.ref}
	for i := 0; i < len(list) && len(list) <= maxOwned; i++ {
		for _, edge := range p.env.World.Graph.Out(list[i]) {
			if edge.Type == model.EdgeOwns && !known[edge.To] && len(list) <= maxOwned {
				known[edge.To] = true
				list = append(list, edge.To)
			}
		}
	}
	return list[1:]
}

// Set shows what was read.
func (p *Events) Set(e *inspect.Events) {
	p.events = e
	p.done()
}

// Offers adds copying a message.
func (p *Events) Offers() []keymap.Offer {
	c := keymap.Offer{Action: keymap.Copy, Label: "copy message"}
	if _, ok := p.page.Selected(); !ok {
		c.Disabled = "no event is selected"
	}
	return append(p.asked.Offers(), c)
}

// Do answers an action.
func (p *Events) Do(a keymap.Action) Request {
	if a == keymap.Copy {
		at, _ := p.page.Selected()
		return Copy{"the message", at.copy}
	}
	return p.reading.Do(a)
}

func (p *Events) paras() []para {
	e := p.env
	if p.events == nil {
		return nil
	}
	if len(p.events.List) == 0 {
		return []para{textLine(widget.Muted, "No events about it, or about what it owns. The server keeps them for an hour, unless it was told otherwise.")}
	}
	var out []para
	for i, ev := range p.events.List {
		role, sign := widget.Normal, "  "
		if ev.Warning {
			role, sign = widget.Medium, e.Theme.High+" "
		}
		times := ""
		if ev.Count > 1 {
			times = fmt.Sprintf(" %s%d", e.Theme.Times, ev.Count)
		}
		head := widget.Line{widget.T(widget.Muted, fmt.Sprintf("%5s  ", e.Age(ev.Last))), widget.T(role, sign+ev.Reason+times)}
		if ev.About != p.ref && ev.About.Name != "" {
			head = append(head, widget.T(widget.Strong, "  "+refFrom(ev.About, p.ref.Namespace)))
		}
		head = append(head, widget.T(widget.Normal, "  "+ev.Message))
		if ev.Source != "" {
			head = append(head, widget.T(widget.Muted, "  "+ev.Source))
		}
		if ev.Field != "" {
			head = append(head, widget.T(widget.Muted, "  "+ev.Field))
		}
		out = append(out, para{Left: head, Hang: 9, Stop: true, Key: stop{to: elsewhereTo(ev.About, p.ref), mark: fmt.Sprint(i, ev.Reason, ev.First), copy: ev.Message}})
	}
	if p.events.Left {
		out = append(out, textLine(widget.Muted, counted("  There are more than the %s that were read.", len(p.events.List))))
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

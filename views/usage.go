package views

import (
	"context"
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// measured is what is known of the CPU and memory that an object uses.
type measured struct {
	inspect.Usage
	known bool
	why   string // why it is not known; empty while it is being read
	at    time.Time
}

// usageHolds is how long a measure is not asked for again: the metrics server measures
// four times a minute.
const usageHolds = 15 * time.Second

// notMeasured is said of what is not among what was measured.
const notMeasured = "not measured"

// mostMeasured bounds what is kept of measures.
const mostMeasured = 50_000

// measures reports whether objects of a kind have a measure.
func measures(k model.Kind) bool { return k == model.KindPod || k == model.KindNode }

// AskUsage asks for what a pod or node uses, or all of them where ref has no name; nil
// where nothing has to be asked. What shows it waits for nothing.
func (e *Env) AskUsage(ref model.Ref) Request {
	if e.Inspector == nil || !measures(ref.Kind) || ref.Name == "*" {
		return nil
	}
	if m, ok := e.usage[ref]; ok && e.Now().Sub(m.at) < usageHolds {
		return nil
	}
	if e.usage == nil || len(e.usage) > mostMeasured {
		e.usage = map[model.Ref]measured{}
	}
	before := e.usage[ref]
	before.at = e.Now()
	e.usage[ref] = before
	inspector := e.Inspector
	said := func(why string) { e.usage[ref] = measured{why: why, at: e.Now()} }
	return Fetch{
		Slot: "usage " + ref.String(), Outlives: true,
		Read: func(ctx context.Context, show func(func() Request)) {
			got, err := inspector.Usage(ctx, ref)
			show(func() Request {
				if err != nil {
					said(err.Error())
					return nil
				}
				said(notMeasured)
				for of, u := range got.Of {
					e.usage[of] = measured{u, true, "", got.Read}
				}
				return nil
			})
		},
		Fail: func(err error) { said(err.Error()) },
	}
}

// used is what is known of what an object uses; where not it was asked for, but all of its
// kind were, why they are not known.
func (e *Env) used(ref model.Ref) measured {
	if m, ok := e.usage[ref]; ok {
		return m
	}
	for _, all := range []model.Ref{{Kind: ref.Kind}, {Kind: ref.Kind, Namespace: ref.Namespace}} {
		if m, ok := e.usage[all]; ok {
			return m
		}
	}
	return measured{}
}

// usageFacts are the lines about CPU and memory on the page of a pod or node; none where
// nothing was asked.
func (f *facts) usageFacts(ref model.Ref, asked, limit inspect.Usage, of string) {
	m, ok := f.Env.usage[ref]
	switch {
	case !ok:
		return
	case !m.known && m.why == "":
		f.tint("cpu, memory", "reading ...", styled.Muted)
	case !m.known:
		f.tint("cpu, memory", m.why, styled.Muted)
	default:
		line := func(name, used string, have, wanted, most int64, asked, limit string) {
			note := ""
			if wanted > 0 {
				note = fmt.Sprintf("%d%% of %s %s", 100*have/wanted, asked, of)
			}
			role := styled.Normal
			if most > 0 {
				if note != "" {
					note += ", "
				}
				note += fmt.Sprintf("%d%% of the limit of %s", 100*have/most, limit)
				if 10*have >= 9*most {
					role = styled.Bad
				}
			}
			f.lines = append(f.lines, field{name: name, value: used, role: role, note: note})
		}
		line("cpu", m.CPU(), m.Millis, asked.Millis, limit.Millis, asked.CPU(), limit.CPU())
		line("memory", m.Memory(), m.Bytes, asked.Bytes, limit.Bytes, asked.Memory(), limit.Memory())
		f.lines = append(f.lines, field{name: "measured", value: f.Clock(m.at)})
	}
}

// wanted is what the containers of a pod request, and what they are limited to; a limit
// that one of them lacks is none.
func wanted(p *model.Pod) (requests, limits inspect.Usage) {
	cpu, memory := true, true
	for _, c := range p.Template.Containers {
		if c.Init && !c.Sidecar {
			continue
		}
		requests.Add(c.Requests["cpu"], c.Requests["memory"])
		limits.Add(c.Limits["cpu"], c.Limits["memory"])
		cpu, memory = cpu && c.Limits["cpu"] != "", memory && c.Limits["memory"] != ""
	}
	if !cpu {
		limits.Millis = 0
	}
	if !memory {
		limits.Bytes = 0
	}
	return requests, limits
}

// allocatable is what a node has for pods.
func allocatable(n *model.Node) (u inspect.Usage) {
	u.Add(n.Allocatable["cpu"], n.Allocatable["memory"])
	return u
}

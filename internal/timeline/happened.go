package timeline

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
)

// routine are reasons of normal events that say what a pod's own times say, or
// nothing that anybody looks for.
var routine = map[string]bool{
	"Pulling": true, "Pulled": true, "Created": true, "Started": true, "Scheduled": true, "SuccessfulAttachVolume": true,
	"ExternalProvisioning": true, "Provisioning": true, "ProvisioningSucceeded": true, "WaitForFirstConsumer": true,
}

// events adds events about what is near, once for each reason: those that were read
// on being asked, and the warnings that are watched.
func (m *maker) events() {
	list := m.Events
	spaces := map[string]bool{}
	for r := range m.near {
		spaces[r.Namespace] = true
	}
	if len(list) == 0 {
		for ns := range spaces {
			for ev := range model.Each[*model.Event](m.Snapshot.Space(ns), model.KindEvent) {
				list = append(list, inspect.Event{
					About: ev.About, Warning: true, Reason: ev.Reason, Message: ev.Message, Source: ev.Source, Count: ev.Count, First: ev.First, Last: ev.Last,
				})
			}
		}
	}
	type key struct {
		about  model.Ref
		reason string
		text   string
	}
	at := map[key]int{}
	for _, ev := range list {
		if !m.near[ev.About] || !ev.Warning && routine[ev.Reason] {
			continue
		}
		k := key{ev.About, ev.Reason, stem(ev.Message)}
		first := ev.First
		if first.IsZero() {
			first = ev.Last
		}
		if i, ok := at[k]; ok {
			e := &m.entries[i]
			e.Times += max(ev.Count, 1)
			if first.Before(e.At) {
				e.At = first
			}
			if ev.Last.After(e.Until) {
				e.Until = ev.Last
			}
			continue
		}
		if first.IsZero() {
			continue
		}
		at[k] = len(m.entries)
		m.add(Entry{
			At: first, Until: ev.Last, Ref: ev.About, What: strings.TrimSpace(ev.Reason + ": " + ev.Message), By: ev.Source, Source: Event,
			Warning: ev.Warning, Times: max(ev.Count, 1),
		})
	}
}

// stem is a message without the numbers in it, which differ from one time to the
// next.
func stem(message string) string {
	var b strings.Builder
	number := false
	for _, r := range message {
		digit := r >= '0' && r <= '9'
		if !digit || !number {
			if digit {
				r = '0'
			}
			b.WriteRune(r)
		}
		number = digit
	}
	return b.String()
}

// seen adds what careen saw. It knows the very values, so that it takes the place of
// what the managed fields tell of the same moment, and keeps who that was.
func (m *maker) seen() {
	for _, s := range m.Seen {
		if !m.near[s.Ref] {
			continue
		}
		if s.Change {
			for i := range m.entries {
				e := &m.entries[i]
				if e.Ref == s.Ref && e.Source == Fields && e.Change && e.At.Sub(s.At).Abs() <= 2*time.Second && rhymes(e.What, s.What) {
					if s.By == "" {
						s.By = e.By
					}
					e.At = time.Time{}
				}
			}
		}
		m.add(s)
	}
	m.entries = slices.DeleteFunc(m.entries, func(e Entry) bool { return e.At.IsZero() })
}

// rhymes reports whether two texts are of one kind of change.
func rhymes(a, b string) bool {
	first := func(s string) string {
		word, _, _ := strings.Cut(s, " ")
		word, _, _ = strings.Cut(word, ".")
		return word
	}
	return first(a) == first(b)
}

// untimed adds a scaling whose managed fields carry no time: it came before the
// pods that it made, or deleted.
func (m *maker) untimed() {
	for _, u := range m.Untimed {
		w, ok := model.Get[*model.Workload](m.Snapshot, u.Ref)
		if !ok || u.Subresource != "scale" || m.scaled(u) {
			continue
		}
		at := m.newestPod(w)
		for _, e := range m.Events {
			if e.About == u.Ref && e.Reason == "SuccessfulDelete" && e.First.After(at) {
				at = e.First
			}
		}
		m.add(Entry{
			At: at, Latest: true, Ref: u.Ref, What: fmt.Sprintf("spec.replicas set to %d", w.Desired), By: u.Manager + " (scale)",
			Source: Fields, Change: true, weight: 7,
		})
	}
}

// newestPod is when the newest pod of a set was created; zero where it has none.
func (m *maker) newestPod(w *model.Workload) (at time.Time) {
	for p := range model.Each[*model.Pod](m.Snapshot.Space(w.Namespace), model.KindPod) {
		if o, ok := p.Controller(); ok && o.Kind == w.Kind && o.Name == w.Name && p.Created.After(at) {
			at = p.Created
		}
	}
	return at
}

// scaled reports whether a scaling is told already, and by whom it was.
func (m *maker) scaled(u Untimed) bool {
	found := false
	for i := range m.entries {
		e := &m.entries[i]
		if e.Ref == u.Ref && e.Source == Seen && strings.HasPrefix(e.What, "spec.replicas") {
			found = true
			if e.By == "" {
				e.By = u.Manager + " (scale)"
			}
		}
	}
	return found
}

// onsets adds when the findings began, and returns the onset that counts: that of
// the finding asked about, else the first of those about the object.
func (m *maker) onsets() time.Time {
	list := []*finding.Finding{m.Finding}
	if m.Finding == nil {
		list = nil
		for _, f := range m.Findings {
			if f.Subject == m.About {
				list = append(list, f)
			}
		}
	}
	var onset time.Time
	for _, f := range list {
		if f.Since.IsZero() {
			continue
		}
		m.add(Entry{At: f.Since, Ref: f.Subject, What: string(f.Probe) + " begins", Source: Finding, ID: f.ID()})
		if onset.IsZero() || f.Since.Before(onset) {
			onset = f.Since
		}
	}
	return onset
}

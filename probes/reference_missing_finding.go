package probes

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

func brokenFinding(p *Pass, subject model.Ref, b broken, events map[model.Ref][]*model.Event) finding.Finding {
	makers := makersOf(p, b.to)
	f := finding.Finding{Subject: subject, Slot: b.slot(), Severity: finding.High, Grade: finding.Proved, Summary: brokenSummary(b, makers), Rests: []finding.Absence{b.absence}, Causes: makerCauses(p, makers)}
	for _, r := range b.fields {
		value := r.To.Name
		if b.key != "" {
			value = r.Key
		}
		note := ""
		if r.Container != "" {
			note = "container " + r.Container
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: b.row.Base().Ref(), Path: r.Path, Value: value, Note: note})
	}
	if b.fields[0].Type == model.EdgeBinds {
		f.Severity = finding.Medium // whoever lacks the right for it is a finding of its own (account-forbidden)
	}
	table := rowsOf(p, b.to.Kind, b.to.Namespace)
	var near []string
	for _, like := range p.Graph.Similar(b.to, 2) {
		near = append(near, like.Name)
	}
	switch {
	case b.key != "":
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: b.to, Path: "data", Value: text.Joined(keysOf(p.Row(b.to)), 8), Note: "the keys that are there" + lastWriter(p.Row(b.to))})
	case len(near) > 0:
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: b.to, Note: "not there; similar: " + text.Joined(near, 2)})
	default:
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: b.to, Note: fmt.Sprintf("not there; %s of that kind, none with a similar name", text.Counted(len(table), "object"))})
	}
	for _, m := range makers {
		f.Evidence = append(f.Evidence, m.evidence())
	}
	source := (*model.Release)(nil)
	if b.key == "" {
		source = declaring(p, b.to, releaseOf(p, b.row.Base()))
	}
	if source != nil {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: storedIn(source.Last()), Path: "manifest", Value: b.to.String(), Note: "release " + source.Name + " declares it"})
	}
	for _, pod := range p.Graph.Pods(subject) {
		if e, ok := waitingFor(pod, b, events[pod.Ref()]); ok {
			f.Evidence = append(f.Evidence, e)
			if c := model.FindCondition(pod.Conditions, "Ready"); c != nil && c.Status != "True" {
				f.Since = c.Since
			}
			break
		}
	}
	if b.key == "" {
		f.Causes = append(f.Causes, quotaCausesOfName(p, b.to)...)
	}
	f.Fixes = brokenFixes(p, subject, b, near, source, len(makers) > 0)
	if b.key == "" && (b.to.Kind == model.KindSecret || b.to.Kind == model.KindConfigMap) {
		f.Preventions = guarding(&f, subject)
	}
	return f
}

func brokenSummary(b broken, makers []maker) string {
	if len(makers) > 0 {
		return fmt.Sprintf("It %s: %s.", b.what(), makers[0].says())
	}
	return "It " + b.what() + "."
}

// what says what is missing: "needs Secret db, which does not exist".
func (b broken) what() string {
	what := string(b.to.Kind) + " " + b.to.Name
	if b.key != "" {
		return fmt.Sprintf("needs key %s of %s, which has no such key", b.key, what)
	}
	verb := "needs"
	switch b.fields[0].Type {
	case model.EdgeRoutes:
		verb = "routes to"
	case model.EdgeScales:
		verb = "scales"
	case model.EdgeBinds:
		verb = "grants"
	}
	return fmt.Sprintf("%s %s, which does not exist", verb, what)
}

// lastWriter says who last wrote an object's data, and when, as far as it tells.
func lastWriter(row model.Row) string {
	by, at := "", time.Time{}
	switch o := row.(type) {
	case *model.Secret:
		by, at = o.ChangedBy, o.Changed
	case *model.ConfigMap:
		by, at = o.ChangedBy, o.Changed
	}
	if by == "" || at.IsZero() {
		return ""
	}
	return fmt.Sprintf("; last written by %s at %s", by, stamp(at))
}

func keysOf(row model.Row) []string {
	var keys []model.DataKey
	switch o := row.(type) {
	case *model.Secret:
		keys = o.Keys
	case *model.ConfigMap:
		keys = o.Keys
	}
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.Name
	}
	return out
}

// waitingFor finds what a pod says of something that it lacks.
func waitingFor(pod *model.Pod, b broken, events []*model.Event) (finding.Evidence, bool) {
	for _, c := range pod.Containers {
		if c.Waiting != nil && strings.Contains(c.Waiting.Message, b.to.Name) {
			return finding.Evidence{Ref: pod.Ref(), Path: fmt.Sprintf("status.containerStatuses[%s].state.waiting", c.Name), Value: c.Waiting.Reason, Note: c.Waiting.Message}, true
		}
	}
	for _, e := range events {
		if strings.Contains(e.Message, b.to.Name) {
			return eventEvidence(e), true
		}
	}
	return finding.Evidence{}, false
}

package probes

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

func staleFinding(p *Pass, holder *model.Meta, s stale) finding.Finding {
	f := finding.Finding{Subject: holder.Ref(), Severity: finding.High, Grade: finding.Proved, Summary: staleSummary(s)}
	written := writtenAt(p, holder)
	if !s.scaled.Time.Before(written) {
		f.Since = s.scaled.Time
	}
	for _, pod := range s.missing {
		if written.After(pod.Created) {
			f.Grade = finding.Inferred // the list was written when the member was there: it may be meant so
		}
		if c := model.FindCondition(pod.Conditions, "Ready"); f.Since.IsZero() && c != nil {
			f.Since = c.Since
		}
	}
	for _, l := range s.lists {
		f.Evidence = append(f.Evidence, listEvidence(holder, l.HostList))
	}
	replicas := finding.Evidence{Ref: s.set, Path: "spec.replicas", Value: strconv.Itoa(len(s.members)), Note: "members " + text.Joined(memberNames(s), 12)}
	if s.scaled.Manager != "" {
		replicas.Note += "; set by " + s.scaled.Manager + " at " + stamp(s.scaled.Time)
	}
	f.Evidence = append(f.Evidence, replicas)
	for _, pod := range s.missing {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod.Ref(), Path: "status", Value: pod.Phase, Note: "ready, and not in the list"})
	}
	for _, name := range s.extra {
		pod := model.Ref{Kind: model.KindPod, Namespace: s.set.Namespace, Name: name}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod, Note: "in the list, and neither needed nor there"})
		if gone, absent := p.Absent(pod); absent {
			f.Rests = append(f.Rests, gone)
		}
	}
	dependents := dependentsOf(p, holder, len(s.missing) > 0)
	for _, d := range dependents {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: d, Note: "reads the list"})
	}
	f.Fixes, f.Withheld = staleFixes(p, holder, s, dependents)
	return f
}

func listEvidence(holder *model.Meta, l model.HostList) finding.Evidence {
	e := finding.Evidence{Ref: holder.Ref(), Path: l.Path, Value: text.Joined(raws(l), 12)}
	if l.Field != "" {
		e.Note = "key " + l.Field
	}
	return e
}

// writtenAt is when a holder's lists were last written.
func writtenAt(p *Pass, holder *model.Meta) time.Time {
	if cm, ok := p.Row(holder.Ref()).(*model.ConfigMap); ok {
		return cm.Changed
	}
	for _, w := range holder.Writes {
		if w.Spec && w.Subresource == "" && !slices.Contains(controllers, w.Manager) {
			return w.Time
		}
	}
	return holder.Created
}

// raws are a list's entries.
func raws(l model.HostList) []string {
	out := make([]string, len(l.Members))
	for i, h := range l.Members {
		out[i] = h.Raw
	}
	return out
}

func memberNames(s stale) []string {
	out := make([]string, len(s.members))
	for i, n := range s.members {
		out[i] = fmt.Sprintf("%s-%d", s.name, n)
	}
	return out
}

func staleSummary(s stale) string {
	field := "Its list"
	if s.lists[0].Field != "" {
		field = "The list " + s.lists[0].Field
	}
	gone := text.Joined(s.extra, 4)
	if len(s.missing) == 0 {
		return fmt.Sprintf("%s still names %s, which %s gone.", field, gone, text.Plural(len(s.extra), "is", "are"))
	}
	var lacking []string
	for _, pod := range s.missing {
		lacking = append(lacking, pod.Name)
	}
	out := fmt.Sprintf("%s names %d of the %d members of %s; %s %s missing", field, len(s.members)-len(s.missing), len(s.members), s.name, text.Joined(lacking, 4), text.Plural(len(lacking), "is", "are"))
	if gone != "" {
		out += fmt.Sprintf(", and %s %s gone", gone, text.Plural(len(s.extra), "is", "are"))
	}
	return out + "."
}

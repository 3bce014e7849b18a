package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// quotaLook is what all quotas of a namespace are held against.
type quotaLook struct {
	*Pass
	lacking  []lackingPods
	lost     []lostObject
	unseen   []model.Kind // of objects that are declared and were not read
	lostRead bool
}

// lackingPods is a workload without all that it should have, and why, as far as it was
// said.
type lackingPods struct {
	w     *model.Workload
	quota string // that refused; empty where nobody said why
	asked charge
	refusal
}

func newQuotaLook(p *Pass) *quotaLook {
	l := &quotaLook{Pass: p}
	var events map[model.Ref][]*model.Event
	var children map[model.Ref][]*model.Workload
	for w := range model.Workloads(p.Space) {
		if !topLevel(w) || !wantsPods(w) {
			continue
		}
		if events == nil {
			events, children = eventsAbout(p, "FailedCreate"), madeBy(p)
		}
		r, told := refusalOf(p, w, children[w.Ref()], events)
		if !told {
			r, told = refusedMaking(w, events)
		}
		if told {
			if m := quotaExceeded.FindStringSubmatch(r.message); m != nil {
				l.lacking = append(l.lacking, lackingPods{w, m[1], chargeOf(m[2]), r})
			}
		} else if lacksUnsaid(p, w) {
			l.lacking = append(l.lacking, lackingPods{w: w, asked: podCharge(&w.Template)})
		}
	}
	return l
}

// refusedMaking finds a refusal of what a workload makes that is no pod: the ReplicaSet of
// a Deployment, the Job of a CronJob that was due.
func refusedMaking(w *model.Workload, events map[model.Ref][]*model.Event) (r refusal, ok bool) {
	if c := model.FindCondition(w.Conditions, "Progressing"); c != nil && c.Reason == "ReplicaSetCreateError" {
		e := finding.Evidence{Ref: w.Ref(), Path: "status.conditions[Progressing]", Value: c.Message, Note: "since " + stamp(c.Since)}
		return refusal{c.Message, c.Since, []finding.Evidence{e}}, true
	}
	if list := events[w.Ref()]; w.Kind == model.KindCronJob && w.Schedule != nil && len(list) > 0 && list[0].Last.After(w.Schedule.Last) {
		return refusal{list[0].Message, list[0].First, []finding.Evidence{eventEvidence(list[0])}}, true
	}
	return r, false
}

// lacksUnsaid reports whether a workload has had fewer pods than it should for so long
// that it is no matter of time or order, and nothing says why.
func lacksUnsaid(p *Pass, w *model.Workload) bool {
	switch {
	case !lacksPods(w) || w.Kind == model.KindJob || w.ObservedGeneration < w.Generation || !p.After(w.SpecChanged(), podPatience):
		return false
	case w.Ordered && w.Ready < w.Current:
		return false // the next pod waits for the one before it
	}
	return !slices.ContainsFunc(p.Graph.Pods(w.Ref()), func(pod *model.Pod) bool { return !pod.Deleting.IsZero() })
}

// podless lists the workloads that a quota has no room for.
func (l *quotaLook) podless(q *model.Quota) (out []refusedBy) {
	for i := range l.lacking {
		w := l.lacking[i].w
		short := lacks(q, l.lacking[i].asked)
		if len(short) == 0 || l.lacking[i].quota != q.Name && (l.lacking[i].quota != "" || q.Scoped) {
			continue
		}
		h := refusedBy{ref: w.Ref(), resources: short, severity: finding.Medium, grade: finding.Proved, refusal: l.lacking[i].refusal}
		h.evidence = append(h.evidence, h.refusal.evidence...)
		if l.lacking[i].quota == "" {
			h.grade = finding.Inferred
		}
		switch {
		case w.Kind == model.KindCronJob:
			h.says = fmt.Sprintf("%s %s gets no Job", w.Kind, w.Name)
		case lacksPods(w):
			h.says = fmt.Sprintf("%s %s has %d of %s", w.Kind, w.Name, w.Current, text.Plural(int(w.Desired), "the 1 pod that it asks for", fmt.Sprintf("the %d pods that it asks for", w.Desired)))
		default:
			h.says = fmt.Sprintf("%s %s gets no pod of its newest template", w.Kind, w.Name)
		}
		if w.Kind != model.KindCronJob {
			h.evidence = append(h.evidence, finding.Evidence{Ref: w.Ref(), Path: "status", Value: fmt.Sprintf("%d of %d pods", w.Current, w.Desired)})
			if w.Current == 0 {
				h.severity = finding.High
			}
		}
		out = append(out, h)
	}
	return out
}

// lostObject is something that does not exist though it is meant to.
type lostObject struct {
	refusedBy
	asked charge
}

// unmade lists the objects that are missing of kinds of which a quota allows no more.
func (l *quotaLook) unmade(q *model.Quota) (out []refusedBy) {
	counts := false
	for name := range q.Hard {
		counts = counts || full(q, name) && name != "pods" && name != "count/pods" && !strings.Contains(name, ".cpu")
	}
	if !counts || q.Scoped {
		return nil
	}
	if !l.lostRead {
		l.lostRead = true
		l.declared()
		l.named()
	}
	for _, kind := range l.unseen {
		if len(lacks(q, objectCharge(kind))) > 0 {
			l.Blind(kind, l.Namespace())
		}
	}
	for _, o := range l.lost {
		if o.resources = lacks(q, o.asked); len(o.resources) > 0 {
			out = append(out, o.refusedBy)
		}
	}
	return out
}

func (l *quotaLook) lose(h refusedBy) {
	asked := objectCharge(h.ref.Kind)
	if asked != nil && !slices.ContainsFunc(l.lost, func(o lostObject) bool { return o.ref == h.ref }) {
		l.lost = append(l.lost, lostObject{h, asked})
	}
}

// declared takes what releases declare and what does not exist. While a release is being
// installed or upgraded it may still come.
func (l *quotaLook) declared() {
	for _, rel := range l.Space.Releases() {
		rec := rel.Last()
		if rec == nil || !usable(rec) || rec.Body.Truncated || model.Pending(rec.Body.Status) || strings.HasPrefix(rec.Body.Status, "uninstall") || !l.After(begun(rec), settling) {
			continue
		}
		for _, d := range rec.Body.Objects {
			if d.Ref.Namespace != l.Namespace() || ends(d.Ref.Kind) {
				continue
			}
			a, absent := l.Absent(d.Ref)
			if absent && a.Grade != finding.Proved && !slices.Contains(l.unseen, d.Ref.Kind) {
				l.unseen = append(l.unseen, d.Ref.Kind)
			}
			if !absent || a.Grade != finding.Proved {
				continue
			}
			h := refusedBy{ref: d.Ref, severity: finding.Medium, grade: finding.Proved, rests: []finding.Absence{a}}
			if d.Ref.Kind.IsWorkload() {
				h.severity = finding.High
			}
			h.says = fmt.Sprintf("%s %s, which release %s declares, does not exist", d.Ref.Kind, d.Ref.Name, rel.Name)
			h.evidence = []finding.Evidence{{Ref: d.Ref, Path: "manifest", Value: d.APIVersion, Note: fmt.Sprintf("declared by revision %d of release %s, and not there", rec.Revision, rel.Name)}}
			l.lose(h)
		}
	}
}

// named takes what workloads name and what does not exist.
func (l *quotaLook) named() {
	for w := range model.Workloads(l.Space) {
		subject, ok := refers(l.Pass, w)
		if !ok {
			continue
		}
		for _, b := range brokenRefs(l.Pass, w) {
			if b.key == "" {
				l.miss(subject, b.to, b.absence, b.fields[0].Path)
			}
		}
		for _, r := range w.Refs {
			if r.Type != model.EdgeNames || r.To.Kind != model.KindService || r.Host == "" {
				continue
			}
			if f, dangles := danglingHost(l.Pass, &w.Meta, r, []model.Ref{subject}); dangles && len(f.Rests) > 0 {
				l.miss(subject, r.To, f.Rests[0], r.Path)
			}
		}
	}
}

func (l *quotaLook) miss(by, to model.Ref, a finding.Absence, path string) {
	if to.Namespace != l.Namespace() || a.Grade != finding.Proved || len(l.Graph.Similar(to, 1)) > 0 {
		return
	}
	l.lose(refusedBy{
		ref: to, severity: finding.High, grade: finding.Inferred, rests: []finding.Absence{a},
		says:     fmt.Sprintf("%s %s, which %s %s names, does not exist", to.Kind, to.Name, by.Kind, by.Name),
		evidence: []finding.Evidence{{Ref: by, Path: path, Value: to.Name, Note: "names it, and it is not there"}},
	})
}

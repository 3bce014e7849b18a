package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/text"
)

// finding says what keeps the pods from running; due is false while that may settle by
// itself.
func (s *stranded) finding(p *Pass, nodes *placing) (f finding.Finding, due bool) {
	f = finding.Finding{Subject: s.subject, Severity: finding.High, Grade: finding.Proved, Since: waitsSince(s.pod)}
	gates := s.pod.Template.Placement
	since := waitsSince(s.pod)
	switch {
	case s.message == nil:
		if !p.After(since, verdictAge) {
			return f, false
		}
		s.sayUnseen(&f)
	case s.message.Reason == "SchedulingGated":
		if gates == nil || slices.ContainsFunc(gates.Gates, queued) || !p.After(since, gatedAge) {
			return f, false
		}
		s.sayGated(&f, gates.Gates)
	case s.sayClaims(p, &f):
		if !p.After(since, verdictAge) {
			return f, false
		}
	case s.judged && !s.fits():
		age := verdictAge
		if by, _, _ := nodesAreMade(p); by == "" && s.impossible() {
			age = impossibleAge
		}
		if !p.After(since, age) {
			return f, false
		}
		s.sayNodes(p, &f, nodes)
		mayBeMade(p, &f, since)
	default:
		if s.message.Message == "" || !p.After(since, verdictAge) {
			return f, false
		}
		if !p.After(since, retryAge) {
			if s.judged {
				return f, false // it would fit: the scheduler is about to see that
			}
			f.Grade = finding.Inferred
		} else {
			f.Grade = finding.Observed
		}
		s.sayMessage(p, &f)
	}
	if gates != nil && gates.Priority < 0 {
		f.Severity = finding.Low
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.pod.Ref(), Path: "spec.priority", Value: fmt.Sprint(gates.Priority), Note: "it gives way to all pods without a priority"})
	}
	s.sayPreempted(p, &f)
	if s.message != nil && s.message.Message != "" {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.pod.Ref(), Path: "status.conditions[PodScheduled]", Value: s.message.Message, Note: "what the scheduler says"})
	}
	return f, true
}

// who begins the summary: which pods wait.
func (s *stranded) who() string {
	switch {
	case s.subject == s.pod.Ref():
		return "This pod"
	case s.total == 1:
		return "Its pod"
	case len(s.pods) == s.total:
		return fmt.Sprintf("Its %d pods", s.total)
	}
	return fmt.Sprintf("%d of its %d pods", len(s.pods), s.total)
}

func (s *stranded) cannot() string {
	return s.who() + " cannot be scheduled: "
}

func (s *stranded) field(path, value, note string) finding.Evidence {
	return finding.Evidence{Ref: s.subject, Path: podPath(s.subject.Kind) + "." + path, Value: value, Note: note}
}

func (s *stranded) sayUnseen(f *finding.Finding) {
	name := s.pod.Template.Placement.Scheduler
	f.Grade = finding.Observed
	f.Summary = s.cannot() + fmt.Sprintf("schedulerName is %s, and no scheduler of that name has looked at %s.", name, text.Plural(len(s.pods), "it", "them"))
	f.Evidence = append(f.Evidence,
		s.field("schedulerName", name, "most pods name default-scheduler"),
		finding.Evidence{Ref: s.pod.Ref(), Path: "status.conditions", Value: "no PodScheduled", Note: "each scheduler sets it when it first looks; the pod was made at " + stamp(s.pod.Created)})
}

func (s *stranded) sayGated(f *finding.Finding, gates []string) {
	f.Summary = s.cannot() + fmt.Sprintf("the scheduling %s %s %s not been removed.", text.Plural(len(gates), "gate", "gates"), text.Joined(gates, 3), text.Plural(len(gates), "has", "have"))
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.pod.Ref(), Path: "spec.schedulingGates", Value: text.Joined(gates, 8), Note: "the scheduler waits until whoever set them removes them"})
}

// sayClaims names the PVCs that a pod waits for before any node is looked at, and
// reports whether there are any.
func (s *stranded) sayClaims(p *Pass, f *finding.Finding) bool {
	for _, c := range podClaims(p, s.pod) {
		switch {
		case !c.Deleting.IsZero():
			f.Summary = s.cannot() + fmt.Sprintf("its PVC %s is being deleted.", c.Name)
			f.Causes = append(f.Causes, finding.IDOf(terminatingStuckID, c.Ref(), ""))
		case c.Phase == "Lost":
			f.Summary = s.cannot() + fmt.Sprintf("its PVC %s has lost its volume %s.", c.Name, c.Volume)
		case c.Phase == "Pending" && claimBlocks(p, c):
			f.Summary = s.cannot() + fmt.Sprintf("its PVC %s is not bound to a volume.", c.Name)
		default:
			continue
		}
		f.Causes = append(f.Causes, finding.IDOf(claimPendingID, c.Ref(), ""))
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.Ref(), Path: "status.phase", Value: c.Phase, Note: "class " + orNothing(c.Class) + ", asks for " + orNothing(c.Requested)})
	}
	return f.Summary != ""
}

const nodeLines = 12 // of evidence, one a node

func (s *stranded) sayNodes(p *Pass, f *finding.Finding, nodes *placing) {
	if len(s.nodes) == 0 {
		f.Summary = s.cannot() + "the cluster has no nodes."
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.pod.Ref(), Path: "status.phase", Value: s.pod.Phase, Note: "no node is listed"})
		return
	}
	if !nodes.whole && !s.impossible() { // pods that cannot be seen may free, or take, what is asked
		f.Grade = finding.Observed
	}
	parts := make([]string, 0, len(s.groups))
	for i, g := range s.groups {
		if i > 0 && g.reserves() && s.groups[0].everywhere {
			continue // what is said holds there as well
		}
		if i == 3 {
			parts = append(parts, fmt.Sprintf("%s more reasons keep other nodes away", text.Count(len(s.groups)-i)))
			break
		}
		parts = append(parts, s.phrase(p, nodes, g, i == 0))
	}
	f.Summary = s.cannot() + strings.Join(parts, "; ") + "."
	if e, ok := s.source(s.groups[0]); ok {
		f.Evidence = append(f.Evidence, e)
	}
	for i, r := range s.ordered() {
		if i == nodeLines {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.pod.Ref(), Path: "nodes", Value: fmt.Sprintf("%s more", text.Count(len(s.nodes)-i))})
			break
		}
		f.Evidence = append(f.Evidence, s.nodeEvidence(nodes, r))
	}
	for _, g := range s.groups {
		for _, r := range g.nodes {
			if g.class == byUnwell && g.alone > 0 || g.class == byVolume && r.has(byUnwell) {
				f.Causes = append(f.Causes, finding.IDOf(nodeUnwellID, r.node.Ref(), ""))
			}
		}
	}
	f.Fixes = s.fixes(p)
}

// ordered are the nodes in the order of the groups.
func (s *stranded) ordered() (out []judgement) {
	for _, g := range s.groups {
		out = append(out, g.nodes...)
	}
	return out
}

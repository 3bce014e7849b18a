package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// nodeEvidence is all that keeps the pod off one node.
func (s *stranded) nodeEvidence(f *placing, r judgement) finding.Evidence {
	var lacks []string
	add := func(format string, args ...any) {
		if t := fmt.Sprintf(format, args...); !slices.Contains(lacks, t) {
			lacks = append(lacks, t)
		}
	}
	for _, h := range r.why {
		switch h.class {
		case bySelector:
			if h.has == "" {
				add("no label %s", h.key)
				continue
			}
			add("label %s is %s", h.key, h.has)
		case byAffinity:
			add("not %s", h.key)
		case byVolume:
			add("not where volume %s is", orNothing(h.key))
		case byUnwell:
			add("%s", h.key)
		case byCordon:
			add("cordoned")
		case byTaint:
			add("taint %s", h.key)
		case byAmount:
			if h.key == "pods" {
				add("%d of %s pods", len(f.pods[r.node.Name]), r.node.Allocatable["pods"])
				continue
			}
			has := thousandths(r.node.Allocatable[h.key])
			add("%s, %s free", amountOf(h.key, has), amountOf(h.key, max(has-f.used[r.node.Name][h.key], 0)))
		case byPort:
			add("host port %s taken by %s", h.key, h.pod.Path())
		case byNear:
			add("no pod with %s in its %s", h.key, h.has)
		case byApart:
			add("has %s", h.pod.Path())
		case byOthers:
			add("%s keeps it away", h.pod.Path())
		case bySpread:
			add("spread over %s", h.key)
		}
	}
	note := ""
	if len(r.why) == 1 && r.has(byCordon) {
		note = "it would take the pod: kubectl uncordon " + r.node.Name + ", once the work on it is done"
	}
	return finding.Evidence{Ref: r.node.Ref(), Value: strings.Join(lacks, "; "), Note: note}
}

// fixes are those that can be right: a label that is one letter off. Nodes are not
// written: to uncordon one is the work of who cordoned it, and is advised beside it.
func (s *stranded) fixes(p *Pass) (out []finding.Fix) {
	if mayRestart(s.subject.Kind) {
		if fix, ok := s.relabel(p); ok {
			out = append(out, fix)
		}
	}
	return out
}

// relabel corrects a key or a value of nodeSelector that is one edit apart from the only
// such label that nodes have. A pod of an earlier revision may ask for what the template
// does not ask for any more.
func (s *stranded) relabel(p *Pass) (finding.Fix, bool) {
	lead := s.groups[0]
	if lead.class != bySelector {
		return finding.Fix{}, false
	}
	at := s.pod.Template.Placement.NodeSelector
	value := at[lead.key]
	w, ok := model.Get[*model.Workload](p.Snapshot, s.subject)
	if !ok || w.Template.Placement == nil || w.Template.Placement.NodeSelector[lead.key] != value {
		return finding.Fix{}, false
	}
	type label struct{ key, value string }
	var near []label
	for _, r := range s.nodes {
		for k, v := range r.node.Labels {
			l := label{k, v}
			is := k == lead.key && closely(v, value) || v == value && closely(k, lead.key)
			if is && !slices.Contains(near, l) {
				near = append(near, l)
			}
		}
	}
	if len(near) != 1 {
		return finding.Fix{}, false
	}
	return s.correctSelector(lead.key, value, near[0].key, near[0].value), true
}

// correctSelector makes one label of nodeSelector another.
func (s *stranded) correctSelector(key, value, toKey, toValue string) finding.Fix {
	base := strings.Split(podPath(s.subject.Kind)+".nodeSelector", ".")
	set := []finding.FieldValue{{Path: append(slices.Clone(base), toKey), Value: toValue}}
	if toKey != key {
		set = append(set, finding.FieldValue{Path: append(slices.Clone(base), key), Value: nil})
	}
	return finding.Fix{
		ID: "correct-node-selector", Title: fmt.Sprintf("Ask for the label %s=%s, which nodes have", toKey, toValue), Risk: finding.Disruptive,
		Steps: []finding.Step{{
			Verb: "patch", Ref: s.subject, Summary: fmt.Sprintf("nodeSelector %s=%s -> %s=%s", key, value, toKey, toValue),
			Change: finding.Patch{Set: set},
		}},
		Undo: "sets nodeSelector as it was", Note: "The template changes, so that all its pods are made again.",
		Proof: finding.Proof{Text: "its pods are scheduled and become ready", Within: 3 * time.Minute, Checks: []finding.Check{{Ref: s.subject, Path: "ready"}}},
	}
}

// closely reports whether two words differ by one letter, by two that changed places,
// or by case alone. What differs by a number, or by the letter behind one, is no
// misspelling: zones, hosts and generations are named so.
func closely(a, b string) bool {
	if a == b || len(a) < 3 || len(b) < 3 {
		return false
	}
	if strings.EqualFold(a, b) {
		return true
	}
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	if digitAt(a, i) || digitAt(b, i) || digitAt(a, i-1) {
		return false
	}
	return text.Distance(a, b) == 1 || len(a) == len(b) && i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func digitAt(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

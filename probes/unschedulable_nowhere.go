package probes

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// nowhere reports workloads that no node is for, and of which no pod waits to say so.
func nowhere(p *Pass) {
	known, _ := p.Snapshot.Knows(model.KindNode, "")
	for w := range model.Workloads(p.Space) {
		if !topLevel(w) || !w.Deleting.IsZero() || w.Ready > 0 || !p.After(w.SpecChanged(), podPatience) {
			continue
		}
		if !known {
			if w.Template.NodeName != "" && wantsPods(w) {
				p.Blind(model.KindNode, "")
			}
			continue
		}
		if name := w.Template.NodeName; name != "" && wantsPods(w) && w.Kind != model.KindCronJob {
			if a, absent := p.Absent(model.Ref{Kind: model.KindNode, Name: name}); absent {
				p.Report(finding.Finding{
					Subject: w.Ref(), Severity: finding.High, Grade: finding.Proved, Rests: []finding.Absence{a},
					Summary:  fmt.Sprintf("Its pods are for node %s alone (spec.nodeName), which does not exist, and are deleted as soon as they are made.", name),
					Evidence: []finding.Evidence{{Ref: w.Ref(), Path: podPath(w.Kind) + ".nodeName", Value: name}},
				})
			}
		}
		if w.Kind == model.KindDaemonSet && w.Desired == 0 && w.ObservedGeneration >= w.Generation {
			keptOff(p, w)
		}
	}
}

// keptOff reports a DaemonSet whose nodeSelector is almost a label of nodes.
func keptOff(p *Pass, w *model.Workload) {
	at := w.Template.Placement
	if at == nil {
		return
	}
	for _, k := range sortedKeys(at.NodeSelector) {
		want, near, has := at.NodeSelector[k], "", false
		for n := range model.Each[*model.Node](p.Snapshot.Space(""), model.KindNode) {
			for key, v := range n.Labels {
				switch l := key + "=" + v; {
				case key == k && v == want:
					has = true
				case key == k && closely(v, want) || v == want && want != "" && closely(key, k):
					if near == "" || l < near {
						near = l
					}
				}
			}
		}
		if has || near == "" {
			continue
		}
		f := finding.Finding{
			Subject: w.Ref(), Severity: finding.High, Grade: finding.Inferred,
			Summary:  fmt.Sprintf("It runs on no node: nodeSelector asks for %s=%s, and nodes have %s.", k, want, near),
			Evidence: []finding.Evidence{{Ref: w.Ref(), Path: podPath(w.Kind) + ".nodeSelector." + k, Value: want, Note: "no node has it"}},
		}
		to, value, _ := strings.Cut(near, "=")
		s := stranded{subject: w.Ref()}
		f.Fixes = []finding.Fix{s.correctSelector(k, want, to, value)}
		p.Report(f)
		return
	}
}

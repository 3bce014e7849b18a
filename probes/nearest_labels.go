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

// near is the one workload, or pod of its own, that a selector must have meant.
type near struct {
	ref    model.Ref
	labels map[string]string // of its pods
	differ []string          // the keys of the selector that its pods do not have so, sorted
	typo   map[string]string // key of the selector -> key that the pods have instead
}

// nearest finds what a selector that matches nothing must have meant: of all that is free,
// that which nothing else selects, what has the name of the object, or has all its labels
// but one, and fits. It is nil where nothing is so near, or two are.
func nearest(p *Pass, selector map[string]string, m *model.Meta, free func(*Pass, model.Ref, *model.Template) (free, fits bool)) *near {
	var best []*near
	take := func(ref model.Ref, labels map[string]string, t *model.Template) {
		n := compared(ref, labels, selector)
		if len(n.differ) == 0 || len(n.differ) > 2 {
			return
		}
		is, fits := free(p, ref, t)
		if !is || !alike(ref.Name, m.Name) && !(fits && len(n.differ) == 1 && len(selector) > 1) {
			return
		}
		switch {
		case len(best) == 0 || len(n.differ) < len(best[0].differ):
			best = []*near{n}
		case len(n.differ) == len(best[0].differ):
			best = append(best, n)
		}
	}
	for w := range model.Workloads(p.Space) {
		if topLevel(w) && w.Deleting.IsZero() && w.Kind != model.KindJob && w.Kind != model.KindCronJob {
			take(w.Ref(), w.Template.Labels, &w.Template)
		}
	}
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if len(pod.Owners) == 0 && alive(pod) {
			take(pod.Ref(), pod.Labels, pod.Template)
		}
	}
	if len(best) > 1 {
		best = slices.DeleteFunc(best, func(n *near) bool { return n.ref.Name != m.Name })
	}
	if len(best) != 1 {
		return nil
	}
	return best[0]
}

func compared(ref model.Ref, labels, selector map[string]string) *near {
	n := &near{ref: ref, labels: labels, typo: map[string]string{}}
	for _, k := range sortedKeys(selector) {
		v, has := labels[k]
		if has && v == selector[k] {
			continue
		}
		n.differ = append(n.differ, k)
		if has {
			continue
		}
		for _, other := range sortedKeys(labels) {
			if _, asked := selector[other]; !asked && labels[other] == selector[k] {
				n.typo[k] = other
				break
			}
		}
	}
	return n
}

// alike reports whether one of two names is the other, or that with one word more:
// web and web-service.
func alike(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return ok && (rest == "" || rest[0] == '-' && !strings.Contains(rest[1:], "-"))
}

func (n *near) kind() string { return string(n.ref.Kind) }
func (n *near) name() string { return n.ref.Name }

// asked is the part of the selector that differs.
func (n *near) asked(selector map[string]string) map[string]string {
	out := map[string]string{}
	for _, k := range n.differ {
		out[k] = selector[k]
	}
	return out
}

// instead says what the pods have in the place of what the selector asks for.
func (n *near) instead() string {
	have, lack := map[string]string{}, []string{}
	for _, k := range n.differ {
		switch v, has := n.labels[k]; {
		case has:
			have[k] = v
		case n.typo[k] != "":
			have[n.typo[k]] = n.labels[n.typo[k]]
		default:
			lack = append(lack, k)
		}
	}
	switch {
	case len(have) == 0:
		return "no label " + text.Joined(lack, 2)
	case len(lack) == 0:
		return pairs(have)
	}
	return pairs(have) + " and no label " + text.Joined(lack, 2)
}

func (n *near) evidence() finding.Evidence {
	path := "spec.template.metadata.labels"
	if n.ref.Kind == model.KindPod {
		path = "metadata.labels"
	}
	return finding.Evidence{Ref: n.ref, Path: path, Value: pairs(n.labels), Note: "the nearest"}
}

// fix makes the selector of an object, which stands at path, that of the workload; see
// narrows.
func (n *near) fix(object model.Ref, path []string, note string) []finding.Fix {
	var set []finding.FieldValue
	var says []string
	change := func(key string, value any) {
		set = append(set, finding.FieldValue{Path: append(slices.Clone(path), key), Value: value})
		if value == nil {
			says = append(says, "without "+key)
		} else {
			says = append(says, fmt.Sprintf("%s=%v", key, value))
		}
	}
	for _, k := range n.differ {
		switch v, has := n.labels[k]; {
		case has:
			change(k, v)
		case n.typo[k] != "":
			change(k, nil)
			change(n.typo[k], n.labels[n.typo[k]])
		default:
			change(k, nil)
		}
	}
	return []finding.Fix{{
		ID: "select-" + n.ref.Name, Title: fmt.Sprintf("Select the pods of %s %s", n.ref.Kind, n.ref.Name), Risk: finding.Safe,
		Steps: []finding.Step{{Verb: "patch", Ref: object, Summary: "selector: " + strings.Join(says, ", "), Change: finding.Patch{Set: set}}},
		Undo:  "puts the selector back as it was", Note: note,
		Proof: finding.Proof{Text: "it selects pods, and one of them is ready", Within: 2 * time.Minute},
	}}
}

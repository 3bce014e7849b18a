package repair

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/probes"
)

// Outcome says whether a plan's proof holds.
type Outcome struct {
	Confirmed bool
	Wrong     []string // what is still wrong, where it is not confirmed
	After     time.Duration
}

// Lines is the outcome as text.
func (o Outcome) Lines() []Line {
	if o.Confirmed {
		return []Line{labelled(Good, "proved", "after %s", o.After.Round(100*time.Millisecond))}
	}
	out := []Line{{Bad, "applied, not confirmed"}}
	for _, w := range o.Wrong {
		out = append(out, labelled(Bad, "", "%s", w))
	}
	return out
}

// Verify watches until the proof of an applied plan holds, or its time is over, and
// notes the outcome in the journal entry. latest returns the newest report of an
// engine that keeps looking, nil while there is none.
func (m *Mender) Verify(ctx context.Context, r *Result, latest func() *engine.Report, tell func(Progress)) (Outcome, error) {
	p := r.plan
	started := time.Now()
	deadline, cancel := context.WithTimeout(ctx, p.Proof.Within+p.Proof.Hold)
	defer cancel()
	var good time.Time // since when the proof has held
	last := ""
	for {
		wrong := m.wrong(deadline, p, latest)
		switch {
		case deadline.Err() != nil && len(wrong) > 0:
		case len(wrong) > 0:
			good = time.Time{}
		case good.IsZero():
			good = time.Now()
		}
		if len(wrong) == 0 && time.Since(good) >= p.Proof.Hold {
			o := Outcome{Confirmed: true, After: time.Since(started)}
			return o, m.conclude(ctx, r, Confirmed)
		}
		text := strings.Join(wrong, "; ")
		if text == "" {
			text = fmt.Sprintf("holds; it must for %s", p.Proof.Hold)
		}
		if tell != nil && text != last {
			tell(Progress{Text: text})
		}
		last = text
		select {
		case <-deadline.Done():
			if ctx.Err() != nil {
				wrong = append(wrong, "it was interrupted before the proof was complete")
			} else if len(wrong) == 0 {
				wrong = []string{fmt.Sprintf("it did not hold for %s", p.Proof.Hold)}
			}
			return Outcome{Wrong: wrong, After: time.Since(started)}, m.conclude(ctx, r, Unconfirmed)
		case <-time.After(poll):
		}
	}
}

func (m *Mender) conclude(ctx context.Context, r *Result, state State) error {
	if r.Entry == "" {
		return nil
	}
	return m.mark(context.WithoutCancel(ctx), r.plan.entry, state, 0, progress{})
}

// wrong lists what keeps the proof from holding at present.
func (m *Mender) wrong(ctx context.Context, p *Plan, latest func() *engine.Report) []string {
	var out []string
	if latest != nil && len(p.Proof.Findings) > 0 {
		out = append(out, findingsLeft(latest(), p.Proof.Findings)...)
	}
	for _, c := range p.Proof.Checks {
		if text := m.check(ctx, c); text != "" {
			out = append(out, p.scrub.clean(text))
		}
	}
	if p.UndoOf != "" {
		out = append(out, m.notBack(ctx, p)...)
	}
	return out
}

// findingsLeft lists the findings that are still reported, or about which nothing is
// known any more.
func findingsLeft(r *engine.Report, ids []probes.FindingID) []string {
	if r == nil {
		return []string{"nothing was read yet"}
	}
	if r.Err != nil {
		return []string{"the cluster cannot be reached: " + sanitize.Line(r.Err.Error(), maxMessage)}
	}
	var out []string
	for _, id := range ids {
		if f := r.Find(id); f != nil {
			out = append(out, "still found: "+sanitize.Line(f.Summary, 300))
			continue
		}
		probe, rest, _ := strings.Cut(string(id), ":")
		namespace, _, _ := strings.Cut(rest, "/")
		for _, f := range r.Findings {
			if f.Probe == probe && f.Grade == probes.Unknown && (f.Subject.Name == "*" || f.Subject.Name == namespace) {
				out = append(out, "not known any more: "+sanitize.Line(f.Summary, 300))
			}
		}
	}
	return out
}

// notBack lists the writes of an undo whose effect the cluster does not show.
func (m *Mender) notBack(ctx context.Context, p *Plan) []string {
	last := map[key]*Write{}
	for _, w := range p.Writes {
		last[w.key()] = w
	}
	var out []string
	for i, w := range p.Writes {
		if last[w.key()] != w || w.Passing {
			continue
		}
		ok, err := m.effective(ctx, p.entry, i+1, w)
		switch {
		case err != nil:
			out = append(out, fmt.Sprintf("%s cannot be read: %s", w.Ref, p.scrub.said(err)))
		case !ok:
			out = append(out, fmt.Sprintf("%s is not as it was", w.Ref))
		}
	}
	return out
}

// check reads one object and says what is wrong with it; empty for nothing.
func (m *Mender) check(ctx context.Context, c probes.Check) string {
	kind := c.Ref.Kind
	if kind == model.KindRecord {
		kind = model.KindSecret
	}
	p, err := m.placeOf(kind)
	if err != nil {
		return fmt.Sprintf("%s cannot be read: %s", c.Ref, sanitize.Line(err.Error(), maxMessage))
	}
	u, err := m.get(ctx, p.GroupVersionResource, c.Ref.Namespace, c.Ref.Name)
	switch {
	case err != nil:
		return fmt.Sprintf("%s cannot be read: %s", c.Ref, sanitize.Line(err.Error(), maxMessage))
	case c.Path == "gone":
		if u != nil {
			return fmt.Sprintf("%s is still there", c.Ref)
		}
		return ""
	case u == nil:
		return fmt.Sprintf("%s is not there", c.Ref)
	case c.Path == "exists":
		return ""
	case c.Path == "ready":
		return notReady(u)
	}
	if got := fieldText(u, c.Path); got != c.Want {
		if holdsSecrets(u) && !strings.HasPrefix(c.Path, "metadata.") && !strings.HasPrefix(c.Path, "record ") {
			return fmt.Sprintf("%s: %s is not as it should be", c.Ref, c.Path)
		}
		return fmt.Sprintf("%s: %s is %q, not %q", c.Ref, c.Path, sanitize.Line(got, 200), sanitize.Line(c.Want, 200))
	}
	return ""
}

// fieldText is the value at a field path as text; "record info.status" and "record
// info.description" look inside a release record.
func fieldText(u *unstructured.Unstructured, path string) string {
	if field, in := strings.CutPrefix(path, "record "); in {
		stored, err := storedRecord(u)
		if err != nil {
			return ""
		}
		body := release.Decode(stored, "")
		switch field {
		case "info.status":
			return body.Status
		case "info.description":
			return body.Description
		}
		return body.Problem
	}
	v, _ := valueAt(u.Object, parsePath(path))
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case []any:
		words := make([]string, len(x))
		for i, e := range x {
			s, ok := e.(string)
			if !ok {
				b, _ := json.Marshal(x)
				return string(b)
			}
			words[i] = s
		}
		return strings.Join(words, ", ")
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// notReady says why an object is not ready; empty where it is.
func notReady(u *unstructured.Unstructured) string {
	name := u.GetKind() + " " + u.GetName()
	switch model.Kind(u.GetKind()) {
	case model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet:
		if s := rolledOut(u); !s.done {
			return name + ": " + s.text
		}
		return ""
	case model.KindReplicaSet, model.KindReplicationController:
		if want, have := wantedReplicas(u), count(u, "status", "readyReplicas"); have < want {
			return fmt.Sprintf("%s: %d of %d ready", name, have, want)
		}
		return ""
	case model.KindClaim, model.KindVolume:
		if phase, _, _ := unstructured.NestedString(u.Object, "status", "phase"); phase != "Bound" {
			return name + ": phase " + phase
		}
		return ""
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok && c["type"] == "Ready" && c["status"] == "True" {
			return ""
		}
	}
	return name + " is not ready"
}

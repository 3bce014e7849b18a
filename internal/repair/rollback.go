package repair

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/action"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
)

// revision is one stored record of a release, decoded within our own bounds.
type revision struct {
	number int
	object *unstructured.Unstructured
	body   *model.Body
}

// revisions reads every record of a release, newest first. Helm's own decoder is let
// near them only after that: one bad record crashes it.
func (m *Mender) revisions(ctx context.Context, driver model.Kind, rel model.Ref) ([]revision, error) {
	p, err := m.placeOf(driver)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var out []revision
	options := metav1.ListOptions{LabelSelector: "owner=helm,name=" + rel.Name, Limit: 10}
	for {
		list, err := m.client(p.GroupVersionResource, rel.Namespace).List(ctx, options)
		if err != nil {
			return nil, err
		}
		for i := range list.Items {
			u := &list.Items[i]
			u.SetKind(string(driver))
			u.SetAPIVersion("v1")
			_, number, ok := model.ParseRecordName(u.GetName())
			stored, err := storedRecord(u)
			if !ok || err != nil {
				return nil, refuse("%s %s/%s is labelled as a record of %s, but is none.", driver, u.GetNamespace(), u.GetName(), rel)
			}
			body := release.Decode(stored, u.GetResourceVersion())
			if body.Problem != "" {
				return nil, refuse("Revision %d of %s cannot be used: %s. Helm would have to read it.", number, rel, body.Problem)
			}
			out = append(out, revision{number, u, body})
		}
		if options.Continue = list.GetContinue(); options.Continue == "" {
			break
		}
	}
	slices.SortFunc(out, func(a, b revision) int { return cmp.Compare(b.number, a.number) })
	return out, nil
}

// rollback adds a rollback of a release by Helm's own code.
func (e *expander) rollback(ctx context.Context, step finding.Step, c finding.Rollback) error {
	driver := model.KindSecret
	if history := e.report.Snapshot.Release(step.Ref.Namespace, step.Ref.Name); history != nil {
		driver = history.Newest().Driver
	}
	to, err := e.rollbackTo(ctx, driver, step.Ref, c.Revision, "", step.Summary)
	if err == nil && e.asked {
		e.proveReady(to)
	}
	return err
}

// rollbackTo adds a rollback, and returns the revision that it leads to; declares is the
// digest of what that has Helm make, where it is known.
func (e *expander) rollbackTo(ctx context.Context, driver model.Kind, rel model.Ref, number int, declares, summary string) (to revision, err error) {
	list, err := e.revisions(ctx, driver, rel)
	if err != nil {
		return to, asRefusal(err)
	}
	if len(list) == 0 {
		return to, refuse("%s has no records any more.", rel)
	}
	i := slices.IndexFunc(list, func(r revision) bool { return r.number == number })
	if i < 0 {
		return to, refuse("%s has no revision %d any more.", rel, number)
	}
	newest, target := list[0], list[i]
	if err := helm4(list, rel, fmt.Sprintf("helm rollback %s %d -n %s", quote(rel.Name), number, quote(rel.Namespace))); err != nil {
		return to, err
	}
	if declares != "" && targetDigest(target.object) != declares {
		return to, &Refusal{Reason: fmt.Sprintf("The record of revision %d of %s is not what it was: what Helm would go back to was exchanged since.", number, rel), Conflict: true}
	}
	if model.Pending(newest.body.Status) {
		return to, refuse("Revision %d of %s is %s: Helm refuses to roll back until that is settled.", newest.number, rel, newest.body.Status)
	}
	p, err := e.placeOf(driver)
	if err != nil {
		return to, err
	}
	for _, h := range target.body.Hooks {
		if slices.ContainsFunc(h.Events, func(ev string) bool { return strings.HasSuffix(ev, "-rollback") }) {
			e.note("The rollback runs the hook %s.", h.Ref)
		}
	}
	w := e.add(&seen{place: p, ref: rel}, &Write{
		Verb: Rollback, Revision: number, Newest: newest.number, Target: targetDigest(newest.object), Summary: summary,
	})
	if w.helmLines = e.manifestDiff(newest, target, rel); e.whole {
		if w.helmLines, err = e.scrub.wholeRelease(target); err != nil {
			return to, refuse("Revision %d of %s cannot be shown whole: %s.", number, rel, err)
		}
	}
	w.commands = []string{fmt.Sprintf("helm rollback %s %d -n %s", quote(rel.Name), number, quote(rel.Namespace))}
	return target, nil
}

// helm4 refuses to work with Helm 3's code on a release that Helm 4 applied: it would
// write records without how that was done, and patch on the client what the server keeps
// under another manager's name.
func helm4(list []revision, rel model.Ref, instead string) error {
	for _, r := range list {
		if r.body.ApplyMethod != "" {
			return refuse("Revision %d of %s was applied by Helm 4, and careen rolls back and uninstalls as Helm 3 does. Do it with Helm 4: %s", r.number, rel, instead)
		}
	}
	return nil
}

// manifestDiff shows what the rollback changes, object by object.
func (e *expander) manifestDiff(from, to revision, rel model.Ref) []styled.Line {
	old, now := e.documents(from, rel), e.documents(to, rel)
	if leaving(from.body.Status) { // what it declares is no longer there
		old = nil
	}
	var out []styled.Line
	all := maps.Clone(now)
	maps.Copy(all, old)
	for _, ref := range slices.SortedFunc(maps.Keys(all), model.Ref.Compare) {
		lines := e.scrub.diff(old[ref], now[ref], nil)
		if len(lines) == 0 {
			continue
		}
		out = append(append(out, styled.Of(styled.Strong, sanitize.Line(ref.String(), 300))), lines...)
	}
	if len(out) == 0 {
		out = append(out, styled.Of(styled.Muted, "the manifests are the same"))
	}
	return out
}

func (e *expander) documents(r revision, rel model.Ref) map[model.Ref]*unstructured.Unstructured {
	out := map[model.Ref]*unstructured.Unstructured{}
	stored, err := storedRecord(r.object)
	if err != nil {
		return out
	}
	manifest, err := release.Manifest(stored)
	if err != nil {
		return out
	}
	for _, doc := range strings.Split("\n"+manifest, "\n---") {
		if len(doc) > 1<<20 || len(out) >= 2000 {
			continue
		}
		u, err := parseManifest([]byte(doc))
		if err != nil {
			continue
		}
		e.scrub.learn(u)
		ref := model.Ref{Kind: release.KindOf(u.GetAPIVersion(), u.GetKind()), Namespace: cmp.Or(u.GetNamespace(), rel.Namespace), Name: u.GetName()}
		ref.Namespace = ref.Kind.In(ref.Namespace)
		out[ref] = u
	}
	return out
}

// wholeRelease is everything that a revision has Helm make, hooks included.
func (s *scrubber) wholeRelease(r revision) (out []styled.Line, err error) {
	objects, err := declaredBy(r.object)
	for _, u := range objects {
		out = append(append(out, styled.Of(styled.Strong, sanitize.Line(u.GetKind()+" "+u.GetName(), 300))), s.wholeDiff(nil, u, nil)...)
	}
	return out, err
}

func driverOf(w *Write) model.Kind {
	if w.Resource.Resource == "configmaps" {
		return model.KindConfigMap
	}
	return model.KindSecret
}

// newestIs refuses where the release moved on since the plan, or has a record that
// cannot be used.
func (a *applying) newestIs(ctx context.Context, w *Write) error {
	list, err := a.revisions(ctx, driverOf(w), w.Ref)
	if err != nil {
		return asRefusal(err)
	}
	if len(list) == 0 || list[0].number != w.Newest {
		return &Refusal{Reason: fmt.Sprintf("%s is no longer at revision %d.", w.Ref, w.Newest), Conflict: true}
	}
	return nil
}

func (m *Mender) helm(w *Write) (*action.Configuration, error) {
	return m.helmTelling(w, func(string, ...any) {})
}

func (m *Mender) helmTelling(w *Write, tell action.DebugLog) (*action.Configuration, error) {
	cfg := &action.Configuration{}
	driver := "secret"
	if driverOf(w) == model.KindConfigMap {
		driver = "configmap"
	}
	if err := cfg.Init(m.conn.Getter(w.Ref.Namespace), w.Ref.Namespace, driver, tell); err != nil {
		return nil, fmt.Errorf("preparing Helm: %w", err)
	}
	return cfg, nil
}

// hookTimeout bounds each hook of a rollback, as Helm's own default does.
const hookTimeout = 5 * time.Minute

func (m *Mender) runRollback(w *Write, dry bool) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errors.New("the rollback crashed in Helm's code")
		}
	}()
	cfg, err := m.helm(w)
	if err != nil {
		return err
	}
	r := action.NewRollback(cfg)
	r.Version, r.Timeout, r.DryRun = w.Revision, hookTimeout, dry
	return r.Run(w.Ref.Name)
}

func (a *applying) rollBack(_ context.Context, w *Write) error { return a.runRollback(w, false) }

func (m *Mender) dryRunRollback(p *Plan, w *Write) DryRun {
	if err := m.runRollback(w, true); err != nil {
		return DryRun{State: Refused, Text: p.scrub.said(err)}
	}
	return DryRun{State: Passed, Text: "by Helm, which asks the server nothing"}
}

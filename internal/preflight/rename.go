package preflight

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// generated matches names that a program makes up: they end with a UUID's digits.
var generated = regexp.MustCompile(`-[0-9a-f]{32}$|-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// renamed is an entry of the values that goes by another name.
type renamed struct {
	path     []string
	from, to string
}

// renamesIn finds entries with credentials that were taken out while another of the
// same shape was put in beside them.
func renamesIn(old, now map[string]any, path []string) (out []renamed) {
	var gone, fresh []string
	for k := range old {
		if _, there := now[k]; !there {
			gone = append(gone, k)
		}
	}
	for k := range now {
		if _, there := old[k]; !there {
			fresh = append(fresh, k)
		}
	}
	slices.Sort(gone)
	slices.Sort(fresh)
	for _, from := range gone {
		before, ok := old[from].(map[string]any)
		if !ok || !holdsCredential(before) {
			continue
		}
		for i, to := range fresh {
			after, ok := now[to].(map[string]any)
			if ok && alike(before, after) {
				out = append(out, renamed{path, from, to})
				fresh = slices.Delete(fresh, i, i+1)
				break
			}
		}
	}
	for k, v := range old {
		a, ok1 := v.(map[string]any)
		b, ok2 := now[k].(map[string]any)
		if ok1 && ok2 {
			out = append(out, renamesIn(a, b, append(slices.Clone(path), k))...)
		}
	}
	slices.SortFunc(out, func(a, b renamed) int { return strings.Compare(a.String(), b.String()) })
	return out
}

func (r renamed) String() string { return strings.Join(append(slices.Clone(r.path), r.from), ".") }

func holdsCredential(m map[string]any) bool {
	for k, v := range m {
		if mask.Mentions(k) {
			return true
		}
		if below, ok := v.(map[string]any); ok && holdsCredential(below) {
			return true
		}
	}
	return false
}

// alike reports whether two entries have at least half of their fields in common.
func alike(a, b map[string]any) bool {
	common, all := 0, union(a, b)
	for k := range all {
		_, ina := a[k]
		_, inb := b[k]
		if ina && inb {
			common++
		}
	}
	return common*2 >= len(all)
}

// renames reports renamed entries. A program that keeps credentials in Secrets of
// its own, which it names itself, deletes what belonged to the entry that is gone.
func (l *look) renames() {
	secrets := l.ownSecrets()
	for _, r := range l.removing(secrets) {
		l.removal(r, secrets)
	}
	for _, r := range renamesIn(l.stored.Config, l.Values, nil) {
		f := finding.Finding{
			Probe: probes.APIReadSecretMissing.ID, Subject: l.reads(r), Slot: r.String(), Severity: finding.High, Grade: finding.Inferred,
			Summary: fmt.Sprintf("The values rename %s to %s, so the Secrets that belong to %s are orphaned, or deleted while something still asks for them.", r, r.to, r.from),
			Evidence: []finding.Evidence{
				{Ref: l.releaseRef(), Path: "values " + r.String(), Note: "in the release of today, and gone in the new values"},
				{Ref: l.releaseRef(), Path: "values " + strings.Join(append(slices.Clone(r.path), r.to), "."), Note: "new, with the same fields, credentials among them"},
			},
		}
		for i, s := range secrets {
			if i == 6 {
				f.Evidence = append(f.Evidence, finding.Evidence{Note: fmt.Sprintf("and %d more", len(secrets)-i)})
				break
			}
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: s, Note: "a generated name that stands in no object: only the running program knows whose it is"})
		}
		f.Fixes = renameFixes(l.Snapshot, r, secrets)
		steps, _ := l.checklist(r, secrets)
		f.Evidence = append(f.Evidence, steps...)
		l.report(f)
	}
}

// removal reports the last step of a rename, whose others are laid out beside it.
func (l *look) removal(r renamed, secrets []model.Ref) {
	steps, ready := l.checklist(r, secrets)
	f := finding.Finding{
		Probe: probes.APIReadSecretMissing.ID, Subject: l.reads(r), Slot: r.String(), Severity: finding.High, Grade: finding.Inferred,
		Summary:  fmt.Sprintf("The values take %s out, which %s takes the place of, before that is seen to work.", r, r.to),
		Evidence: steps,
	}
	if ready {
		f.Severity = finding.Low
		f.Summary = fmt.Sprintf("The values take %s out, which %s takes the place of: every step before that is done.", r, r.to)
	}
	l.report(f)
}

// successorsIn finds entries with credentials that are taken out beside one of the same
// shape that stays.
func successorsIn(old, now map[string]any, path []string) (out []renamed) {
	for from, v := range old {
		before, ok := v.(map[string]any)
		if _, stays := now[from]; !ok || stays || !holdsCredential(before) {
			continue
		}
		for to, v := range now {
			after, ok := v.(map[string]any)
			if _, was := old[to]; ok && was && alike(before, after) {
				out = append(out, renamed{path, from, to})
			}
		}
	}
	for k, v := range old {
		a, ok1 := v.(map[string]any)
		b, ok2 := now[k].(map[string]any)
		if ok1 && ok2 {
			out = append(out, successorsIn(a, b, append(slices.Clone(path), k))...)
		}
	}
	slices.SortFunc(out, func(a, b renamed) int { return strings.Compare(a.String()+a.to, b.String()+b.to) })
	return out
}

// reads is the workload of the chart in whose template the old entry stands, else
// the release.
func (l *look) reads(r renamed) model.Ref {
	if l.before == nil {
		return l.releaseRef()
	}
	word := regexp.MustCompile(`(^|[^A-Za-z0-9_-])` + regexp.QuoteMeta(r.from) + `($|[^A-Za-z0-9_-])`)
	for _, o := range l.before.Objects {
		template, found, _ := unstructured.NestedFieldNoCopy(o.Object, "spec", "template", "spec")
		if !templates[o.Ref.Kind] || !found {
			continue
		}
		text, err := json.Marshal(template)
		now := l.declared(o.Ref)
		if err != nil || now == nil || !word.Match(text) {
			continue
		}
		after, _, _ := unstructured.NestedFieldNoCopy(now.Object, "spec", "template", "spec")
		if text, err := json.Marshal(after); err == nil && !word.Match(text) {
			return o.Ref
		}
	}
	return l.releaseRef()
}

// ownSecrets lists Secrets of the namespace that a program made and named.
func (l *look) ownSecrets() (out []model.Ref) {
	for s := range model.Each[*model.Secret](l.Snapshot.Space(l.Namespace), model.KindSecret) {
		if generated.MatchString(s.Name) && len(s.Owners) == 0 && s.Annotations["meta.helm.sh/release-name"] == "" {
			out = append(out, s.Ref())
		}
	}
	return out
}

// keepers says of a chart that is not installed yet that one of its programs will
// keep credentials in Secrets of its own.
func (l *look) keepers() {
	if l.record != nil {
		return
	}
	for _, o := range l.rendered.Objects {
		w, ok := l.row(o).(*model.Workload)
		if !ok || o.Hook != nil {
			continue
		}
		for _, c := range w.Template.Containers {
			if c.Env["SECRET_MANAGER_TYPE"] != "k8s" {
				continue
			}
			f := finding.Finding{
				Probe: probes.APIReadSecretMissing.ID, Subject: o.Ref, Severity: finding.Low, Grade: finding.Inferred,
				Summary: fmt.Sprintf("%s %s will keep credentials in Secrets that it names itself, so renaming what they belong to in the values orphans them.", o.Ref.Kind, o.Ref.Path()),
				Evidence: []finding.Evidence{
					{Ref: o.Ref, Path: "env SECRET_MANAGER_TYPE of " + c.Name, Value: "k8s", Note: "in " + o.Source + ": read through the API, and in no pod spec"},
				},
			}
			for _, s := range l.ownSecrets() {
				f.Evidence = append(f.Evidence, finding.Evidence{Ref: s, Note: "there already, from an earlier installation"})
				if len(f.Evidence) > 6 {
					break
				}
			}
			l.report(f)
			break
		}
	}
}

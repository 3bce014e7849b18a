//go:build e2e

package repair

import (
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/action"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// TestAnUninstallAndItsUndo uninstalls a healthy release with claims, and has Helm
// bring it back: first after all of it went, then after a kill in the middle.
func TestAnUninstallAndItsUndo(t *testing.T) {
	b := newBed(t, "uninstall")
	const name = "reports"
	rel := model.Ref{Kind: model.KindRelease, Namespace: b.ns, Name: name}
	b.install(rel, "warehouse")
	look := watchAll(t)
	eventually(t, "the claims", func() bool { return len(b.state(model.KindClaim)) == 2 })
	kinds := []model.Kind{model.KindStatefulSet, model.KindConfigMap, model.KindSecret, model.KindService, model.KindServiceAccount, model.KindClaim}
	was := b.withoutRecords(kinds...)
	claims := b.uids(model.KindClaim)

	p := b.planUninstall(look, rel)
	t.Logf("\n%s\n%s", styled.Plain(p.Text()), strings.Join(p.Commands(), "\n"))
	if p.Confirm != name || len(p.Proof.Checks) == 0 {
		t.Errorf("confirmed by typing %q, proved by %v", p.Confirm, p.Proof.Checks)
	}
	for _, typed := range []string{"", "Reports", "yes"} {
		if r, err := b.Apply(t.Context(), p, Consent{Confirm: typed}, nil); err == nil || len(r.Done) > 0 || !strings.Contains(err.Error(), "has to be typed") {
			t.Errorf("with %q typed: %v", typed, err)
		}
	}
	b.same(was, b.withoutRecords(kinds...))

	r := b.apply(p)
	if o, err := b.Verify(t.Context(), r, look.Latest, nil); err != nil || !o.Confirmed {
		t.Fatalf("not confirmed: %v %v", o.Wrong, err)
	}
	b.seen(p, r)
	if b.live(model.KindStatefulSet, "reports-postgresql") != nil {
		t.Error("the set is still there")
	}
	if status, err := b.statusOf(t.Context(), p.Writes[0]); err != nil || status != uninstalled {
		t.Errorf("the record says %q: %v", status, err)
	}
	b.undo(r.Entry)
	b.same(was, b.withoutRecords(kinds...))
	if now := b.uids(model.KindClaim); now != claims {
		t.Errorf("the claims were %s, are %s", claims, now)
	}
	upgrades(name)(b)

	p = b.planUninstall(look, rel)
	if err := b.keep(t.Context(), p.entry); err != nil {
		t.Fatal(err)
	}
	cfg, err := b.helm(p.Writes[0])
	if err != nil {
		t.Fatal(err)
	}
	last, err := cfg.Releases.Last(name)
	if err != nil {
		t.Fatal(err)
	}
	last.Info.Status = uninstalling // and one object is gone
	b.must(nil, cfg.Releases.Update(last))
	b.must(nil, b.kube.AppsV1().StatefulSets(b.ns).Delete(t.Context(), "reports-postgresql", metav1.DeleteOptions{}))
	b.undo(p.entry.ID)
	b.same(was, b.withoutRecords(kinds...))
}

// install is helm install.
func (b *bed) install(rel model.Ref, chart string) {
	b.t.Helper()
	cfg, err := b.helm(&Write{Ref: rel})
	if err != nil {
		b.t.Fatal(err)
	}
	loaded, err := demo.Chart(chart)
	if err != nil {
		b.t.Fatal(err)
	}
	install := action.NewInstall(cfg)
	install.ReleaseName, install.Namespace = rel.Name, rel.Namespace
	b.must(install.Run(loaded, nil))
}

// planUninstall plans it on what is seen once the newest record is.
func (b *bed) planUninstall(look *onlooker, rel model.Ref) *Plan {
	b.t.Helper()
	var p *Plan
	var err error
	eventually(b.t, "a plan", func() bool {
		p, err = b.PlanUninstall(b.t.Context(), look.Latest(), rel)
		if err != nil {
			b.t.Log(err)
			return false
		}
		text := styled.Plain(p.Text())
		return strings.Contains(text, " PersistentVolumeClaim "+b.ns+"/data-reports-postgresql-1, ") && strings.Contains(text, "-StatefulSet "+b.ns+"/reports-postgresql")
	})
	return p
}

// withoutRecords is the state, but for the records of releases: Helm's history goes on.
func (b *bed) withoutRecords(kinds ...model.Kind) stateOf {
	b.t.Helper()
	out := b.state(kinds...)
	for ref := range out {
		if _, _, ok := model.ParseRecordName(ref.Name); ok {
			delete(out, ref)
		}
	}
	return out
}

// uids tells the objects of a kind apart from others of their names.
func (b *bed) uids(kind model.Kind) string {
	b.t.Helper()
	p, err := b.placeOf(kind)
	if err != nil {
		b.t.Fatal(err)
	}
	list, err := b.client(p.GroupVersionResource, b.ns).List(b.t.Context(), metav1.ListOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for i := range list.Items {
		out = append(out, list.Items[i].GetName()+"="+string(list.Items[i].GetUID()))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

//go:build e2e

package repair

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/connect/connecttest"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// plane is the control plane that all tests of this package share, each in a namespace
// of its own.
var plane = planetest.Plane{Options: controlplane.Options{Audit: true}}

func TestMain(m *testing.M) {
	os.Exit(planetest.Main(func() int { return golden.Main(m, goldens) }, &plane))
}

// bed is one namespace of the cluster and a Mender that works in it.
type bed struct {
	*Mender
	t    *testing.T
	ns   string
	kube kubernetes.Interface // another client
}

func newBed(t *testing.T, ns string) *bed {
	t.Helper()
	plane.Namespace(t, ns)
	b := &bed{t: t, ns: ns, kube: plane.Client(t)}
	b.Mender = b.mender(plane.Config(t, ""))
	return b
}

// mender is another Mender with the same log: careen started once more.
func (b *bed) mender(config *rest.Config) *Mender {
	b.t.Helper()
	path := filepath.Join(os.TempDir(), "careen-repair-"+fmt.Sprint(os.Getpid()), b.ns, "operations.jsonl")
	b.t.Cleanup(func() { os.RemoveAll(filepath.Dir(path)) })
	conn := connecttest.To(b.t, config, "demo", "oncall", connect.Options{Mode: connect.ReadWrite, Agent: config.UserAgent})
	m := New(conn, Options{LogPath: path, Version: "test"})
	m.lease.every, m.lease.stale = 200*time.Millisecond, 2*time.Second
	return m
}

func (b *bed) must(_ any, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// make creates objects from manifests, as another client.
func (b *bed) make(manifests ...string) {
	b.t.Helper()
	for _, text := range manifests {
		u, err := parseManifest([]byte(text))
		if err != nil {
			b.t.Fatal(err)
		}
		p, _, err := b.placeOfObject(u)
		if err != nil {
			b.t.Fatal(err)
		}
		namespace := ""
		if p.namespaced {
			namespace = b.ns
		}
		b.must(b.client(p.GroupVersionResource, namespace).Create(b.t.Context(), u, metav1.CreateOptions{FieldManager: "kubectl"}))
	}
}

func (b *bed) ref(kind model.Kind, name string) model.Ref {
	info, _ := model.Info(kind)
	if !info.Namespaced {
		return model.Ref{Kind: kind, Name: name}
	}
	return model.Ref{Kind: kind, Namespace: b.ns, Name: name}
}

// live is an object as it is; nil where it is not there.
func (b *bed) live(kind model.Kind, name string) *unstructured.Unstructured {
	b.t.Helper()
	p, err := b.placeOf(kind)
	if err != nil {
		b.t.Fatal(err)
	}
	u, err := b.get(b.t.Context(), p.GroupVersionResource, b.ref(kind, name).Namespace, name)
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

// found is a report with one finding that has one fix of these steps.
func (b *bed) found(steps ...finding.Step) (*engine.Report, *finding.Finding) {
	f := &finding.Finding{
		Probe: "made-up", Subject: b.ref(model.KindConfigMap, "subject"), Severity: finding.High, Grade: finding.Proved,
		Fixes: []finding.Fix{{ID: "mend", Title: "Mend it", Risk: finding.Safe, Steps: steps, Undo: "as it was"}},
	}
	return &engine.Report{Snapshot: &model.Snapshot{}, Findings: []*finding.Finding{f}}, f
}

func (b *bed) report(steps ...finding.Step) *engine.Report {
	r, _ := b.found(steps...)
	return r
}

func (b *bed) plan(steps ...finding.Step) *Plan {
	b.t.Helper()
	r, f := b.found(steps...)
	p, err := b.Plan(b.t.Context(), r, f, "", Inputs{})
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (b *bed) apply(p *Plan) *Result {
	b.t.Helper()
	r, err := b.Apply(b.t.Context(), p, Consent{Confirm: p.Confirm}, nil)
	if err != nil {
		b.t.Fatalf("applying: %v\n%s%s", err, styled.Plain(p.Text()), styled.Plain(r.Text()))
	}
	return r
}

// stale waits until whoever held the lease on an entry counts as dead.
func (b *bed) stale(id string) {
	b.t.Helper()
	eventually(b.t, "a stale lease", func() bool {
		e, err := b.Entry(b.t.Context(), id)
		return err == nil && !e.Live
	})
}

func (b *bed) undo(id string) *Result {
	b.t.Helper()
	p, err := b.UndoPlan(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	r := b.apply(p)
	o, err := b.Verify(b.t.Context(), r, nil, nil)
	if err != nil || !o.Confirmed {
		b.t.Fatalf("undo not confirmed: %v %v", o.Wrong, err)
	}
	return r
}

// state is everything in the namespace that a fix may touch, without what is bound to
// differ: versions, times, status, UIDs.
func (b *bed) state(kinds ...model.Kind) stateOf {
	b.t.Helper()
	out := stateOf{}
	for _, kind := range kinds {
		p, err := b.placeOf(kind)
		if err != nil {
			b.t.Fatal(err)
		}
		namespace := ""
		if p.namespaced {
			namespace = b.ns
		}
		list, err := b.client(p.GroupVersionResource, namespace).List(b.t.Context(), metav1.ListOptions{})
		if err != nil {
			b.t.Fatal(err)
		}
		for i := range list.Items {
			u := &list.Items[i]
			if u.GetLabels()[managedByLabel] == manager && kind == model.KindSecret {
				continue // the journal
			}
			if kind == model.KindConfigMap && u.GetName() == "kube-root-ca.crt" {
				continue // a controller's own, in its own time
			}
			o := content(u)
			meta := o["metadata"].(map[string]any)
			delete(meta, "uid")
			delete(meta, "creationTimestamp")
			unstructured.RemoveNestedField(meta, "annotations", "deployment.kubernetes.io/revision")
			unstructured.RemoveNestedField(meta, "annotations", "pv.kubernetes.io/bound-by-controller")
			unstructured.RemoveNestedField(o, "spec", "claimRef", "uid")
			unstructured.RemoveNestedField(o, "spec", "claimRef", "resourceVersion")
			out[model.Ref{Kind: kind, Namespace: u.GetNamespace(), Name: u.GetName()}] = o
		}
	}
	return out
}

func (b *bed) same(was, is stateOf) {
	b.t.Helper()
	for ref, o := range was {
		if is[ref] == nil {
			b.t.Errorf("%s is gone", ref)
			continue
		}
		for _, c := range changesBetween(o, is[ref]) {
			b.t.Errorf("%s: %s was %.80v, is %.80v", ref, dotted(c.path), c.before, c.after)
		}
	}
	for ref := range is {
		if was[ref] == nil {
			b.t.Errorf("%s was not there before", ref)
		}
	}
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	planetest.Eventually(t, what, func(context.Context) error {
		if !done() {
			return errors.New("not yet")
		}
		return nil
	})
}

// user is a configuration with the token of an account that has these rules.
func (b *bed) user(name string, rules ...rbacv1.PolicyRule) *rest.Config {
	b.t.Helper()
	b.make("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: " + name + "}\n")
	b.must(b.kube.RbacV1().Roles(b.ns).Create(b.t.Context(), &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}, metav1.CreateOptions{}))
	b.must(b.kube.RbacV1().RoleBindings(b.ns).Create(b.t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: name},
		Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Name: name, Namespace: b.ns}},
	}, metav1.CreateOptions{}))
	config := plane.Config(b.t, "")
	config.Impersonate = rest.ImpersonationConfig{UserName: "system:serviceaccount:" + b.ns + ":" + name}
	eventually(b.t, "the role of "+name, func() bool {
		c, err := kubernetes.NewForConfig(config)
		if err != nil {
			return false
		}
		_, err = c.CoreV1().ConfigMaps(b.ns).List(b.t.Context(), metav1.ListOptions{})
		return err == nil || !apierrors.IsForbidden(err) || len(rules) == 0
	})
	return config
}

func configMap(name string, data ...string) string {
	text := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata:\n"
	for _, d := range data {
		text += "  " + strings.Replace(d, "=", ": ", 1) + "\n"
	}
	return text
}

// stateOf is the content of objects.
type stateOf map[model.Ref]map[string]any

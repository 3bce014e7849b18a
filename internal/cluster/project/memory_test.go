package project

import (
	"reflect"
	"runtime"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/careen-tui/careen/internal/model"
)

// retained is how many bytes stay for each row that project returns, by live heap.
func retained(t testing.TB, n int, project func(p *Projector, i int) model.Row) float64 {
	t.Helper()
	p := New([]byte("salt"))
	rows := []model.Row{}
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	for i := range n {
		rows = append(rows, project(p, i))
	}
	after := live()
	runtime.KeepAlive(rows)
	runtime.KeepAlive(p)
	return float64(int64(after)-int64(before)) / float64(n)
}

func TestRetainedBytes(t *testing.T) {
	const n = 5000
	perPod := retained(t, n, func(p *Projector, i int) model.Row {
		row, _ := p.Object(typicalPod(i/10, i%10))
		return row
	})
	if perPod > 1500 {
		t.Errorf("%.0f bytes a pod", perPod)
	}
	perRecord := retained(t, n, func(p *Projector, i int) model.Row { return p.Record(typicalRecord(i/3, i%3+1), model.KindSecret) })
	if perRecord > 800 {
		t.Errorf("%.0f bytes a release revision", perRecord)
	}
	perLease := retained(t, n, func(p *Projector, i int) model.Row {
		row, _ := p.Object(typicalLease(i))
		return row
	})
	if perLease > 500 {
		t.Errorf("%.0f bytes a lease", perLease)
	}
	t.Logf("%.0f bytes a pod, %.0f bytes a release revision, %.0f bytes a lease", perPod, perRecord, perLease)
}

func TestPodsOfATemplateShareItsParts(t *testing.T) {
	p := New([]byte("salt"))
	pods := make([]*model.Pod, 3)
	for i := range pods {
		row, _ := p.Object(typicalPod(1, i))
		pods[i] = row.(*model.Pod)
	}
	for _, q := range pods[1:] {
		if &q.Refs[0] != &pods[0].Refs[0] {
			t.Error("the references are not shared")
		}
		if &q.Template.Containers[0] != &pods[0].Template.Containers[0] {
			t.Error("the containers are not shared")
		}
		if q.Template != pods[0].Template {
			t.Error("the template is not shared")
		}
		for i, c := range q.Conditions {
			if c.Standing != pods[0].Conditions[i].Standing {
				t.Errorf("what %s says is not shared", c.Type)
			}
		}
	}
	if pods[0].Template.Placement == plainPlacement {
		t.Error("the node selector is not kept")
	}
	other := typicalPod(1, 4)
	other.Spec.Containers[0].Image = "other"
	row, _ := p.Object(other)
	if row.(*model.Pod).Template.Containers[0].Image != "other" || pods[0].Template.Containers[0].Image == "other" {
		t.Error("a pod of another shape took the shared one")
	}
}

func TestObjectsOfOneAppShareTheirLabels(t *testing.T) {
	labels := func() map[string]string {
		return map[string]string{"app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "shop"}
	}
	p := New([]byte("salt"))
	deployment, _ := p.Object(&appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Labels: labels()},
		Spec:       appsv1.DeploymentSpec{Selector: &metav1.LabelSelector{MatchLabels: labels()}, Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels()}}},
	})
	service, _ := p.Object(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "web", Labels: labels()}, Spec: corev1.ServiceSpec{Selector: labels()}})
	w, s := deployment.(*model.Workload), service.(*model.Service)
	for what, m := range map[string]map[string]string{"template": w.Template.Labels, "selector": w.Selector.Labels, "Service": s.Labels, "its selector": s.Selector} {
		if reflect.ValueOf(m).Pointer() != reflect.ValueOf(w.Labels).Pointer() {
			t.Errorf("the labels of the %s are a copy", what)
		}
	}
	other := labels()
	other["app.kubernetes.io/instance"] = "bank"
	row, _ := p.Object(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "web", Labels: other}})
	if row.Base().Labels["app.kubernetes.io/instance"] != "bank" {
		t.Errorf("%v", row.Base().Labels)
	}
}

func TestObjectsShareTheirAnnotationsAndAmounts(t *testing.T) {
	p := New([]byte("salt"))
	made := func(name string) *model.Workload {
		row, _ := p.Object(&appsv1.Deployment{
			ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name), Annotations: map[string]string{"example.com/team": "blue"}},
			Spec: appsv1.DeploymentSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Name: "app", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m")}},
			}}}}},
		})
		return row.(*model.Workload)
	}
	a, b := made("a"), made("b")
	same := func(x, y map[string]string) bool { return reflect.ValueOf(x).Pointer() == reflect.ValueOf(y).Pointer() }
	if !same(a.Annotations, b.Annotations) {
		t.Error("annotations that are equal are two")
	}
	if !same(a.Template.Containers[0].Requests, b.Template.Containers[0].Requests) {
		t.Error("amounts that are equal are two")
	}
}

// What is harmless as an annotation need not be as a label.
func TestLabelsDoNotTakeWhatAnnotationsMayHold(t *testing.T) {
	lines := map[string]string{"example.com/what": "one\ntwo"}
	p := New([]byte("salt"))
	p.Object(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "a", Annotations: lines}})
	row, _ := p.Object(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "b", Labels: lines}})
	if got := row.Base().Labels["example.com/what"]; strings.Contains(got, "\n") {
		t.Errorf("a label with lines: %q", got)
	}
}

// In a dump without identifiers all owners may have one.
func TestPodsOfTwoNamespacesShareNoReferences(t *testing.T) {
	p := New([]byte("salt"))
	first, _ := p.Object(typicalPod(1, 0))
	second := typicalPod(1, 1)
	second.Namespace = "another"
	row, _ := p.Object(second)
	for _, r := range row.Base().Refs {
		if r.To.Namespace == first.Base().Namespace {
			t.Errorf("a pod of another namespace refers to %s", r.To)
		}
	}
}

func TestWhatIsGoneIsNotKeptForItsSiblings(t *testing.T) {
	p := New([]byte("salt"))
	row, _ := p.Object(typicalPod(1, 0))
	owner := ownerKey{row.Base().Namespace, row.Base().Owners[0].UID}
	if p.shapes.of(owner) == nil {
		t.Fatal("a pod is not known to its siblings")
	}
	runtime.KeepAlive(row)
	row = nil
	runtime.GC()
	if p.shapes.of(owner) != nil {
		t.Error("a pod that is gone is kept")
	}
	for i := range 10 * leastShapes {
		p.Object(typicalPod(i, 0))
		if i%leastShapes == 0 {
			runtime.GC()
		}
	}
	if n := len(p.shapes.byOwner); n > 4*leastShapes {
		t.Errorf("%d owners are known whose pods are gone", n)
	}
}

func TestWhatIsUsedAgainStays(t *testing.T) {
	r := recent[int, int]{limit: 4}
	r.put(0, 10)
	for i := 1; i < 100; i++ {
		r.put(i, i)
		if v, ok := r.get(0); !ok || v != 10 {
			t.Fatalf("after %d others it is gone", i)
		}
	}
	if n := len(r.young) + len(r.old); n > 8 {
		t.Errorf("%d are kept", n)
	}
	if _, ok := r.get(1); ok {
		t.Error("what was not used again is kept")
	}
}

func TestPodsThatAskForNothingShareOnePlacement(t *testing.T) {
	seconds := int64(300)
	for i := range 2 {
		pod := typicalPod(i, 0)
		pod.Spec.NodeSelector, pod.Spec.SchedulerName = nil, "default-scheduler"
		for _, key := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
			pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &seconds})
		}
		row, _ := New([]byte("salt")).Object(pod)
		if got := row.(*model.Pod).Template.Placement; got != plainPlacement {
			t.Errorf("%+v", got)
		}
	}
}

func BenchmarkProjectPod(b *testing.B) {
	p := New([]byte("salt"))
	pods := make([]*corev1.Pod, 100)
	for i := range pods {
		pods[i] = typicalPod(i/10, i%10)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Object(pods[i%len(pods)])
	}
}

func BenchmarkProjectRecord(b *testing.B) {
	p, m := New([]byte("salt")), typicalRecord(1, 1)
	b.ReportAllocs()
	for b.Loop() {
		p.Record(m, model.KindSecret)
	}
}

// BenchmarkRetained tells what stays for a row of the kinds that there are most of.
func BenchmarkRetained(b *testing.B) {
	for kind, project := range map[model.Kind]func(p *Projector, i int) model.Row{
		model.KindPod:    func(p *Projector, i int) model.Row { row, _ := p.Object(typicalPod(i/10, i%10)); return row },
		model.KindRecord: func(p *Projector, i int) model.Row { return p.Record(typicalRecord(i/3, i%3+1), model.KindSecret) },
		model.KindLease:  func(p *Projector, i int) model.Row { row, _ := p.Object(typicalLease(i)); return row },
	} {
		b.Run(string(kind), func(b *testing.B) {
			bytes := retained(b, 5000, project)
			for b.Loop() {
			}
			b.ReportMetric(bytes, "B/row")
		})
	}
}

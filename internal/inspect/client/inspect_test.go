package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

func ref(kind model.Kind, name string) model.Ref {
	return model.Ref{Kind: kind, Namespace: "shop", Name: name}
}

func textOf(list []styled.Line) string {
	var b strings.Builder
	for _, l := range list {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

func TestYAML(t *testing.T) {
	s, c := serve(t)
	s.put("/api/v1/namespaces/shop/secrets/db", "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop, uid: u1, resourceVersion: '9', managedFields: [{manager: x}]}\ndata: {password: "+sentinel+"}\n")
	d, err := c.YAML(t.Context(), ref(model.KindSecret, "db"))
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(d.Lines)
	if strings.Contains(text, sentinel) || strings.Contains(text, "managedFields") || !strings.Contains(text, "password: (masked)") || d.UID != "u1" || d.ResourceVersion != "9" {
		t.Errorf("%+v\n%s", d, text)
	}
	if n := len(s.requests); n != 1 {
		t.Errorf("%d requests: %v", n, s.requests)
	}
}

func TestWhatIsGoneOrForbiddenIsSaid(t *testing.T) {
	s, c := serve(t)
	_, err := c.YAML(t.Context(), ref(model.KindSecret, "gone"))
	if !errors.Is(err, inspect.ErrGone) || err.Error() != "Secret shop/gone is not there any more" {
		t.Errorf("%v", err)
	}
	s.handle["/api/v1/namespaces/shop/secrets/db"] = func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "Forbidden", `secrets "db" is forbidden: User "oncall" cannot get resource "secrets" in API group "" in the namespace "shop"`)
	}
	if _, err = c.Reveal(t.Context(), ref(model.KindSecret, "db"), "x"); err == nil || errors.Is(err, inspect.ErrGone) || !strings.Contains(err.Error(), "forbidden to oncall (get secrets in namespace shop)") {
		t.Errorf("%v", err)
	}
	s.handle["/api/v1/namespaces/shop/secrets/evil"] = func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusInternalServerError, "InternalError", "\x1b]0;owned\x07 failed\nbadly")
	}
	if _, err = c.YAML(t.Context(), ref(model.KindSecret, "evil")); err == nil || strings.ContainsAny(err.Error(), "\x1b\n\x07") {
		t.Errorf("%q", err)
	}
}

func TestACustomResourceIsFoundByDiscovery(t *testing.T) {
	s, c := serve(t)
	s.put("/api", "{kind: APIVersions, versions: [v1]}")
	s.put("/apis", "{kind: APIGroupList, apiVersion: v1, groups: [{name: x.example, versions: [{groupVersion: x.example/v1, version: v1}], preferredVersion: {groupVersion: x.example/v1, version: v1}}]}")
	s.put("/api/v1", "{kind: APIResourceList, groupVersion: v1, resources: []}")
	s.put("/apis/x.example/v1", "{kind: APIResourceList, groupVersion: x.example/v1, resources: [{name: clusters, kind: Cluster, namespaced: true, verbs: [get]}]}")
	s.put("/apis/x.example/v1/namespaces/shop/clusters/a", "{apiVersion: x.example/v1, kind: Cluster, metadata: {name: a}, spec: {size: 3}}")
	d, err := c.YAML(t.Context(), ref("Cluster.x.example", "a"))
	if err != nil || !strings.Contains(textOf(d.Lines), "size: 3") {
		t.Errorf("%v %+v", err, d)
	}
	if _, err := c.YAML(t.Context(), ref("Nothing.x.example", "a")); err == nil || err.Error() != "the server serves no Nothing.x.example" {
		t.Errorf("%v", err)
	}
}

func TestEventsOfEveryTypeNewestFirst(t *testing.T) {
	s, c := serve(t)
	event := func(name, typ, reason, last string, count int) string {
		return fmt.Sprintf("{metadata: {name: %s}, involvedObject: {kind: Pod, namespace: shop, name: web, apiVersion: v1}, type: %s, reason: %s, message: \"token=%s \\e[31m\", lastTimestamp: %q, count: %d}", name, typ, reason, sentinel, last, count)
	}
	s.put("/api/v1/namespaces/shop/events", "{kind: EventList, apiVersion: v1, metadata: {continue: more}, items: ["+
		event("a", "Normal", "Pulled", "2026-01-02T15:00:00Z", 1)+","+event("b", "Warning", "BackOff", "2026-01-02T15:01:00Z", 7)+"]}")
	list, err := c.Events(t.Context(), ref(model.KindPod, "web"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(list.List) != 2 || list.List[0].Reason != "BackOff" || !list.List[0].Warning || list.List[0].Count != 7 || list.List[1].Warning || !list.Left {
		t.Errorf("%+v", list)
	}
	if m := list.List[0].Message; strings.Contains(m, sentinel) || strings.ContainsRune(m, 0x1b) {
		t.Errorf("%q", m)
	}
	if s.asked("involvedObject.kind%3DPod%2CinvolvedObject.name%3Dweb") != 1 || s.asked("limit=500") != 1 {
		t.Errorf("asked %v", s.requests)
	}
}

func TestEventsOfWhatAnObjectOwns(t *testing.T) {
	s, c := serve(t)
	s.handle["/api/v1/namespaces/shop/events"] = func(w http.ResponseWriter, r *http.Request) {
		item := func(kind, name, last string) string {
			return fmt.Sprintf(`{"metadata":{"name":%q},"involvedObject":{"kind":%q,"namespace":"shop","name":%q},"reason":"R","lastTimestamp":%q}`, name, kind, name, last)
		}
		items := item("Deployment", "web", "2026-01-02T15:00:00Z")
		if r.URL.Query().Get("fieldSelector") == "" {
			items += "," + item("Pod", "web-1", "2026-01-02T15:05:00Z") + "," + item("Pod", "other", "2026-01-02T15:06:00Z")
		}
		fmt.Fprintf(w, `{"kind":"EventList","apiVersion":"v1","items":[%s]}`, items)
	}
	list, err := c.Events(t.Context(), ref(model.KindDeployment, "web"), []model.Ref{ref(model.KindPod, "web-1")})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.List) != 2 || list.List[0].About.Name != "web-1" || list.List[1].About.Name != "web" {
		t.Errorf("%+v", list.List)
	}
}

func TestLogsAreMaskedCutAndHandedOverAsTheyCome(t *testing.T) {
	s, c := serve(t)
	first := make(chan bool)
	s.handle["/api/v1/namespaces/shop/pods/web/log"] = func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Get("container") != "app" || q.Get("follow") != "true" || q.Get("previous") != "" {
			t.Errorf("asked %s", r.URL.RawQuery)
		}
		fmt.Fprintf(w, "one\r\npassword=%s\n\x1b[2Jtwo\n", sentinel)
		w.(http.Flusher).Flush()
		<-first
		fmt.Fprintf(w, "%s\n-----BEGIN KEY-----\n%s\n-----END KEY-----\nlast", strings.Repeat("x", 1<<20), sentinel)
	}
	var got []string
	batches := 0
	err := c.Logs(t.Context(), inspect.LogAsk{Pod: ref(model.KindPod, "web"), Container: "app", Follow: true}, func(lines []string) {
		got = append(got, lines...)
		if batches++; batches == 1 {
			if len(got) != 3 {
				t.Errorf("the first batch has %d lines", len(got))
			}
			close(first)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"one", "password=(masked)", "two", "x", "(masked)", "(masked)", "(masked)", "last"}
	if len(got) != len(want) {
		t.Fatalf("%d lines", len(got))
	}
	for i, l := range got {
		if i == 3 {
			if len(l) > logLimit {
				t.Errorf("a line of %d bytes", len(l))
			}
		} else if l != want[i] {
			t.Errorf("line %d is %q", i, l)
		}
	}
}

func TestFollowingEndsWithItsContext(t *testing.T) {
	s, c := serve(t)
	ended := make(chan struct{})
	s.handle["/api/v1/namespaces/shop/pods/web/log"] = func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "one")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(ended)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := c.Logs(ctx, inspect.LogAsk{Pod: ref(model.KindPod, "web"), Follow: true}, func([]string) { cancel() }); err != nil {
		t.Error(err)
	}
	<-ended
}

func TestThePreviousLogIsAskedFor(t *testing.T) {
	s, c := serve(t)
	s.handle["/api/v1/namespaces/shop/pods/web/log"] = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("previous") != "true" || r.URL.Query().Get("limitBytes") == "" {
			t.Errorf("asked %s", r.URL.RawQuery)
		}
		refuse(w, http.StatusBadRequest, "BadRequest", `previous terminated container "app" in pod "web" not found`)
	}
	err := c.Logs(t.Context(), inspect.LogAsk{Pod: ref(model.KindPod, "web"), Container: "app", Previous: true}, func([]string) {})
	if err == nil || !strings.Contains(err.Error(), "previous terminated container") {
		t.Errorf("%v", err)
	}
}

func TestRevealReadsOneValueWithOneGet(t *testing.T) {
	s, c := serve(t)
	s.put("/api/v1/namespaces/shop/secrets/db", "{apiVersion: v1, kind: Secret, metadata: {name: db}, data: {password: UzNudGluM2wtWnE4MQ==, user: eA==}}")
	v, err := c.Reveal(t.Context(), ref(model.KindSecret, "db"), "password")
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := v.Text(); text != sentinel || fmt.Sprint(v) != inspect.Hidden {
		t.Errorf("%q %v", text, v)
	}
	if len(s.requests) != 1 || !strings.HasPrefix(s.requests[0], "GET ") {
		t.Errorf("%v", s.requests)
	}
	if _, err := c.Reveal(t.Context(), ref(model.KindSecret, "db"), "nothing"); err == nil || strings.Contains(err.Error(), sentinel) {
		t.Errorf("%v", err)
	}
}

func TestCompare(t *testing.T) {
	s, c := serve(t)
	s.put("/api/v1/namespaces/shop/secrets/a", "{apiVersion: v1, kind: Secret, type: Opaque, metadata: {name: a}, data: {password: UzNudGluM2wtWnE4MQ==, user: eA==}}")
	s.put("/api/v1/namespaces/shop/secrets/b", "{apiVersion: v1, kind: Secret, type: x/y, metadata: {name: b}, data: {password: UzNudGluM2wtWnE4MQ==, user: eQ==}}")
	got, err := c.Compare(t.Context(), ref(model.KindSecret, "a"), ref(model.KindSecret, "b"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Count(inspect.Equal) != 1 || got.Count(inspect.Different) != 1 || got.Types != [2]string{"Opaque", "x/y"} || strings.Contains(fmt.Sprintf("%+v", got), sentinel) {
		t.Errorf("%+v", got)
	}
}

func TestLatelyTellsWhatItCouldAndWhatNot(t *testing.T) {
	s, c := serve(t)
	s.put("/apis/apps/v1/namespaces/shop/statefulsets/db", "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, managedFields: [{manager: helm, operation: Update, time: '2026-01-02T15:00:00Z'}, {manager: kubectl, operation: Update, subresource: scale}]}}")
	s.handle["/api/v1/namespaces/shop/events"] = func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "Forbidden", `events is forbidden: User "oncall" cannot list resource "events" in API group "" in the namespace "shop"`)
	}
	got, err := c.Lately(t.Context(), []model.Ref{ref(model.KindStatefulSet, "db"), ref(model.KindDeployment, "gone"), ref(model.KindConfigMap, "x")})
	if err == nil || !strings.Contains(err.Error(), "forbidden to oncall (list events in namespace shop)") {
		t.Errorf("%v", err)
	}
	if len(got.Untimed) != 1 || got.Untimed[0].Manager != "kubectl" || got.Untimed[0].Subresource != "scale" {
		t.Errorf("%+v", got)
	}
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, generation: 1}
spec:
  replicas: 2
  template: {spec: {containers: [{name: web, image: "web:1", env: [{name: TOKEN, value: ` + sentinel + `}]}]}}
`

func TestHistory(t *testing.T) {
	s, c := serve(t)
	s.gather = atOnce
	rel := &model.Release{Name: "shop", Namespace: "shop"}
	for i := range 25 {
		rel.Records = append(rel.Records, s.revision(t, "shop", "shop", i+1, "superseded", deployment, map[string]any{"password": sentinel, "on": true}, nil))
	}
	s.put("/api/v1/namespaces/shop/secrets/sh.helm.release.v1.shop.v24", "{apiVersion: v1, kind: Secret, metadata: {name: x}, data: {release: bm90IGJhc2U2NCE=}}")
	delete(s.objects, "/api/v1/namespaces/shop/secrets/sh.helm.release.v1.shop.v23")
	h, err := c.History(t.Context(), rel)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Revisions) != 25 || h.Left != 5 || len(s.requests) != maxRevisions {
		t.Fatalf("%d revisions, %d left, %d requests", len(h.Revisions), h.Left, len(s.requests))
	}
	if n := s.most.Load(); n != atOnce {
		t.Errorf("%d requests at once, want %d", n, atOnce)
	}
	r := h.Revisions[0]
	if r.Number != 25 || r.Version != "1.25.0" || r.Chart != "shop" || r.App != "9" || r.Updated.Hour() != 14 || len(r.Objects) != 1 {
		t.Errorf("%+v", r)
	}
	if h.Revisions[1].Problem != "the record is not base64" || !strings.Contains(h.Revisions[2].Problem, "not there any more") || h.Revisions[24].Read {
		t.Errorf("%+v %+v", h.Revisions[1], h.Revisions[2])
	}
	if len(r.Values) != 2 || r.Values[0] != (inspect.Setting{Path: "on", Text: "true"}) || r.Values[1].Text != inspect.Hidden {
		t.Errorf("%+v", r.Values)
	}
	if all := fmt.Sprintf("%+v", h); strings.Contains(all, sentinel) {
		t.Error("the history holds a value")
	}
}

func TestDiffOfRevisions(t *testing.T) {
	s, c := serve(t)
	a := s.revision(t, "shop", "shop", 1, "superseded", deployment, map[string]any{"password": sentinel}, nil)
	b := s.revision(t, "shop", "shop", 2, "deployed", strings.Replace(strings.Replace(deployment, "web:1", "web:2", 1), sentinel, sentinel+"2", 1), map[string]any{"password": sentinel + "2"}, nil)
	d, values, err := c.Diff(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Parts) != 1 || d.From != "revision 1" || d.To != "revision 2" {
		t.Fatalf("%+v", d)
	}
	text := textOf(d.Parts[0].Lines)
	for _, want := range []string{"image: web:1", "image: web:2", "(masked, before)", "(masked, after)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	if got := textOf(values); got != "- password: (masked, before)\n+ password: (masked, after)\n" || strings.Contains(text, sentinel) {
		t.Error(got, text)
	}
}

func TestLiveComparesAndComputesStates(t *testing.T) {
	s, c := serve(t)
	manifest := deployment + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf, annotations: {helm.sh/resource-policy: keep}}\ndata: {a: '1'}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: gone}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n"
	rec := s.revision(t, "shop", "shop", 1, "deployed", manifest, nil, nil)
	s.put("/apis/apps/v1/namespaces/shop/deployments/web", strings.Replace(deployment, "replicas: 2", "replicas: 5", 1)+"status: {observedGeneration: 1, replicas: 5, updatedReplicas: 1}\n")
	s.put("/api/v1/namespaces/shop/configmaps/conf", "{apiVersion: v1, kind: ConfigMap, metadata: {name: conf, annotations: {helm.sh/resource-policy: keep}}, data: {a: '1', b: '2'}}")
	s.put("/api/v1/namespaces/other", "{apiVersion: v1, kind: Namespace, metadata: {name: other}, status: {phase: Active}}")
	l, err := c.Live(t.Context(), rec)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, st := range l.States {
		got = append(got, fmt.Sprintf("%s %s %t", st.Ref.Name, st.Status, st.Keep))
	}
	if want := "web InProgress false, conf Current true, gone NotFound false, other Current false"; strings.Join(got, ", ") != want {
		t.Errorf("%v", got)
	}
	if len(l.Drift.Parts) != 2 || l.Drift.Same != 2 || l.Drift.Parts[0].What != "changed" || l.Drift.Parts[1].What != inspect.Missing {
		t.Errorf("%+v", l.Drift)
	}
	if text := textOf(l.Drift.Parts[0].Lines); !strings.Contains(text, "-  replicas: 2\n+  replicas: 5") || strings.Contains(text, sentinel) {
		t.Error(text)
	}
	if l.States[0].Ref.Namespace != "shop" || l.States[3].Ref.Namespace != "" {
		t.Errorf("%+v", l.States)
	}
}

func TestWhatAChartRepeatsIsMaskedToo(t *testing.T) {
	s, c := serve(t)
	secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {p: " + sentinel + "-made}\n---\n"
	conf := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {motd: 'the code is " + sentinel + ", or " + sentinel + "-made', v: '%d'}\n"
	notes := map[string]any{"info": map[string]any{"status": "deployed", "notes": "Welcome. The code is " + sentinel + ", or " + sentinel + "-made.", "description": "made with " + sentinel}}
	values := map[string]any{"auth": map[string]any{"adminPassword": sentinel}}
	a := s.revision(t, "shop", "shop", 1, "superseded", secret+fmt.Sprintf(conf, 1), values, notes)
	b := s.revision(t, "shop", "shop", 2, "deployed", secret+fmt.Sprintf(conf, 2), values, notes)
	h, err := c.History(t.Context(), &model.Release{Name: "shop", Namespace: "shop", Records: []*model.Record{a, b}})
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := c.Diff(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	s.put("/api/v1/namespaces/shop/configmaps/conf", fmt.Sprintf(conf, 3))
	l, err := c.Live(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Revisions[0].Notes) != 1 || len(d.Parts) != 1 || len(l.Drift.Parts) != 2 {
		t.Errorf("%+v %+v %+v", h.Revisions[0].Notes, d.Parts, l.Drift.Parts)
	}
	if all := fmt.Sprintf("%+v %+v %+v", h, d, l); strings.Contains(all, sentinel) || !strings.Contains(all, "Welcome. The code is (masked), or (masked).") {
		t.Error(all)
	}
}

func TestEveryRequestIsAGet(t *testing.T) {
	s, c := serve(t)
	rec := s.revision(t, "shop", "shop", 1, "deployed", deployment, nil, nil)
	for _, f := range []func() error{
		func() error { _, err := c.Live(t.Context(), rec); return err },
		func() error {
			_, err := c.History(t.Context(), &model.Release{Name: "shop", Namespace: "shop", Records: []*model.Record{rec}})
			return err
		},
	} {
		if err := f(); err != nil {
			t.Error(err)
		}
	}
	for _, r := range s.requests {
		if !strings.HasPrefix(r, "GET ") {
			t.Error(r)
		}
	}
}

package client

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
)

const policyKind model.Kind = "ValidatingAdmissionPolicy.admissionregistration.k8s.io"

func (s *server) discovery() {
	s.put("/api", "{kind: APIVersions, versions: [v1]}")
	s.put("/apis", "{kind: APIGroupList, apiVersion: v1, groups: ["+
		"{name: admissionregistration.k8s.io, versions: [{groupVersion: admissionregistration.k8s.io/v1, version: v1}], preferredVersion: {groupVersion: admissionregistration.k8s.io/v1, version: v1}},"+
		"{name: x.example, versions: [{groupVersion: x.example/v1, version: v1}], preferredVersion: {groupVersion: x.example/v1, version: v1}}]}")
	s.put("/api/v1", "{kind: APIResourceList, groupVersion: v1, resources: [{name: pods, kind: Pod, namespaced: true, shortNames: [po], verbs: [get, list]}, {name: pods/log, kind: Pod, namespaced: true, verbs: [get]}, {name: bindings, kind: Binding, namespaced: true, verbs: [create]}]}")
	s.put("/apis/admissionregistration.k8s.io/v1", "{kind: APIResourceList, groupVersion: admissionregistration.k8s.io/v1, resources: [{name: validatingadmissionpolicies, kind: ValidatingAdmissionPolicy, namespaced: false, verbs: [get, list]}]}")
	s.put("/apis/x.example/v1", `{kind: APIResourceList, groupVersion: x.example/v1, resources: [{name: "clus\e[31mters", kind: Cluster, namespaced: true, verbs: [list]}]}`)
}

func TestEveryServedKindIsListed(t *testing.T) {
	s, c := serve(t)
	s.discovery()
	list, err := c.Kinds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var kinds []model.Kind
	for _, k := range list {
		kinds = append(kinds, k.Kind)
		if strings.ContainsRune(k.Resource, 0x1b) {
			t.Errorf("%q", k.Resource)
		}
	}
	if want := []model.Kind{"Cluster.x.example", model.KindPod, policyKind}; !slices.Equal(kinds, want) {
		t.Errorf("%v, want %v", kinds, want)
	}
}

func TestAListIsATableOfTheServer(t *testing.T) {
	s, c := serve(t)
	s.discovery()
	s.handle["/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"] = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("limit") != "500" || !strings.Contains(r.Header.Get("Accept"), "as=Table") {
			t.Errorf("%s %s", r.URL, r.Header.Get("Accept"))
		}
		fmt.Fprintf(w, `{"kind": "Table", "metadata": {"continue": "x"}, "columnDefinitions": [{"name": "Name"}, {"name": "Validations"}, {"name": "Wide", "priority": 1}, {"name": "Age"}, {"name": "Note"}],
			"rows": [{"cells": ["a", 2, "wide", "5m", "token=%s \u001b[31m"], "object": {"metadata": {"name": "a", "creationTimestamp": "2026-01-02T15:00:00Z"}}}]}`, sentinel)
	}
	l, err := c.List(t.Context(), policyKind, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := l.Objects[0]
	if len(l.Objects) != 1 || !l.Left || o.Ref != (model.Ref{Kind: policyKind, Name: "a"}) || o.Created.IsZero() {
		t.Errorf("%+v", l)
	}
	if !strings.HasPrefix(o.Says, "validations 2, note ") || strings.Contains(o.Says, sentinel) || strings.ContainsRune(o.Says, 0x1b) || strings.Contains(o.Says, "wide") {
		t.Errorf("%q", o.Says)
	}
}

func TestAListWithoutTablesAndOfNamespaces(t *testing.T) {
	s, c := serve(t)
	for _, n := range []string{"shop", "keep"} {
		s.put("/api/v1/namespaces/"+n+"/pods", "{kind: PodList, items: [{metadata: {name: web, namespace: "+n+"}}]}")
	}
	l, err := c.List(t.Context(), model.KindPod, []string{"shop", "keep"})
	if err != nil || len(l.Objects) != 2 || l.Objects[1].Ref.Namespace != "keep" || l.Left {
		t.Errorf("%+v, %v", l, err)
	}
	s.handle["/api/v1/pods"] = func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "Forbidden", `pods is forbidden: User "oncall" cannot list resource "pods" in API group "" at the cluster scope`)
	}
	if _, err := c.List(t.Context(), model.KindPod, nil); err == nil || !strings.Contains(err.Error(), "forbidden to oncall (list pods)") {
		t.Error(err)
	}
}

func TestAnObjectOfAnyKindIsRead(t *testing.T) {
	s, c := serve(t)
	s.discovery()
	s.put("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/a", "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: a}, spec: {secretName: x}}")
	row, err := c.Object(t.Context(), model.Ref{Kind: policyKind, Name: "a"})
	if err != nil || row.Base().Name != "a" || row.Base().Kind != policyKind {
		t.Errorf("%+v, %v", row, err)
	}
}

func TestUsageIsAddedUpAndItsAbsenceExplained(t *testing.T) {
	s, c := serve(t)
	c.most = 1 << 20
	s.put("/apis/metrics.k8s.io/v1beta1/pods", "{items: [{metadata: {name: web, namespace: shop}, containers: [{usage: {cpu: 250m, memory: 64Mi}}, {usage: {cpu: 1500000n, memory: 1024Ki}}, {usage: {cpu: nonsense}}]}]}")
	s.put("/apis/metrics.k8s.io/v1beta1/nodes/n1", "{metadata: {name: n1}, usage: {cpu: '2', memory: 4Gi}}")
	u, err := c.Usage(t.Context(), model.Ref{Kind: model.KindPod})
	if got := u.Of[ref(model.KindPod, "web")]; err != nil || got != (inspect.Usage{Millis: 252, Bytes: 65 << 20}) {
		t.Errorf("%+v, %v", got, err)
	}
	u, err = c.Usage(t.Context(), model.Ref{Kind: model.KindNode, Name: "n1"})
	if got := u.Of[model.Ref{Kind: model.KindNode, Name: "n1"}]; err != nil || got.CPU() != "2000m" || got.Memory() != "4096Mi" {
		t.Errorf("%+v, %v", got, err)
	}
	answer := func(code int, reason, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { refuse(w, code, reason, message) }
	}
	for path, c2 := range map[string]struct {
		ref    model.Ref
		handle http.HandlerFunc
		want   string
	}{
		"namespaces/none/pods":     {model.Ref{Kind: model.KindPod, Namespace: "none"}, nil, "not served (there is no metrics server)"},
		"namespaces/shop/pods/new": {ref(model.KindPod, "new"), answer(404, "NotFound", `podmetrics.metrics.k8s.io "shop/new" not found`), "not measured yet"},
		"namespaces/shut/pods":     {model.Ref{Kind: model.KindPod, Namespace: "shut"}, answer(403, "Forbidden", "no"), "forbidden (get and list pods in metrics.k8s.io)"},
		"nodes":                    {model.Ref{Kind: model.KindNode}, answer(503, "ServiceUnavailable", "the server is currently unable"), "the metrics server is down"},
		"namespaces/broken/pods":   {model.Ref{Kind: model.KindPod, Namespace: "broken"}, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{") }, "unexpected end"},
		"namespaces/enormous/pods": {model.Ref{Kind: model.KindPod, Namespace: "enormous"}, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"x": "`+strings.Repeat("x", 1<<20)) }, "the answer is larger than 1024 kB"},
	} {
		if c2.handle != nil {
			s.handle["/apis/metrics.k8s.io/v1beta1/"+path] = c2.handle
		}
		if _, err := c.Usage(t.Context(), c2.ref); err == nil || !strings.Contains(err.Error(), c2.want) {
			t.Errorf("%s: %v, want %s", path, err, c2.want)
		}
	}
}

func TestALogCarriesItsTimesAndMasksWhatFollows(t *testing.T) {
	s, c := serve(t)
	s.handle["/api/v1/namespaces/shop/pods/web/log"] = func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Get("timestamps") != "true" || q.Get("sinceSeconds") != "600" || q.Get("tailLines") != "70" {
			t.Error(r.URL)
		}
		fmt.Fprintf(w, "2026-01-02T15:00:00.123456789Z password=%s\nno time password=%s\n", sentinel, sentinel)
	}
	var got []string
	err := c.Logs(t.Context(), inspect.LogAsk{Pod: ref(model.KindPod, "web"), Since: 600e9, Tail: 70}, func(l []string) { got = append(got, l...) })
	if err != nil || len(got) != 2 || strings.Contains(strings.Join(got, ""), sentinel) {
		t.Fatalf("%q, %v", got, err)
	}
	if at, text := inspect.Stamped(got[0]); at.Nanosecond() != 123456789 || !strings.HasPrefix(text, "password=") {
		t.Errorf("%s %q", at, text)
	}
}

package cluster

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

var onlyConfigMaps = Options{Kinds: []model.Kind{model.KindConfigMap}}

func configMaps(f *fake, n int) *fakeResource {
	r := f.resource("configmaps", "v1", "ConfigMap")
	for i := range n {
		f.put("configmaps", object("ns", fmt.Sprintf("c-%04d", i), `{"data":{"k":"v"}}`))
	}
	return r
}

func live(kind model.Kind, objects int) func(*model.Snapshot) bool {
	return func(snap *model.Snapshot) bool {
		w, _ := snap.State(kind, "")
		return w.State == model.Live && w.Objects == objects
	}
}

func TestStream(t *testing.T) {
	f := newFake(t)
	configMaps(f, 3)
	f.put("namespaces", object("", "ns", ""))
	s := f.open(onlyConfigMaps, quietFor)
	snap := await(t, s, "a first reading", live(model.KindConfigMap, 3))
	settle(t, s)
	if err := s.Err(); err != nil {
		t.Error(err)
	}
	if snap.Cluster.Version != "v1.99.0" || snap.Cluster.Context != "test" {
		t.Errorf("cluster %+v", snap.Cluster)
	}
	f.put("configmaps", object("ns", "new", ""))
	f.remove("configmaps", "ns", "c-0001")
	f.put("configmaps", object("ns", "c-0000", `{"data":{"other":"v"}}`))
	snap = await(t, s, "three changes", func(snap *model.Snapshot) bool {
		c, ok := model.Get[*model.ConfigMap](snap, model.Ref{Kind: model.KindConfigMap, Namespace: "ns", Name: "c-0000"})
		return ok && len(c.Keys) == 1 && c.Keys[0].Name == "other"
	})
	if !has(snap, model.KindConfigMap, "ns", "new") || has(snap, model.KindConfigMap, "ns", "c-0001") {
		t.Errorf("tables %v", snap.Space("ns").Tables)
	}
	if !live(model.KindConfigMap, 3)(snap) {
		t.Errorf("coverage %+v", snap.Coverage)
	}
	if n := f.sent("list configmaps"); n != 1 {
		t.Errorf("%d lists", n)
	}
	if n := f.sent("watch configmaps"); n != 1 {
		t.Errorf("%d watches", n)
	}
	await(t, s, "our name", func(snap *model.Snapshot) bool { return snap.Cluster.User == "tester" })
}

// API services stand for the kinds that have no Go type here.
var onlyAPIServices = Options{Kinds: []model.Kind{model.KindAPIService}}

func apiServices(f *fake, n int) *fakeResource {
	r := f.resource("apiservices", "apiregistration.k8s.io/v1", "APIService")
	for i := range n {
		f.put("apiservices", object("", fmt.Sprintf("v1.x-%04d", i), ""))
	}
	return r
}

func TestKindWithoutATypeIsStreamed(t *testing.T) {
	f := newFake(t)
	apiServices(f, 3)
	s := f.open(onlyAPIServices, quietFor)
	await(t, s, "the stream", live(model.KindAPIService, 3))
	if n := f.sent("list apiservices"); n != 0 {
		t.Errorf("%d lists", n)
	}
	f.put("apiservices", object("", "new", ""))
	await(t, s, "a change", func(snap *model.Snapshot) bool { return has(snap, model.KindAPIService, "", "new") })
}

func TestServerThatDoesNotStreamIsListedInPages(t *testing.T) {
	f := newFake(t)
	apiServices(f, pageSize+20).noStream = true
	s := f.open(onlyAPIServices, quietFor)
	await(t, s, "all pages", live(model.KindAPIService, pageSize+20))
	if n := f.sent("list apiservices"); n != 2 {
		t.Errorf("%d pages", n)
	}
	f.put("apiservices", object("", "new", ""))
	await(t, s, "a change after the list", func(snap *model.Snapshot) bool { return has(snap, model.KindAPIService, "", "new") })
}

func TestBookmarkThatNeverComes(t *testing.T) {
	f := newFake(t)
	apiServices(f, 3).noBookmark = true
	s := f.open(onlyAPIServices, 50*time.Millisecond)
	await(t, s, "the list", live(model.KindAPIService, 3))
	if n := f.sent("list apiservices"); n != 1 {
		t.Errorf("%d lists", n)
	}
	f.put("apiservices", object("", "new", ""))
	await(t, s, "a change after the list", func(snap *model.Snapshot) bool { return has(snap, model.KindAPIService, "", "new") })
}

func TestCompactedHistoryIsReadAgain(t *testing.T) {
	f := newFake(t)
	configMaps(f, 3)
	s := f.open(onlyConfigMaps, quietFor)
	snap := await(t, s, "a first reading", live(model.KindConfigMap, 3))
	space := snap.Space("ns")
	f.watched("configmaps")
	f.mu.Lock()
	delete(f.resources["configmaps"].objects, "ns/c-0002") // missed by the watch
	f.mu.Unlock()
	f.expire("configmaps")
	snap = await(t, s, "the reading after it", live(model.KindConfigMap, 2))
	if has(snap, model.KindConfigMap, "ns", "c-0002") || snap.Space("ns") == space {
		t.Error("what was deleted meanwhile is still there")
	}
}

func TestServerGoneAndBack(t *testing.T) {
	f := newFake(t)
	configMaps(f, 3)
	s := f.open(onlyConfigMaps, quietFor)
	await(t, s, "a first reading", live(model.KindConfigMap, 3))
	f.watched("configmaps")
	f.stop(true)
	snap := await(t, s, "staleness", func(snap *model.Snapshot) bool {
		return stateOf(snap, model.KindConfigMap, "") == model.Stale && s.Err() != nil
	})
	if !has(snap, model.KindConfigMap, "ns", "c-0001") {
		t.Error("the data is gone with the server")
	}
	if w, _ := snap.State(model.KindConfigMap, ""); w.Message == "" || w.Since.IsZero() {
		t.Errorf("it is not said why: %+v", w)
	}
	f.stop(false)
	await(t, s, "life", func(snap *model.Snapshot) bool { return live(model.KindConfigMap, 3)(snap) && s.Err() == nil })
}

// One failed request among watches that live on does not stay an alarm for ever.
func TestOneRequestThatFails(t *testing.T) {
	f := helmServer(t)
	f.put("secrets", record(t, "app", 1, "deployed"))
	s := f.open(onlyRecords, quietFor)
	settle(t, s)
	f.watched("secrets")
	f.mu.Lock()
	f.gets = func(_, _, _ string) { panic(http.ErrAbortHandler) }
	f.mu.Unlock()
	f.put("secrets", record(t, "app", 2, "deployed"))
	await(t, s, "the alarm", func(*model.Snapshot) bool { return s.Err() != nil })
	await(t, s, "its end", func(*model.Snapshot) bool { return s.Err() == nil })
}

func TestForbidden(t *testing.T) {
	f := newFake(t)
	configMaps(f, 1).forbidden = true
	s := f.open(onlyConfigMaps, quietFor)
	snap := await(t, s, "the refusal", func(snap *model.Snapshot) bool { return stateOf(snap, model.KindConfigMap, "") == model.Forbidden })
	if _, why := snap.Knows(model.KindConfigMap, ""); why != "configmaps: forbidden to tester (list configmaps)" {
		t.Errorf("said %q", why)
	}
	settle(t, s)
	if n := f.sent("watch configmaps") + f.sent("list configmaps"); n > 2 {
		t.Errorf("%d requests for what is forbidden", n)
	}
}

func TestNamespaceByNamespaceWhereAllIsForbidden(t *testing.T) {
	f := newFake(t)
	configMaps(f, 2).forbidden = true
	f.put("configmaps", object("other", "hidden", ""))
	for _, ns := range []string{"ns", "other", "third"} {
		f.put("namespaces", object("", ns, ""))
	}
	f.rules["ns"] = `[{"verbs":["get","list","watch"],"apiGroups":[""],"resources":["configmaps"]}]`
	f.rules["other"] = `[{"verbs":["get"],"apiGroups":[""],"resources":["*"]}]`
	s := f.open(onlyConfigMaps, quietFor)
	snap := await(t, s, "the one namespace", func(snap *model.Snapshot) bool { return stateOf(snap, model.KindConfigMap, "ns") == model.Live })
	if ok, why := snap.Knows(model.KindConfigMap, "ns"); !ok {
		t.Errorf("ns: %s", why)
	}
	for _, ns := range []string{"other", "third", ""} {
		if ok, _ := snap.Knows(model.KindConfigMap, ns); ok {
			t.Errorf("%q is said to be known", ns)
		}
	}
	if n := f.sent("watch configmaps other") + f.sent("watch configmaps third"); n != 0 {
		t.Error("asked where the server said that we may not")
	}
	if !has(snap, model.KindConfigMap, "ns", "c-0001") || has(snap, model.KindConfigMap, "other", "hidden") {
		t.Error("the wrong rows")
	}
	settle(t, s)
	f.mu.Lock()
	f.rules["later"] = f.rules["ns"]
	f.mu.Unlock()
	f.put("configmaps", object("later", "one", ""))
	f.put("namespaces", object("", "later", ""))
	await(t, s, "a namespace that is new", func(snap *model.Snapshot) bool { return has(snap, model.KindConfigMap, "later", "one") })
}

func TestExpiredCredentials(t *testing.T) {
	f := newFake(t)
	configMaps(f, 1)
	s := f.open(onlyConfigMaps, quietFor)
	await(t, s, "a first reading", live(model.KindConfigMap, 1))
	f.watched("configmaps")
	f.mu.Lock()
	f.expired = true
	f.mu.Unlock()
	f.server.CloseClientConnections()
	await(t, s, "the refusal", func(snap *model.Snapshot) bool {
		return errors.Is(s.Err(), connect.ErrAuth) && stateOf(snap, model.KindConfigMap, "") == model.Stale && has(snap, model.KindConfigMap, "ns", "c-0000")
	})
	f.mu.Lock()
	f.expired = false
	f.mu.Unlock()
	await(t, s, "the next login", func(snap *model.Snapshot) bool { return live(model.KindConfigMap, 1)(snap) && s.Err() == nil })
}

func TestChosenNamespaces(t *testing.T) {
	f := newFake(t)
	configMaps(f, 2)
	f.put("configmaps", object("other", "hidden", ""))
	s := f.open(Options{Kinds: onlyConfigMaps.Kinds, Namespaces: []string{"ns", "empty"}}, quietFor)
	settle(t, s)
	snap, _ := s.Snapshot()
	if !has(snap, model.KindConfigMap, "ns", "c-0001") || snap.Space("other") != nil {
		t.Error("the wrong namespaces were read")
	}
	if ok, _ := snap.Knows(model.KindConfigMap, "empty"); !ok {
		t.Error("a namespace without objects is not known")
	}
	if f.sent("list configmaps ns") != 1 || f.sent("list configmaps other") != 0 || f.sent("list namespaces") != 0 {
		t.Error("more, or less, than the chosen namespaces was asked for")
	}
}

func TestListWithoutWatchIsReadOnceAndSaid(t *testing.T) {
	f := newFake(t)
	configMaps(f, 2)
	f.denied["watch configmaps"] = true
	s := f.open(onlyConfigMaps, quietFor)
	snap := await(t, s, "what the list held", func(snap *model.Snapshot) bool {
		w, _ := snap.State(model.KindConfigMap, "")
		return w.State == model.Stale && strings.Contains(w.Message, "forbidden to tester (watch configmaps)")
	})
	if !has(snap, model.KindConfigMap, "ns", "c-0001") {
		t.Error("it was not read")
	}
}

func TestCustomResources(t *testing.T) {
	f := newFake(t)
	f.resource("customresourcedefinitions", "apiextensions.k8s.io/v1", "CustomResourceDefinition")
	f.resource("things", "x.io/v1", "Thing")
	crd := object("", "things.x.io", `{"spec":{"group":"x.io","scope":"Namespaced","names":{"kind":"Thing","plural":"things"},"versions":[{"name":"v1beta1","served":true},{"name":"v1","served":true,"storage":true}]},"status":{"conditions":[{"type":"Established","status":"True"}]}}`)
	f.put("customresourcedefinitions", crd)
	f.put("things", object("ns", "one", `{"spec":{"secretName":"s"},"status":{"phase":"Ready"}}`))
	s := f.open(Options{Kinds: []model.Kind{model.KindCustom}}, quietFor)
	settle(t, s)
	ref := model.Ref{Kind: "Thing.x.io", Namespace: "ns", Name: "one"}
	snap := await(t, s, "the resource", func(snap *model.Snapshot) bool { return snap.Row(ref) != nil })
	o, _ := model.Get[*model.Object](snap, ref)
	if o.Detail != "Ready" || len(o.Refs) != 1 || o.Refs[0].To.Name != "s" {
		t.Errorf("got %+v", o)
	}
	if ok, why := snap.Knows(model.KindCustom, "ns"); !ok {
		t.Error(why)
	}
	f.remove("customresourcedefinitions", "", "things.x.io")
	await(t, s, "its end", func(snap *model.Snapshot) bool { return snap.Row(ref) == nil })
}

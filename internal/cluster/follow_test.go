package cluster

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

const sentinel = "S3NT1NEL-do-not-keep"

// stored is a record as Helm writes it, in the JSON of a Secret.
func stored(t *testing.T, name string, revision int, status string) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{
		"name": name, "namespace": "ns", "version": revision, "config": map[string]string{"password": sentinel},
		"info": map[string]any{"status": status, "description": "d"}, "chart": map[string]any{"metadata": map[string]any{"name": "chart", "version": "1.0.0"}},
		"manifest": "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  p: " + sentinel + "\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	w.Close()
	inner := base64.StdEncoding.EncodeToString(zipped.Bytes())
	return base64.StdEncoding.EncodeToString([]byte(inner))
}

func record(t *testing.T, name string, revision int, status string) map[string]any {
	t.Helper()
	return object("ns", model.RecordName(name, revision), fmt.Sprintf(
		`{"type":"helm.sh/release.v1","metadata":{"labels":{"name":%q,"owner":"helm","status":%q,"version":"%d"}},"data":{"release":%q}}`,
		name, status, revision, stored(t, name, revision, status)))
}

func helmServer(t *testing.T) *fake {
	f := newFake(t)
	r := f.resource("secrets", "v1", "Secret")
	r.selector = func(query string, o map[string]any) bool {
		is := o["type"] == "helm.sh/release.v1"
		return strings.Contains(query, "type!=") != is
	}
	f.resource("configmaps", "v1", "ConfigMap").selector = func(query string, _ map[string]any) bool { return strings.Contains(query, "owner!=helm") }
	return f
}

var onlyRecords = Options{Kinds: []model.Kind{model.KindRecord}}

func newest(snap *model.Snapshot, name string) *model.Record {
	r := snap.Release("ns", name)
	if r == nil {
		return nil
	}
	return r.Newest()
}

func TestBodiesOfNewestRecords(t *testing.T) {
	f := helmServer(t)
	for i := range 30 {
		for revision := range 2 {
			f.put("secrets", record(t, fmt.Sprint("app-", i), revision+1, "deployed"))
		}
	}
	var mu sync.Mutex
	atOnce, most, got := 0, 0, map[string]int{}
	release := make(chan struct{})
	f.gets = func(_, _, name string) {
		mu.Lock()
		atOnce++
		most = max(most, atOnce)
		got[name]++
		if most == bodiesAtOnce {
			select {
			case <-release:
			default:
				close(release)
			}
		}
		mu.Unlock()
		<-release
		mu.Lock()
		atOnce--
		mu.Unlock()
	}
	s := f.open(onlyRecords, quietFor)
	settle(t, s)
	snap, _ := s.Snapshot()
	if w, _ := snap.State(model.KindRecord, "ns"); w.State != model.Live || w.Objects != 60 || w.Resource != "releases" {
		t.Errorf("coverage %+v", w)
	}
	for i := range 30 {
		rel := snap.Release("ns", fmt.Sprint("app-", i))
		if rel == nil || len(rel.Records) != 2 {
			t.Fatalf("app-%d: %+v", i, rel)
		}
		if b := rel.Newest().Body; b == nil || b.Problem != "" || b.Status != "deployed" || b.Version != 2 {
			t.Errorf("app-%d: body %+v", i, b)
		}
		if rel.First().Body != nil {
			t.Errorf("app-%d: the older revision has a body", i)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if most > bodiesAtOnce || len(got) != 30 {
		t.Errorf("%d at once, %d bodies read", most, len(got))
	}
	text, err := json.Marshal(snap.Spaces["ns"].Tables)
	if err != nil || bytes.Contains(text, []byte(sentinel)) {
		t.Errorf("a value of a release is in the store (%v)", err)
	}
}

// Label and body of a record are never of two versions, and a superseded record
// gives its body back.
func TestUpgradeIsShownAtOnce(t *testing.T) {
	f := helmServer(t)
	f.put("secrets", record(t, "app", 1, "deployed"))
	s := f.open(onlyRecords, quietFor)
	settle(t, s)
	consistent := func(snap *model.Snapshot) {
		r := newest(snap, "app")
		if r == nil || r.Body == nil || r.Body.Status != r.LabelStatus || r.Body.ResourceVersion != r.ResourceVersion {
			t.Errorf("shown: %+v, body %+v", r, r.Body)
		}
	}
	f.put("secrets", record(t, "app", 2, "pending-upgrade"))
	await(t, s, "the upgrade", func(snap *model.Snapshot) bool { consistent(snap); return newest(snap, "app").Revision == 2 })
	f.put("secrets", record(t, "app", 1, "superseded"))
	f.put("secrets", record(t, "app", 2, "deployed"))
	snap := await(t, s, "its end", func(snap *model.Snapshot) bool {
		consistent(snap)
		return newest(snap, "app").LabelStatus == "deployed" && newest(snap, "app").Revision == 2 && snap.Release("ns", "app").First().LabelStatus == "superseded"
	})
	if first := snap.Release("ns", "app").First(); first.Revision != 1 || first.Body != nil {
		t.Errorf("the superseded record: %+v", first)
	}
	f.remove("secrets", "ns", model.RecordName("app", 2))
	await(t, s, "the older one's body", func(snap *model.Snapshot) bool { r := newest(snap, "app"); return r.Revision == 1 && r.Body != nil })
	if !live(model.KindRecord, 1)(await(t, s, "its count", live(model.KindRecord, 1))) {
		t.Error("not live")
	}
}

func TestBodiesThatMayNotBeRead(t *testing.T) {
	f := helmServer(t)
	for i := range 40 {
		f.put("secrets", record(t, fmt.Sprint("app-", i), 1, "deployed"))
	}
	f.denied["get secrets"] = true
	s := f.open(onlyRecords, quietFor)
	settle(t, s)
	snap, _ := s.Snapshot()
	if _, why := snap.Knows(model.KindRecord, "ns"); why != "releases: forbidden to tester (get secrets in namespace ns)" {
		t.Errorf("said %q", why)
	}
	if len(snap.Space("ns").Releases()) != 40 {
		t.Error("the releases are not shown")
	}
	if n := f.sent("get secrets"); n > bodiesRefused+bodiesAtOnce {
		t.Errorf("asked %d times for what is forbidden", n)
	}
}

func crashing1(restarts int, waiting bool) string {
	state := `{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}}`
	if !waiting {
		state = `{"running":{"startedAt":"2026-01-02T15:04:05Z"}}`
	}
	return fmt.Sprintf(`{"spec":{"containers":[{"name":"app","image":"i"}]},"status":{"phase":"Running","containerStatuses":[{"name":"app","ready":%v,"restartCount":%d,"state":%s,"lastState":{"terminated":{"exitCode":1,"reason":"Error"}}}]}}`, !waiting, restarts, state)
}

var onlyLogs = Options{Kinds: []model.Kind{model.KindLogTail}}

func TestPreviousLogOfACrashingContainer(t *testing.T) {
	f := newFake(t)
	f.resource("pods", "v1", "Pod")
	f.put("pods", object("ns", "web", crashing1(2, true)))
	f.put("pods", object("ns", "well", crashing1(0, false)))
	f.logs["web/app"] = "\x1b[31mpassword=" + sentinel + "\nsecrets \"db\" not found\n"
	s := f.open(onlyLogs, quietFor)
	settle(t, s)
	snap, _ := s.Snapshot()
	ref := model.Ref{Kind: model.KindLogTail, Namespace: "ns", Name: "web/app"}
	tail, ok := model.Get[*model.LogTail](snap, ref)
	if !ok || tail.Restarts != 2 || tail.Error != "" || len(tail.Missing) != 1 || tail.Missing[0].Name != "db" || tail.Missing[0].Kind != model.KindSecret {
		t.Fatalf("got %+v", tail)
	}
	if text := strings.Join(tail.Lines, "\n"); strings.Contains(text, sentinel) || strings.Contains(text, "\x1b") {
		t.Errorf("kept %q", text)
	}
	if w, _ := snap.State(model.KindLogTail, "ns"); w.State != model.Live || w.Resource != "podlogs" {
		t.Errorf("coverage %+v", w)
	}
	// The same restart again, then another: it is read once a run, and not more often than logEvery.
	f.put("pods", object("ns", "web", strings.Replace(crashing1(2, true), "back-off", "back-off again", 1)))
	f.put("pods", object("ns", "web", crashing1(3, true)))
	await(t, s, "the third restart", func(snap *model.Snapshot) bool {
		p, ok := model.Get[*model.Pod](snap, model.Ref{Kind: model.KindPod, Namespace: "ns", Name: "web"})
		return ok && p.Containers[0].Restarts == 3
	})
	if n := f.sent("get pods/log"); n != 1 {
		t.Errorf("%d readings", n)
	}
	f.put("pods", object("ns", "web", crashing1(3, false)))
	await(t, s, "recovery", func(snap *model.Snapshot) bool { return snap.Row(ref) == nil })
}

// A container that ends again while its log is read has another reading coming, at
// most every logEvery. What is known at first does not wait for that.
func TestAnEverRestartingContainerKeepsNothingFromSettling(t *testing.T) {
	f := newFake(t)
	f.resource("pods", "v1", "Pod")
	f.put("pods", object("ns", "web", crashing1(2, true)))
	f.logs["web/app"] = "oh no\n"
	opened, seen := make(chan *Source, 1), false
	f.gets = func(resource, _, _ string) {
		if resource != "pods/log" || seen {
			return
		}
		seen = true
		s := <-opened
		f.put("pods", object("ns", "web", crashing1(3, true)))
		await(t, s, "the third restart", func(snap *model.Snapshot) bool {
			p, ok := model.Get[*model.Pod](snap, model.Ref{Kind: model.KindPod, Namespace: "ns", Name: "web"})
			return ok && p.Containers[0].Restarts == 3
		})
	}
	s := f.open(onlyLogs, quietFor)
	opened <- s
	settle(t, s)
	if n := f.sent("get pods/log"); n != 1 {
		t.Errorf("%d readings", n)
	}
}

func TestLogThatMayNotBeRead(t *testing.T) {
	f := newFake(t)
	f.resource("pods", "v1", "Pod")
	f.put("pods", object("ns", "web", crashing1(1, true)))
	f.denied["get pods/log"] = true
	s := f.open(onlyLogs, quietFor)
	settle(t, s)
	snap, _ := s.Snapshot()
	if _, why := snap.Knows(model.KindLogTail, "ns"); why != "podlogs: forbidden to tester (get pods/log in namespace ns)" {
		t.Errorf("said %q", why)
	}
	tail, ok := model.Get[*model.LogTail](snap, model.Ref{Kind: model.KindLogTail, Namespace: "ns", Name: "web/app"})
	if !ok || !tail.Forbidden {
		t.Errorf("got %+v", tail)
	}
}

func TestLogsWithoutPods(t *testing.T) {
	f := newFake(t)
	f.resource("pods", "v1", "Pod").forbidden = true
	s := f.open(onlyLogs, quietFor)
	settle(t, s)
	snap, _ := s.Snapshot()
	if _, why := snap.Knows(model.KindLogTail, "ns"); why != "podlogs: pods: forbidden to tester (list pods)" {
		t.Errorf("said %q", why)
	}
}

func TestRecordOfTheLargestSize(t *testing.T) {
	for _, n := range []int{0, 1, 3 << 20, maxStored, maxStored + 1} {
		var b buffer
		_, _, err := b.stored(strings.NewReader(strings.Repeat("x", n)))
		if err == nil {
			t.Errorf("%d bytes of x were taken for a record", n)
		}
	}
}

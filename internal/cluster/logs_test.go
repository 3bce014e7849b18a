package cluster

import (
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// What runs and is not ready says why in the log of its present run, and what crashes
// in the one before; a container that has only just begun is not asked.
func TestTheLogOfAContainerThatIsNotReady(t *testing.T) {
	f := newFake(t)
	f.resource("pods", "v1", "Pod")
	pod := func(name, container, state, since string) {
		f.put("pods", object("ns", name, `{"spec":{"containers":[{"name":"app","image":"i"}],"initContainers":[{"name":"wait","image":"i"}]},"status":{"phase":"Pending",
			"conditions":[{"type":"Ready","status":"False","lastTransitionTime":"`+since+`"}],
			"initContainerStatuses":[{"name":"`+container+`","restartCount":0,"ready":false,"state":`+state+`}]}}`))
	}
	pod("waits", "wait", `{"running":{"startedAt":"2026-01-02T15:04:05Z"}}`, "2026-01-02T15:04:05Z")
	pod("begins", "wait", `{"running":{"startedAt":"2026-01-02T15:04:05Z"}}`, "2999-01-02T15:04:05Z")
	f.logs["waits/wait"] = "waiting for ledger-db:5432: connection refused\n"
	f.logs["begins/wait"] = "open /x: no such file or directory\n"
	s := f.open(onlyLogs, quietFor)
	snap := await(t, s, "the log", func(snap *model.Snapshot) bool {
		return snap.Row(model.Ref{Kind: model.KindLogTail, Namespace: "ns", Name: "waits/wait"}) != nil
	})
	tail, _ := model.Get[*model.LogTail](snap, model.Ref{Kind: model.KindLogTail, Namespace: "ns", Name: "waits/wait"})
	if tail.Telling == nil || tail.Telling.Host != "ledger-db" || tail.Telling.Port != 5432 {
		t.Errorf("got %+v", tail.Telling)
	}
	settle(t, s)
	if n := f.sent("get pods/log"); n != 1 {
		t.Errorf("%d readings", n)
	}
}

// A run that ended without a word is told of by the next, which is under way.
func TestThePresentRunTellsWhatTheLastDidNot(t *testing.T) {
	f := newFake(t)
	f.resource("pods", "v1", "Pod")
	f.put("pods", object("ns", "web", `{"spec":{"containers":[{"name":"app","image":"i"}]},"status":{"phase":"Running","containerStatuses":[
		{"name":"app","ready":false,"restartCount":3,"state":{"running":{"startedAt":"2999-01-02T15:04:05Z"}},"lastState":{"terminated":{"exitCode":1,"finishedAt":"2999-01-02T15:04:05Z"}}}]}}`))
	f.logs["web/app"] = "starting\n"
	s := f.open(onlyLogs, quietFor)
	settle(t, s)
	if n := f.sent("get pods/log"); n != 2 {
		t.Errorf("%d readings", n)
	}
}

// well puts a pod that runs and is ready, of a workload whose name begins its own.
func (f *fake) well(name string) {
	f.put("pods", object("ns", name, `{"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"`+name[:3]+`","controller":true}]},
		"spec":{"containers":[{"name":"app","image":"i"}]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],
		"containerStatuses":[{"name":"app","ready":true,"restartCount":0,"state":{"running":{"startedAt":"2026-01-02T15:04:05Z"}}}]}}`))
}

// refused is what a container says that cannot reach what it needs.
var refused = strings.Repeat("ERROR dial tcp ledger:5432: connect: connection refused\n", 3)

// What a ready container says again and again is read where that is asked for, from one pod
// of each workload; what it said as it started is not kept.
func TestTheLogsOfReadyContainers(t *testing.T) {
	f := newFake(t)
	f.resource("pods", "v1", "Pod")
	for _, name := range []string{"api-1", "api-2", "web-1"} {
		f.well(name)
	}
	f.logs["api-1/app"], f.logs["api-2/app"] = refused, refused
	f.logs["web-1/app"] = refused + "INFO connected\n"
	for _, asked := range []bool{false, true} {
		before := f.sent("get pods/log")
		options := onlyLogs
		options.ReadyLogs = asked
		s := f.open(options, quietFor)
		settle(t, s)
		snap, _ := s.Snapshot()
		var rows []*model.LogTail
		for _, space := range snap.Spaces {
			rows = append(rows, slices.Collect(model.Each[*model.LogTail](space, model.KindLogTail))...)
		}
		want := 0
		if asked {
			want = 1
		}
		if len(rows) != want || asked && (!rows[0].Well || rows[0].Times != 3 || rows[0].Telling.Host != "ledger") {
			t.Errorf("asked %t: %d rows: %+v", asked, len(rows), rows)
		}
		if n := f.sent("get pods/log") - before; n != 2*want {
			t.Errorf("asked %t: %d readings", asked, n)
		}
	}
}

// Where the pod goes whose log was read for its workload, another's is read.
func TestAnotherPodStandsForThoseLikeIt(t *testing.T) {
	f := newFake(t)
	f.resource("pods", "v1", "Pod")
	f.well("api-1")
	f.well("api-2")
	f.logs["api-1/app"], f.logs["api-2/app"] = refused, refused
	options := onlyLogs
	options.ReadyLogs = true
	s := f.open(options, quietFor)
	settle(t, s)
	heard := func(pod string) func(*model.Snapshot) bool {
		return func(snap *model.Snapshot) bool { return has(snap, model.KindLogTail, "ns", pod+"/app") }
	}
	await(t, s, "the log of the first", heard("api-1"))
	f.watched("pods")
	f.remove("pods", "ns", "api-1")
	snap := await(t, s, "the log of the other", heard("api-2"))
	if heard("api-1")(snap) {
		t.Error("the log of a pod that went is still there")
	}
}

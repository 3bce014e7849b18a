package about

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/scene"
)

// shop is a look at a Deployment whose pods are ready, and at what they need.
func shop(t testing.TB) *engine.Report {
	t.Helper()
	s, err := scene.Load(filepath.Join("testdata", "shop.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return engine.Look(s.Snapshot, probes.All(), s.Settings, s.Now)
}

func in(kind model.Kind, name string) model.Ref {
	return model.Ref{Kind: kind, Namespace: "shop", Name: name}
}

// told is what a container of checkout's newest pod says.
func told(line string) inspect.LogSaid {
	tail := logtail.ReadStamped("2026-01-02T15:00:00Z ok\n2026-01-02T15:01:00Z " + line + "\n2026-01-02T15:02:00Z ok\n")
	return inspect.LogSaid{LogRun: inspect.LogRun{Pod: in(model.KindPod, "checkout-1-d"), Container: "app"}, Lines: 3, Telling: tail.Telling, At: tail.At}
}

func TestTheLogsOfAnObject(t *testing.T) {
	r := shop(t)
	for _, c := range []struct {
		ref               model.Ref
		runs, mute, which string
	}{
		{in(model.KindDeployment, "checkout"), "checkout-1-d/app checkout-1-b/app checkout-1-b/proxy checkout-1-a/app checkout-1-a/proxy", "checkout-1-d/proxy", "of the newest, the oldest and one that is not ready of 4 pods"},
		{in(model.KindService, "checkout"), "checkout-1-d/app checkout-1-b/app checkout-1-b/proxy checkout-1-a/app checkout-1-a/proxy", "checkout-1-d/proxy", "of the newest, the oldest and one that is not ready of 4 pods"},
		{in(model.KindPod, "checkout-1-c"), "checkout-1-c/app checkout-1-c/proxy", "", "of 1 pod"},
		{in(model.KindJob, "once"), "once-1/app", "", "of 1 pod"},
		{in(model.KindService, "db"), "", "", "it has no pods that careen knows of"},
		{in(model.KindNetworkPolicy, "all"), "", "", "it has no pods that careen knows of"},
		{in(model.KindSecret, "db"), "", "", "it has no pods that careen knows of"},
	} {
		logs := LogsOf(r, c.ref)
		var runs, mute []string
		for _, run := range logs.Runs {
			runs = append(runs, run.Pod.Name+"/"+run.Container)
		}
		for _, s := range logs.Mute {
			mute = append(mute, s.Pod.Name+"/"+s.Container)
			if s.Unread != "it has not started (ContainerCreating)" {
				t.Errorf("%s: %s", c.ref, s.Unread)
			}
		}
		if got := strings.Join(runs, " "); got != c.runs || strings.Join(mute, " ") != c.mute || logs.Which() != c.which {
			t.Errorf("%s: read %q, not %q, %s", c.ref, got, mute, logs.Which())
		}
	}
}

func TestNoMoreLogsAreReadThanTheBound(t *testing.T) {
	r := shop(t)
	pod, _ := model.Get[*model.Pod](r.Snapshot, in(model.KindPod, "checkout-1-c"))
	for i := range 20 {
		pod.Containers = append(pod.Containers, model.ContainerStatus{Name: fmt.Sprint("side-", i), Ready: true, Running: r.At})
	}
	if logs := LogsOf(r, pod.Ref()); len(logs.Runs) != inspect.MostRuns || logs.Left != 22-inspect.MostRuns {
		t.Errorf("%d are read, %d left", len(logs.Runs), logs.Left)
	}
}

func TestTheRunBeforeIsReadOfWhatWaitsToBeStarted(t *testing.T) {
	r := shop(t)
	pod, _ := model.Get[*model.Pod](r.Snapshot, in(model.KindPod, "checkout-1-c"))
	pod.Containers = []model.ContainerStatus{
		{Name: "waits", Restarts: 3, Waiting: &model.Waiting{Reason: "CrashLoopBackOff"}, LastExit: &model.Exit{Code: 1, Finished: r.At}},
		{Name: "runs", Restarts: 3, Running: r.At, LastExit: &model.Exit{Code: 1, Finished: r.At}},
		{Name: "ended", Exit: &model.Exit{Code: 1, Finished: r.At}, Restarts: 1},
		{Name: "init", Init: true, Exit: &model.Exit{Code: 1, Finished: r.At}},
	}
	var got []string
	for _, run := range LogsOf(r, pod.Ref()).Runs {
		got = append(got, fmt.Sprint(run.Container, " ", run.Previous))
	}
	if want := "waits true, runs false, ended false, init false"; strings.Join(got, ", ") != want {
		t.Error(got)
	}
}

func TestWhatALogSaysIsJoinedToWhatItNames(t *testing.T) {
	r := shop(t)
	before := len(r.Findings)
	for line, want := range map[string][]string{
		`dial tcp: lookup db on 10.0.0.10:53: no such host`:                              {"host db does not resolve, though Service shop/db exists", "Service shop/db"},
		`could not connect: connection to server at "db", port 5432: Connection refused`: {"db:5432 refuses the connection, and Service db has no pods", "Service shop/db"},
		`FATAL: password authentication failed for user "shop"`:                          {"the login of user shop is refused (DB_PASSWORD comes from key password of Secret db)", "Secret shop/db"},
		`open /etc/checkout/orders.yaml: no such file or directory`:                      {"ConfigMap checkout, which is mounted at /etc/checkout, has no key orders.yaml", "ConfigMap shop/checkout"},
		`write /var/lib/x: no space left on device`:                                      {"the disk of /var/lib/x is full", ""},
		`ERROR: relation "orders" does not exist`:                                        {"the schema of its database is not as it expects: orders", ""},
		`pods is forbidden: User "system:serviceaccount:shop:checkout" cannot list resource "pods" in API group "" in the namespace "shop"`: {
			"it may not list pods in namespace shop, and no role of its ServiceAccount checkout grants it", "ServiceAccount shop/checkout",
		},
		"ERROR \x1b[31mthe ledger\x07 is not balanced \u202e": {`its log says "ERROR the ledger is not balanced`, ""},
	} {
		says := Said(r, Logs{}, []inspect.LogSaid{told(line)})
		if len(says) != 1 || !strings.Contains(says[0].Words, want[0]) || !says[0].At.Equal(time.Date(2026, 1, 2, 15, 1, 0, 0, time.UTC)) {
			t.Errorf("%s\n  %+v", line, says)
			continue
		}
		var refs strings.Builder
		for _, e := range says[0].Evidence {
			refs.WriteString(e.Ref.String() + " ")
		}
		if says[0].Evidence[0].Path != "log" || !strings.Contains(refs.String(), want[1]) {
			t.Errorf("%s\n  %+v", line, says[0].Evidence)
		}
	}
	if len(r.Findings) != before || r.Find("account-forbidden:shop/ServiceAccount/checkout#list pods") != nil {
		t.Error("what a log says became a finding")
	}
}

func TestWhatALogSaysLeadsToWhatIsFound(t *testing.T) {
	r := shop(t)
	unreachable := r.Find("service-unreachable:shop/Service/db")
	if unreachable == nil {
		t.Fatal("nothing is found of the Service")
	}
	says := Said(r, Logs{}, []inspect.LogSaid{told(`dial tcp: lookup db: no such host`)})
	if len(says[0].Causes) != 1 || says[0].Causes[0] != unreachable {
		t.Errorf("%+v", says[0].Causes)
	}
}

func TestWhatIsNotKnownIsSaid(t *testing.T) {
	r := shop(t)
	run := inspect.LogRun{Pod: in(model.KindPod, "checkout-1-d"), Container: "app"}
	says := Said(r, Logs{}, []inspect.LogSaid{{LogRun: run, Unread: "forbidden to viewer (get pods/log)"}, {LogRun: run}, {LogRun: run, Lines: 3}, told("connection refused")})
	says = append(says, Said(r, Logs{Mute: []inspect.LogSaid{{LogRun: run, Unread: "it has not started"}}}, nil)...)
	var got []string
	for i := range says {
		got = append(got, fmt.Sprint(says[i].Words != "", " ", says[i].Quiet(), " ", says[i].Unknown()))
	}
	for i, want := range []string{
		"true", "false not known: forbidden to viewer (get pods/log) true", "false its log is empty false",
		"false nothing in its last 3 lines tells of anything wrong false", "false it has not started false",
	} {
		if !strings.HasPrefix(got[i], want) {
			t.Errorf("%q, want %q", got[i], want)
		}
	}
	for _, s := range Kept(r, []inspect.LogRun{run}) {
		if s.Unread != "the snapshot does not hold its log" {
			t.Errorf("%+v", s)
		}
	}
}

// TestWhatADumpHoldsOfAReadyContainer is its line that tells most, were it said only once, and
// otherwise how many lines tell of nothing.
func TestWhatADumpHoldsOfAReadyContainer(t *testing.T) {
	r := shop(t)
	run := inspect.LogRun{Pod: in(model.KindPod, "checkout-1-d"), Container: "app"}
	once := &model.Telling{Class: model.LogRefused, Host: "db"}
	for _, tt := range []struct {
		tail model.LogTail
		want *model.Telling
	}{
		{model.LogTail{Of: 7}, nil},
		{model.LogTail{Of: 7, Said: once}, once},
		{model.LogTail{Of: 7, Said: once, Telling: &model.Telling{Class: model.LogDisk}, Times: 3}, &model.Telling{Class: model.LogDisk}},
	} {
		tt.tail.Meta = model.Meta{Kind: model.KindLogTail, Namespace: run.Pod.Namespace, Name: run.Pod.Name + "/app"}
		tt.tail.Well = true
		r.Snapshot.Spaces[run.Pod.Namespace].Tables[model.KindLogTail] = model.Table{&tt.tail}
		got := Kept(r, []inspect.LogRun{run})[0]
		if got.Unread != "" || got.Lines != 7 || !reflect.DeepEqual(got.Telling, tt.want) {
			t.Errorf("got %+v, want %+v", got, tt.want)
		}
	}
}

func TestTheFindingsThatTouchAnObject(t *testing.T) {
	r := shop(t)
	add := func(severity finding.Severity, probe finding.ProbeID, ref model.Ref, f finding.Finding) finding.ID {
		f.Probe, f.Subject, f.Severity = probe, ref, severity
		r.Findings = append(r.Findings, &f)
		return f.ID()
	}
	checkout := in(model.KindDeployment, "checkout")
	r = &engine.Report{At: r.At, Snapshot: r.Snapshot, Graph: r.Graph}
	add(finding.Low, "of-itself", checkout, finding.Finding{Causes: []finding.ID{"why:/Node/elsewhere"}})
	add(finding.Low, "why", model.Ref{Kind: model.KindNode, Name: "elsewhere"}, finding.Finding{})
	add(finding.High, "of-a-pod", in(model.KindPod, "checkout-1-a"), finding.Finding{})
	add(finding.High, "of-its-node", model.Ref{Kind: model.KindNode, Name: "node-1"}, finding.Finding{})
	add(finding.High, "of-what-it-names", in(model.KindService, "db"), finding.Finding{})
	add(finding.Low, "of-what-it-mounts", in(model.KindConfigMap, "checkout"), finding.Finding{})
	add(finding.Low, "of-its-policy", in(model.KindNetworkPolicy, "all"), finding.Finding{})
	add(finding.Low, "that-names-it", in(model.KindSecret, "stranger"), finding.Finding{Evidence: []finding.Evidence{{Ref: checkout}}})
	add(finding.Critical, "of-another", in(model.KindJob, "once"), finding.Finding{})
	add(finding.Critical, "of-the-space", model.Ref{Kind: model.KindNamespace, Name: "shop"}, finding.Finding{})
	o := Of(r, checkout, Logs{}, nil)
	var got []string
	for _, touch := range o.Touch {
		got = append(got, string(touch.Probe)+" "+string(touch.How))
	}
	want := []string{
		"of-a-pod about it", "of-itself about it", "why explains the above", "that-names-it names it",
		"of-the-space joined to it", "of-what-it-names joined to it", "of-its-node joined to it", "of-its-policy joined to it", "of-what-it-mounts joined to it",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || o.State != "3/4 ready" {
		t.Errorf("%s\n%s", o.State, strings.Join(got, "\n"))
	}
	for i := range 100 {
		add(finding.High, finding.ProbeID(fmt.Sprint("more-", i)), checkout, finding.Finding{})
	}
	r = &engine.Report{At: r.At, Snapshot: r.Snapshot, Graph: r.Graph, Findings: r.Findings}
	if o := Of(r, checkout, Logs{}, nil); len(o.Touch) != mostTouching || o.More != 109-mostTouching {
		t.Errorf("%d, %d more", len(o.Touch), o.More)
	}
	if o := Of(r, in(model.KindPod, "checkout-1-d"), Logs{}, nil); o.State != "Running; app ready; proxy waits (ContainerCreating); on node node-1" {
		t.Error(o.State)
	}
}

package timeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

func ref(kind model.Kind, name string) model.Ref {
	return model.Ref{Kind: kind, Namespace: "metrics", Name: name}
}

func meta(kind model.Kind, name string, created time.Time, writes ...model.Write) model.Meta {
	return model.Meta{Kind: kind, Namespace: "metrics", Name: name, UID: "uid-" + name, Created: created, Writes: writes}
}

func snapshot(rows ...model.Row) *model.Snapshot {
	tables := map[model.Kind]model.Table{}
	for _, r := range rows {
		tables[r.Base().Kind] = append(tables[r.Base().Kind], r)
	}
	for _, t := range tables {
		slices.SortFunc(t, func(a, b model.Row) int { return strings.Compare(a.Base().Name, b.Base().Name) })
	}
	snap := &model.Snapshot{Spaces: map[string]*model.Space{"metrics": model.NewSpace("metrics", 1, tables)}}
	for _, info := range model.Builtin {
		snap.Coverage = append(snap.Coverage, model.Watch{Kind: info.Kind, Resource: info.Resource, State: model.Live})
	}
	snap.Coverage = append(snap.Coverage, model.Watch{Kind: model.KindRecord, State: model.Live})
	return snap
}

// cluster is the incident of metrics: a StatefulSet of which a config map lists two
// pods, scaled to three.
func cluster() []model.Row {
	pod := func(name string, created time.Time) *model.Pod {
		p := &model.Pod{Template: &model.Template{}, Meta: meta(model.KindPod, name, created), Phase: "Running", Ready: true}
		p.Owners = []model.Owner{{Kind: model.KindStatefulSet, Name: "vmstorage", UID: "uid-vmstorage", Controller: true}}
		return p
	}
	set := &model.Workload{Meta: meta(model.KindStatefulSet, "vmstorage", at(-9000), model.Write{Manager: "helm", Time: at(-9000), Spec: true}), Desired: 3, ServiceName: "vmstorage-headless"}
	host := func(n int) model.Host {
		return model.Host{Raw: fmt.Sprintf("vmstorage-%d.vmstorage-headless", n), Set: "vmstorage", Ordinal: n, Service: "vmstorage-headless"}
	}
	list := &model.ConfigMap{
		Meta: meta(model.KindConfigMap, "env", at(-9000), model.Write{Manager: "helm", Time: at(-9000), Data: true}), Keys: []model.DataKey{{Name: "ADDR"}},
		Hosts: []model.HostList{{Path: "data.ADDR", Field: "ADDR", Members: []model.Host{host(0), host(1)}}},
	}
	insert := &model.Workload{Meta: meta(model.KindDeployment, "vminsert", at(-9000)), Desired: 1}
	insert.Refs = []model.Reference{{Type: model.EdgeEnvFrom, To: ref(model.KindConfigMap, "env"), Path: "spec"}}
	return []model.Row{set, list, insert, pod("vmstorage-0", at(-8990)), pod("vmstorage-1", at(-8980)), pod("vmstorage-2", at(-6))}
}

func stale(since time.Time) *finding.Finding {
	return &finding.Finding{
		Probe: probes.MemberListStale.ID, Subject: ref(model.KindConfigMap, "env"), Severity: finding.High, Since: since,
		Evidence: []finding.Evidence{{Ref: ref(model.KindStatefulSet, "vmstorage")}},
	}
}

func timeline(snap *model.Snapshot, f *finding.Finding, change func(*Input)) *Line {
	var g *graph.Graph
	in := Input{Snapshot: snap, Graph: g.Update(snap), About: f.Subject, Finding: f}
	if change != nil {
		change(&in)
	}
	return Make(in)
}

func suspect(t *testing.T, l *Line, ref model.Ref, what string) {
	t.Helper()
	if l.Suspect == nil {
		t.Fatalf("no suspect among %s", list(l))
	}
	if l.Suspect.Ref != ref || !strings.Contains(l.Suspect.What, what) {
		t.Errorf("the suspect is %s %q; %s", l.Suspect.Ref, l.Suspect.What, list(l))
	}
	n := 0
	for _, e := range l.Entries {
		if e.Suspect {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d entries are marked", n)
	}
}

func list(l *Line) string {
	var b strings.Builder
	for _, e := range l.Entries {
		fmt.Fprintf(&b, "\n  %s %-10s %s %s by %q change=%t", e.At.Format(time.TimeOnly), e.Source, e.Ref, e.What, e.By, e.Change)
	}
	return b.String()
}

func TestAScalingWithoutATimeIsTheSuspect(t *testing.T) {
	l := timeline(snapshot(cluster()...), stale(at(-6)), func(in *Input) {
		in.Untimed = []Untimed{{ref(model.KindStatefulSet, "vmstorage"), "kubectl", "scale"}}
	})
	suspect(t, l, ref(model.KindStatefulSet, "vmstorage"), "spec.replicas set to 3")
	if l.Suspect.By != "kubectl (scale)" || !l.Suspect.Latest {
		t.Errorf("%+v", l.Suspect)
	}
}

func TestWhatWasSeenIsExact(t *testing.T) {
	rows := cluster()
	before := snapshot(rows[:5]...)
	was := *rows[0].(*model.Workload)
	was.Desired = 2
	before.Spaces["metrics"].Tables[model.KindStatefulSet] = model.Table{&was}
	var w Witness
	w.Observe(before, at(-60))
	if len(w.Seen()) > 0 {
		t.Errorf("the first look brings nothing new: %+v", w.Seen())
	}
	now := snapshot(rows...)
	w.Observe(now, at(-10))
	l := timeline(now, stale(at(-6)), func(in *Input) {
		in.Seen = w.Seen()
		in.Untimed = []Untimed{{ref(model.KindStatefulSet, "vmstorage"), "kubectl", "scale"}}
	})
	suspect(t, l, ref(model.KindStatefulSet, "vmstorage"), "spec.replicas 2 -> 3")
	if l.Gap != 4*time.Second || l.Suspect.By != "kubectl (scale)" || l.Suspect.Source != Seen {
		t.Errorf("gap %s, %+v", l.Gap, l.Suspect)
	}
	if strings.Contains(list(l), "set to 3") {
		t.Error("told twice" + list(l))
	}
}

func record(revision int, created time.Time, status string) *model.Record {
	return &model.Record{
		Meta: meta(model.KindRecord, model.RecordName("vm", revision), created), Driver: model.KindSecret, Release: "vm", Revision: revision, LabelStatus: status,
		Body: &model.Body{Name: "vm", Namespace: "metrics", Status: status, Chart: "vm", ChartVersion: "1.0.0", LastDeployed: created, Objects: []model.Declared{{Ref: ref(model.KindConfigMap, "env")}, {Ref: ref(model.KindDeployment, "vminsert")}}},
	}
}

func TestAnUpgradeIsTheSuspectForWhatItWrote(t *testing.T) {
	rows := cluster()
	env := rows[1].(*model.ConfigMap)
	env.Annotations = map[string]string{"meta.helm.sh/release-name": "vm", "meta.helm.sh/release-namespace": "metrics"}
	env.Writes = []model.Write{{Manager: "helm", Time: at(-61), Data: true}}
	rows = append(rows, record(1, at(-9001), "superseded"), record(2, at(-63), "deployed"))
	l := timeline(snapshot(rows...), stale(at(-50)), nil)
	suspect(t, l, ref(model.KindRelease, "vm"), "upgrade: revision 2 (vm 1.0.0), deployed")
	if l.Gap != 13*time.Second {
		t.Errorf("gap %s", l.Gap)
	}
	// Somebody else's write in between is nobody's upgrade.
	env.Writes = []model.Write{{Manager: "kubectl-edit", Time: at(-61), Data: true}}
	suspect(t, timeline(snapshot(rows...), stale(at(-50)), nil), ref(model.KindConfigMap, "env"), "data changed")
}

func TestARolloutSaysWhatItChanged(t *testing.T) {
	set := func(name, revision, image string, created time.Time) *model.Workload {
		rs := &model.Workload{Meta: meta(model.KindReplicaSet, name, created), Revision: revision}
		rs.Owners = []model.Owner{{Kind: model.KindDeployment, Name: "vminsert", UID: "uid-vminsert", Controller: true}}
		rs.Template.Containers = []model.Container{{Name: "insert", Image: image}}
		return rs
	}
	rows := append(cluster(), set("vminsert-a", "1", "r.example/vm/insert:1", at(-9000)), set("vminsert-b", "2", "r.example/vm/insert:2", at(-30)))
	rows[2].(*model.Workload).Writes = []model.Write{{Manager: "argocd", Time: at(-30), Spec: true}}
	f := &finding.Finding{Probe: probes.ContainerFailing.ID, Subject: ref(model.KindDeployment, "vminsert"), Since: at(-20)}
	l := timeline(snapshot(rows...), f, nil)
	suspect(t, l, ref(model.KindDeployment, "vminsert"), "revision 2: image 1 -> 2")
	if l.Suspect.By != "argocd" {
		t.Errorf("by %q", l.Suspect.By)
	}
}

func TestNoSuspectWithoutAnOnsetOrACause(t *testing.T) {
	if l := timeline(snapshot(cluster()...), stale(time.Time{}), nil); l.Suspect != nil || !l.Onset.IsZero() {
		t.Errorf("%+v", l.Suspect)
	}
	if l := timeline(snapshot(cluster()...), stale(at(-6)), nil); l.Suspect != nil {
		t.Errorf("pods that a set makes are no cause: %+v", l.Suspect)
	}
	// A change after the onset, or long before it, is none either.
	for _, s := range []int{60, -20_000} {
		rows := cluster()
		rows[1].Base().Writes = []model.Write{{Manager: "kubectl", Time: at(s), Data: true}}
		rows[1].(*model.ConfigMap).Created = at(-90_000)
		if l := timeline(snapshot(rows...), stale(at(-6)), nil); l.Suspect != nil {
			t.Errorf("%+v", l.Suspect)
		}
	}
}

func TestEventsAreToldOnceAndRoutineIsLeftOut(t *testing.T) {
	l := timeline(snapshot(cluster()...), stale(at(-6)), func(in *Input) {
		for i := range 40 {
			in.Events = append(in.Events, inspect.Event{
				About: ref(model.KindPod, "vmstorage-2"), Warning: true, Reason: "BackOff", Message: fmt.Sprintf("Back-off restarting %ds", i), Count: 1, First: at(i), Last: at(i + 1),
			})
		}
		in.Events = append(in.Events,
			inspect.Event{About: ref(model.KindPod, "vmstorage-2"), Reason: "Pulled", First: at(1), Last: at(1)},
			inspect.Event{About: ref(model.KindPod, "elsewhere"), Reason: "BackOff", Warning: true, First: at(1), Last: at(1)})
	})
	n := 0
	for _, e := range l.Entries {
		if e.Source == Event {
			n++
			if e.Times != 40 || !e.At.Equal(at(0)) || !e.Until.Equal(at(40)) {
				t.Errorf("%+v", e)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d events: %s", n, list(l))
	}
}

func TestEntriesAreNewestFirstAndBounded(t *testing.T) {
	rows := cluster()
	for i := range 3000 {
		p := &model.Pod{Template: &model.Template{}, Meta: meta(model.KindPod, fmt.Sprintf("vmstorage-%d", 10+i), at(-i))}
		p.Owners = []model.Owner{{Kind: model.KindStatefulSet, Name: "vmstorage", UID: "uid-vmstorage", Controller: true}}
		rows = append(rows, p)
	}
	l := timeline(snapshot(rows...), stale(at(-6)), nil)
	if len(l.Entries) > maxEntries || l.Objects > maxNodes || !l.Cut {
		t.Errorf("%d entries, %d objects, cut %t", len(l.Entries), l.Objects, l.Cut)
	}
	for i := 1; i < len(l.Entries); i++ {
		if l.Entries[i].At.Truncate(time.Second).After(l.Entries[i-1].At.Truncate(time.Second)) {
			t.Fatalf("entry %d is newer than the one above", i)
		}
	}
}

func TestOwnerCyclesEnd(t *testing.T) {
	a := &model.Object{Meta: meta("A.x.example", "a", at(-5))}
	b := &model.Object{Meta: meta("A.x.example", "b", at(-5))}
	a.Owners = []model.Owner{{Kind: "A.x.example", Name: "b", UID: "uid-b", Controller: true}}
	b.Owners = []model.Owner{{Kind: "A.x.example", Name: "a", UID: "uid-a", Controller: true}}
	f := &finding.Finding{Probe: "x", Subject: a.Ref(), Since: at(0)}
	if l := timeline(snapshot(a, b), f, nil); l.Objects != 2 {
		t.Errorf("%d objects", l.Objects)
	}
}

func TestAWitnessTellsWhatDiffers(t *testing.T) {
	space := func(version uint64, rows ...model.Row) *model.Snapshot {
		s := snapshot(rows...)
		s.Spaces["metrics"].Version = version
		return s
	}
	claim := func(phase string) *model.Claim {
		return &model.Claim{Meta: meta(model.KindClaim, "data", at(0)), Phase: phase}
	}
	secret := func(hash string, keys ...model.DataKey) *model.Secret {
		return &model.Secret{Meta: meta(model.KindSecret, "pw", at(0), model.Write{Manager: hash, Time: at(1)}), Hash: hash, Keys: keys}
	}
	kept := &model.Service{Meta: meta(model.KindService, "same", at(0))}
	var w Witness
	w.Observe(space(1, claim("Pending"), secret("a"), kept, &model.Namespace{Meta: meta(model.KindNamespace, "x", at(0))}), at(10))
	w.Observe(space(2, claim("Bound"), secret("b", model.DataKey{Name: "extra"}), kept), at(20))
	var got []string
	for _, e := range w.Seen() {
		got = append(got, fmt.Sprintf("%s: %s by %q", e.Ref.Name, e.What, e.By))
	}
	slices.Sort(got)
	want := []string{`data: phase Pending -> Bound by ""`, `pw: data changed, key extra added by "b"`, `x: deleted by ""`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	forbidden := space(3)
	for i := range forbidden.Coverage {
		forbidden.Coverage[i].State = model.Forbidden
	}
	w.Observe(forbidden, at(30))
	if n := len(w.Seen()); n != 3 {
		t.Errorf("what cannot be seen any more was not deleted: %d", n)
	}
	for i := range maxSeen + 300 {
		w.Observe(space(uint64(4+i), claim(fmt.Sprint(i))), at(40+i))
	}
	if n := len(w.Seen()); n > maxSeen {
		t.Errorf("remembers %d", n)
	}
}

func TestAFirstReadingIsNothingNew(t *testing.T) {
	var w Witness
	first := snapshot()
	for i := range first.Coverage {
		first.Coverage[i].State = model.Syncing
	}
	w.Observe(first, at(0))
	w.Observe(snapshot(cluster()...), at(1))
	if len(w.Seen()) > 0 {
		t.Errorf("%+v", w.Seen())
	}
}

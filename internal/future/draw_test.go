package future

import (
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

var now = time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC)

func meta(kind model.Kind, name string) model.Meta {
	m := model.Meta{Kind: kind, Namespace: "shop", Name: name, UID: "uid-" + name}
	if info, ok := model.Info(kind); ok && !info.Namespaced {
		m.Namespace = ""
	}
	return m
}

// world is a snapshot of one namespace in which every kind was read.
func world(rows ...model.Row) *model.Snapshot {
	d := Edit(&model.Snapshot{Spaces: map[string]*model.Space{}})
	d.edit("shop")
	for _, r := range rows {
		d.Put(r)
	}
	snap := d.Snapshot()
	for _, info := range model.Builtin {
		snap.Coverage = append(snap.Coverage, model.Watch{Kind: info.Kind, Resource: info.Resource, State: model.Live})
	}
	return snap
}

func fix(steps ...finding.Step) *finding.Fix { return &finding.Fix{ID: "x", Steps: steps} }

func ref(kind model.Kind, name string) model.Ref { m := meta(kind, name); return m.Ref() }

// web is a Deployment that reads a Secret, with a pod that runs or waits.
func web(ready bool) []model.Row {
	w := &model.Workload{Meta: meta(model.KindDeployment, "web"), Desired: 1, Current: 1}
	w.Template = model.Template{ServiceAccount: "default", Containers: []model.Container{{Name: "web"}}}
	w.Refs = []model.Reference{{Type: model.EdgeEnv, To: ref(model.KindSecret, "keys"), Key: "admin", Path: "spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef", Container: "web"}}
	pod := &model.Pod{Template: &model.Template{}, Meta: meta(model.KindPod, "web-1"), Phase: "Running", Ready: ready}
	pod.Owners = []model.Owner{{Kind: model.KindDeployment, Name: "web", UID: "uid-web", Controller: true}}
	s := model.ContainerStatus{Name: "web", Ready: ready, Running: now.Add(-time.Hour)}
	if !ready {
		s.Running, s.Waiting = time.Time{}, &model.Waiting{Reason: "CreateContainerConfigError"}
	}
	pod.Containers = []model.ContainerStatus{s}
	return []model.Row{w, pod}
}

func secret(keys ...string) model.Row {
	return &model.Secret{Meta: meta(model.KindSecret, "keys"), Keys: keysNamed(keys)}
}

func TestARestartThatWouldEndTheOnlyHolderIsBlocked(t *testing.T) {
	restart := fix(finding.Step{Verb: "restart", Ref: ref(model.KindDeployment, "web"), Change: finding.Restart{}})
	if d := Draw(world(append(web(true), secret("other"))...), restart, now); !strings.Contains(d.Blocked, "key admin of Secret shop/keys") {
		t.Errorf("blocked by %q", d.Blocked)
	}
	d := Draw(world(append(web(true), secret("admin"))...), restart, now)
	pod, _ := Get[*model.Pod](d.Draft, ref(model.KindPod, "web-1"))
	if d.Blocked != "" || !pod.Ready || !pod.Containers[0].Running.Equal(now) {
		t.Errorf("blocked by %q, pod %+v", d.Blocked, pod)
	}
	// Nothing that runs is lost where nothing runs.
	d = Draw(world(append(web(false), secret("other"))...), restart, now)
	if d.Blocked != "" || len(d.Lacking) != 1 {
		t.Errorf("blocked by %q, lacking %v", d.Blocked, d.Lacking)
	}
}

func TestWhatWaitsGoesOnOnceItIsThere(t *testing.T) {
	rows := append(web(false), &model.Secret{Meta: meta(model.KindSecret, "source"), Keys: keysNamed([]string{"admin"})})
	d := Draw(world(rows...), fix(finding.Step{Verb: "create", Ref: ref(model.KindSecret, "keys"), Change: finding.CopySecret{From: ref(model.KindSecret, "source")}}), now)
	w, _ := Get[*model.Workload](d.Draft, ref(model.KindDeployment, "web"))
	if d.Blocked != "" || w.Ready != 1 {
		t.Errorf("blocked by %q, %+v", d.Blocked, w)
	}
}

func TestAFreshVolumeNeedsAClassThatMakesOne(t *testing.T) {
	set := &model.Workload{Meta: meta(model.KindStatefulSet, "db"), Desired: 1, ClaimTemplates: []model.ClaimTemplate{{Name: "data", Class: "fast", Size: "1Gi"}}}
	set.Template.ServiceAccount = "default"
	claim := &model.Claim{Meta: meta(model.KindClaim, "data-db-0"), Phase: "Bound", Volume: "pv-1", Class: "fast", ClassSet: true}
	volume := &model.Volume{Meta: meta(model.KindVolume, "pv-1"), Phase: "Bound", Policy: "Retain", Class: "fast", Claim: claim.Ref()}
	fresh := fix(
		finding.Step{Ref: set.Ref(), Change: finding.Scale{Replicas: 0}},
		finding.Step{Ref: claim.Ref(), Change: finding.Delete{}},
		finding.Step{Ref: set.Ref(), Change: finding.Scale{Replicas: 1}},
	)
	class := func(provisioner string) model.Row {
		return &model.StorageClass{Meta: meta(model.KindStorageClass, "fast"), Provisioner: provisioner}
	}
	free := &model.Volume{Meta: meta(model.KindVolume, "pv-2"), Phase: "Available", Class: "fast"}
	for name, c := range map[string]struct {
		rows  []model.Row
		block string
	}{
		"no class":            {nil, "class fast does not exist"},
		"no provisioner":      {[]model.Row{class("kubernetes.io/no-provisioner")}, "has no provisioner"},
		"a free volume":       {[]model.Row{class("kubernetes.io/no-provisioner"), free}, ""},
		"a class that makes":  {[]model.Row{class("ebs.csi.aws.com")}, ""},
		"a volume for others": {[]model.Row{&model.Volume{Meta: meta(model.KindVolume, "pv-2"), Phase: "Available", Class: "slow"}}, "does not exist"},
	} {
		d := Draw(world(append([]model.Row{set, claim, volume}, c.rows...)...), fresh, now)
		if (d.Blocked == "") != (c.block == "") || !strings.Contains(d.Blocked, c.block) {
			t.Errorf("%s: blocked by %q", name, d.Blocked)
		}
		if old, ok := Get[*model.Volume](d.Draft, volume.Ref()); !ok || old.Phase != "Released" {
			t.Errorf("%s: the old volume is %+v", name, old)
		}
	}
}

func TestAClaimInUseStays(t *testing.T) {
	claim := &model.Claim{Meta: meta(model.KindClaim, "data"), Volume: "pv-1"}
	pod := &model.Pod{Template: &model.Template{}, Meta: meta(model.KindPod, "p"), Phase: "Running", Node: "n1"}
	pod.Refs = []model.Reference{{Type: model.EdgeMounts, To: claim.Ref()}}
	waiting := &model.Pod{Template: &model.Template{}, Meta: meta(model.KindPod, "q"), Phase: "Pending"}
	waiting.Refs = pod.Refs
	gone := fix(finding.Step{Ref: claim.Ref(), Change: finding.Delete{}})
	if d := Draw(world(claim, pod), gone, now); d.Blocked == "" {
		t.Error("a claim in use was deleted")
	}
	if d := Draw(world(claim, waiting), gone, now); d.Blocked != "" {
		t.Errorf("a pod without a node keeps it: %s", d.Blocked)
	}
}

func TestAClaimIsMadeAgainWithAnotherClass(t *testing.T) {
	claim := &model.Claim{Meta: meta(model.KindClaim, "data"), Class: "gone", ClassSet: true, Phase: "Pending"}
	claim.Refs = []model.Reference{{Type: model.EdgeClass, To: model.Ref{Kind: model.KindStorageClass, Name: "gone"}}}
	class := &model.StorageClass{Meta: model.Meta{Kind: model.KindStorageClass, Name: "standard"}, Provisioner: "ebs.csi.aws.com"}
	d := Draw(world(claim, class), fix(finding.Step{Ref: claim.Ref(), Change: finding.Recreate{Class: "standard"}}), now)
	c, ok := Get[*model.Claim](d.Draft, claim.Ref())
	if d.Blocked != "" || !ok || c.Class != "standard" || c.Refs[0].To.Name != "standard" || claim.Refs[0].To.Name != "gone" {
		t.Errorf("blocked by %q, drawn %+v", d.Blocked, c)
	}
}

func TestTheSnapshotStaysAsItIs(t *testing.T) {
	snap := world(append(web(true), secret("admin"))...)
	before := snap.Space("shop")
	Draw(snap, fix(finding.Step{Ref: ref(model.KindDeployment, "web"), Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "template", "spec", "serviceAccountName"}, Value: "other"}}}}), now)
	w, _ := model.Get[*model.Workload](snap, ref(model.KindDeployment, "web"))
	if snap.Space("shop") != before || w.Template.ServiceAccount != "default" {
		t.Errorf("changed: %+v", w)
	}
}

// What the scheduler said stands in rows that others show.
func TestWhatTheSchedulerSaidStaysInTheSnapshot(t *testing.T) {
	pod := &model.Pod{Phase: "Pending", Conditions: []model.Condition{{Standing: &model.Standing{Type: "PodScheduled", Status: "False", Message: "0/3 nodes are available"}}}}
	conditions, ok := lookedAtAgain(pod)
	if !ok || conditions[0].Message != "" || conditions[0].Type != "PodScheduled" || pod.Conditions[0].Message == "" {
		t.Errorf("%v %+v, was %+v", ok, conditions, pod.Conditions[0])
	}
}

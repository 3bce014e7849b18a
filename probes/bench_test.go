package probes_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// population is a cluster in which nothing is wrong: in each namespace 20 releases of
// three revisions, each with a Deployment of ten pods, a Service, a claim, a Secret,
// a ConfigMap and an account.
func population(namespaces int, now time.Time) *model.Snapshot {
	snap := &model.Snapshot{Seq: 1, Spaces: map[string]*model.Space{}}
	for _, info := range model.Builtin {
		snap.Coverage = append(snap.Coverage, model.Watch{Kind: info.Kind, Resource: info.Resource, State: model.Live})
	}
	for _, k := range []model.Kind{model.KindRecord, model.KindCustom, model.KindLogTail} {
		snap.Coverage = append(snap.Coverage, model.Watch{Kind: k, Resource: string(k), State: model.Live})
	}
	long := now.Add(-30 * 24 * time.Hour)
	spaces := model.Table{}
	for n := range namespaces {
		ns := fmt.Sprintf("ns-%03d", n)
		spaces = append(spaces, &model.Namespace{Meta: model.Meta{Kind: model.KindNamespace, Name: ns, Created: long}})
		snap.Spaces[ns] = model.NewSpace(ns, 1, releases(ns, 20, long))
	}
	snap.Spaces[""] = model.NewSpace("", 1, map[model.Kind]model.Table{model.KindNamespace: spaces})
	return snap
}

func releases(ns string, count int, created time.Time) map[model.Kind]model.Table {
	tables := map[model.Kind]model.Table{}
	put := func(row model.Row) { tables[row.Base().Kind] = append(tables[row.Base().Kind], row) }
	for i := range count {
		name := fmt.Sprintf("app-%02d", i)
		meta := func(kind model.Kind, name string) model.Meta {
			return model.Meta{
				Kind: kind, Namespace: ns, Name: name, UID: string(kind) + name, Created: created, ResourceVersion: "1",
				Labels:      map[string]string{"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": name},
				Annotations: map[string]string{"meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": ns},
			}
		}
		ref := func(kind model.Kind) model.Ref { return model.Ref{Kind: kind, Namespace: ns, Name: name} }
		refs := []model.Reference{
			{Type: model.EdgeAccount, To: ref(model.KindServiceAccount), Path: "spec.serviceAccountName"},
			{Type: model.EdgeEnvFrom, To: ref(model.KindConfigMap), Path: "spec.containers[0].envFrom[0].configMapRef", Container: "app"},
			{Type: model.EdgeEnv, To: ref(model.KindSecret), Key: "password", Path: "spec.containers[0].env[0].valueFrom.secretKeyRef", Container: "app"},
			{Type: model.EdgeMounts, To: ref(model.KindClaim), Path: "spec.volumes[0].persistentVolumeClaim", Container: "app"},
		}
		template := model.Template{Labels: map[string]string{"app": name}, ServiceAccount: name, Containers: []model.Container{{Name: "app", Image: "app:1"}}}
		w := &model.Workload{Meta: meta(model.KindDeployment, name), Desired: 10, Current: 10, Ready: 10, Updated: 10, Available: 10, Template: template}
		w.Refs = refs
		put(w)
		rs := &model.Workload{Meta: meta(model.KindReplicaSet, name+"-1"), Desired: 10, Current: 10, Ready: 10, Template: template}
		rs.Owners = []model.Owner{{Kind: model.KindDeployment, Name: name, UID: w.UID, Controller: true}}
		rs.Refs = refs
		put(rs)
		for j := range 10 {
			pod := &model.Pod{
				Meta: meta(model.KindPod, fmt.Sprintf("%s-1-%d", name, j)), Template: &template, Phase: "Running", Ready: true,
				Containers: []model.ContainerStatus{{Name: "app", Ready: true, Running: created.Add(time.Hour)}},
			}
			pod.Owners = []model.Owner{{Kind: model.KindReplicaSet, Name: rs.Name, UID: rs.UID, Controller: true}}
			pod.Labels["app"] = name
			pod.Refs = refs
			put(pod)
		}
		put(&model.Service{Meta: meta(model.KindService, name), Selector: map[string]string{"app": name}})
		put(&model.Claim{Meta: meta(model.KindClaim, name), Phase: "Bound"})
		put(&model.Secret{Meta: meta(model.KindSecret, name), Keys: []model.DataKey{{Name: "password"}}, Changed: created})
		put(&model.ConfigMap{Meta: meta(model.KindConfigMap, name), Keys: []model.DataKey{{Name: "a"}}, Changed: created})
		put(&model.ServiceAccount{Meta: meta(model.KindServiceAccount, name)})
		for revision := 1; revision <= 3; revision++ {
			rec := &model.Record{
				Meta: meta(model.KindRecord, model.RecordName(name, revision)), Driver: model.KindSecret, Release: name, Revision: revision,
				LabelOwner: "helm", LabelName: name, LabelStatus: "superseded", LabelVersion: fmt.Sprint(revision), ModifiedAt: created,
			}
			if revision == 3 {
				rec.LabelStatus = "deployed"
				rec.Body = &model.Body{ResourceVersion: "1", Name: name, Namespace: ns, Version: 3, Status: "deployed"}
				for _, k := range []model.Kind{model.KindDeployment, model.KindService, model.KindSecret, model.KindConfigMap, model.KindServiceAccount} {
					rec.Body.Objects = append(rec.Body.Objects, model.Declared{Ref: ref(k)})
				}
			}
			put(rec)
		}
	}
	return tables
}

// BenchmarkLook is one look of every probe over 10,000 pods, the graph included.
func BenchmarkLook(b *testing.B) {
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	snap := population(50, now)
	b.ReportAllocs()
	for b.Loop() {
		if r := engine.Look(snap, probes.All(), probes.Defaults, now); len(r.Findings) > 0 {
			b.Fatalf("found %s: %s", r.Findings[0].ID(), r.Findings[0].Summary)
		}
	}
}

// churning is a source of which one pod moves between two snapshots.
type churning struct {
	snap  *model.Snapshot
	dirty chan struct{}
	n     int
}

func (c *churning) Dirty() <-chan struct{} { return c.dirty }
func (c *churning) Err() error             { return nil }

func (c *churning) Snapshot() (*model.Snapshot, []model.Moved) {
	c.n++
	next := &model.Snapshot{Seq: uint64(c.n), Spaces: maps.Clone(c.snap.Spaces), Coverage: c.snap.Coverage}
	const ns = "ns-007"
	old := next.Spaces[ns]
	tables := maps.Clone(old.Tables)
	pods := slices.Clone(tables[model.KindPod])
	pod := *pods[0].(*model.Pod)
	pod.ResourceVersion, pod.Ready = fmt.Sprint(c.n), true
	pods[0], tables[model.KindPod] = &pod, pods
	next.Spaces[ns] = model.NewSpace(ns, old.Version+1, tables)
	c.snap = next
	return next, []model.Moved{{Namespace: ns, Kinds: []model.Kind{model.KindPod}}}
}

// BenchmarkChanged is what one changed pod costs, the graph included, in clusters of
// several sizes.
func BenchmarkChanged(b *testing.B) {
	for _, namespaces := range []int{50, 250} {
		b.Run(fmt.Sprint(200*namespaces), func(b *testing.B) {
			now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
			source := &churning{snap: population(namespaces, now), dirty: make(chan struct{}, 1)}
			looks := make(chan time.Duration, 1)
			eng := engine.Start(b.Context(), source, engine.Options{
				Probes: probes.All(), Settings: probes.Defaults, AsOf: now, Observe: func(took time.Duration) { looks <- took },
			})
			defer eng.Stop()
			<-looks // the first is of everything
			var spent time.Duration
			const changes = 20
			for range changes { // ten a second are looked at
				source.dirty <- struct{}{}
				spent += <-looks
			}
			for b.Loop() {
			}
			b.ReportMetric(float64(spent.Nanoseconds())/changes, "ns/op")
		})
	}
}

// BenchmarkProbe is one run of each probe over one namespace of 200 pods: what a
// change costs.
func BenchmarkProbe(b *testing.B) {
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	snap := population(50, now)
	var g *graph.Graph
	g = g.Update(snap)
	for _, p := range probes.All() {
		b.Run(string(p.ID), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Run(&probes.Pass{
					Snapshot: snap, Space: snap.Space("ns-007"), Graph: g, Now: now, Settings: probes.Defaults,
					Report: func(f finding.Finding) { b.Fatalf("found %s", f.Summary) },
				})
			}
		})
	}
}

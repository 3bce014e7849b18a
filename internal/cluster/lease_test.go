package cluster

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

func lease(name, holder string, renewed time.Time) *model.Lease {
	return &model.Lease{
		Meta:   model.Meta{Kind: model.KindLease, Namespace: "kube-node-lease", Name: name, ResourceVersion: renewed.String()},
		Holder: holder, Renewed: renewed, Duration: 40 * time.Second,
	}
}

// silent finds leases that ran out.
var silent = &probes.Probe{
	ID: "lease-silent", Doc: "t\n\np", Worst: finding.High, Scope: probes.Cluster, Needs: []model.Kind{model.KindLease},
	Run: func(p *probes.Pass) {
		for l := range model.Each[*model.Lease](p.Snapshot.Space("kube-node-lease"), model.KindLease) {
			if p.After(l.Renewed, l.Duration+time.Second) {
				p.Report(finding.Finding{Subject: l.Ref(), Severity: finding.High, Grade: finding.Proved, Summary: "x"})
			}
		}
	},
}

// Hundreds of renewals make no report; that they stopped, and that they began again,
// makes one each.
func TestRenewalsAreQuietAndSilenceIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewStore()
		renew := func() { s.Put(lease("n1", "n1", time.Now())) }
		renew()
		e := engine.Start(t.Context(), watched{s}, engine.Options{Probes: []*probes.Probe{silent}})
		defer e.Stop()
		<-time.After(time.Second)
		first := e.Latest()
		for range 100 {
			<-time.After(10 * time.Second)
			renew()
		}
		synctest.Wait()
		if last := e.Latest(); last.Seq != first.Seq {
			t.Errorf("%d reports of nothing but renewals", last.Seq-first.Seq)
		}
		<-time.After(42 * time.Second)
		if r := e.Latest(); len(r.Findings) != 1 || r.Seq != first.Seq+1 {
			t.Fatalf("42 s without renewal: %d findings, %d reports", len(r.Findings), r.Seq-first.Seq)
		}
		renew()
		<-time.After(time.Second)
		if r := e.Latest(); len(r.Findings) != 0 {
			t.Error("renewed, and still said to be silent")
		}
	})
}

func TestASnapshotShowsTheNewestRenewal(t *testing.T) {
	s, at := NewStore(), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	s.Put(lease("n1", "n1", at))
	s.Put(&model.ConfigMap{Meta: model.Meta{Kind: model.KindConfigMap, Namespace: "kube-node-lease", Name: "x"}})
	before, _ := s.Snapshot()
	s.Put(lease("n1", "n1", at.Add(10*time.Second)))
	s.Replace(scope{kind: model.KindLease, namespace: "kube-node-lease"}, []model.Row{lease("n1", "n1", at.Add(20*time.Second))})
	select {
	case <-s.Dirty():
		t.Error("a renewal pokes")
	default:
	}
	after, moved := s.Snapshot()
	renewed := func(snap *model.Snapshot) time.Time {
		l, _ := model.Get[*model.Lease](snap, lease("n1", "", at).Ref())
		return l.Renewed
	}
	if len(moved) != 0 || !renewed(after).Equal(at.Add(20*time.Second)) || !renewed(before).Equal(at) {
		t.Errorf("moved %v; renewed %s, before %s", moved, renewed(after), renewed(before))
	}
	if a, b := after.Space("kube-node-lease"), before.Space("kube-node-lease"); !a.Same(b) || a.Version != b.Version {
		t.Error("after a renewal the space is another")
	}
	s.Put(config("kube-node-lease", "x", "2"))
	third, moved := s.Snapshot()
	if third.Space("kube-node-lease").Same(after.Space("kube-node-lease")) || len(moved) != 1 {
		t.Error("after a change the space is the same")
	}
}

func TestWhatIsNoRenewalMoves(t *testing.T) {
	at := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	labelled := lease("n1", "n1", at.Add(time.Second))
	labelled.Labels = map[string]string{"a": "b"}
	for name, change := range map[string]func(*Store){
		"another holder":   func(s *Store) { s.Put(lease("n1", "n2", at.Add(10*time.Second))) },
		"a late renewal":   func(s *Store) { s.Put(lease("n1", "n1", at.Add(41*time.Second))) },
		"a clock set back": func(s *Store) { s.Put(lease("n1", "n1", at.Add(-time.Second))) },
		"a label":          func(s *Store) { s.Put(labelled) },
		"a new lease":      func(s *Store) { s.Put(lease("n2", "n2", at)) },
		"one less":         func(s *Store) { s.Delete(lease("n1", "", at).Ref(), "") },
	} {
		s := NewStore()
		s.Put(lease("n1", "n1", at))
		s.Snapshot()
		change(s)
		if _, moved := s.Snapshot(); len(moved) != 1 || !slices.Equal(moved[0].Kinds, []model.Kind{model.KindLease}) {
			t.Errorf("%s: moved %v", name, moved)
		}
	}
}

// Leases are watched where the control plane has its own, and nowhere else: each node of a
// cluster renews one every ten seconds.
func TestLeasesAreReadWhereTheControlPlaneHasThem(t *testing.T) {
	for name, c := range map[string]struct{ asked, want []string }{
		"all namespaces":   {nil, []string{"kube-system"}},
		"that and another": {[]string{"shop", "kube-system"}, []string{"kube-system"}},
		"another":          {[]string{"shop"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.resource("leases", "coordination.k8s.io/v1", "Lease")
			f.put("leases", object("kube-system", "scheduler", `{"spec":{"holderIdentity":"h","leaseDurationSeconds":15,"renewTime":"2026-01-02T15:04:05.000001Z"}}`))
			f.put("leases", object("kube-node-lease", "node-1", `{"spec":{"holderIdentity":"node-1","leaseDurationSeconds":40,"renewTime":"2026-01-02T15:04:05.000001Z"}}`))
			f.put("leases", object("shop", "operator", `{"spec":{"holderIdentity":"h"}}`))
			s := f.open(Options{Kinds: []model.Kind{model.KindLease}, Namespaces: c.asked}, quietFor)
			settle(t, s)
			snap, _ := s.Snapshot()
			var read []string
			for _, w := range snap.Coverage {
				if w.Kind == model.KindLease && w.State == model.Live {
					read = append(read, w.Namespace)
				}
			}
			if !slices.Equal(read, c.want) || f.sent("list leases") != len(c.want) {
				t.Errorf("read in %q, %d lists", read, f.sent("list leases"))
			}
			if got, why := snap.Knows(model.KindLease, ""); got != (len(c.want) == 1) {
				t.Errorf("all that are read are known: %v %q", got, why)
			}
			if slices.Contains(c.want, "kube-system") != has(snap, model.KindLease, "kube-system", "scheduler") || has(snap, model.KindLease, "shop", "operator") || has(snap, model.KindLease, "kube-node-lease", "node-1") {
				t.Error("the wrong leases are there")
			}
		})
	}
}

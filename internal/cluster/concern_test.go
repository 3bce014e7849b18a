package cluster

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// watched is a store as an engine reads it: everything is live.
type watched struct{ *Store }

func (w watched) Err() error { return nil }

func (w watched) Snapshot() (*model.Snapshot, []model.Moved) {
	snap, moved := w.Store.Snapshot()
	for _, info := range model.Builtin {
		snap.Coverage = append(snap.Coverage, model.Watch{Kind: info.Kind, Resource: info.Resource, State: model.Live})
	}
	return snap, moved
}

// asked runs an engine over a store with a probe that reads one kind, and tells in
// which namespaces it was asked to look again after a change.
func asked(t *testing.T, kind model.Kind, before, change func(*Store)) (namespaces []string, reports int) {
	t.Helper()
	var mu sync.Mutex
	ran := map[string]bool{}
	probe := &probes.Probe{
		ID: finding.ProbeID("reads-" + model.Lookup(kind).Resource), Doc: "t\n\np", Worst: finding.Low, Needs: []model.Kind{kind},
		Run: func(p *probes.Pass) {
			mu.Lock()
			defer mu.Unlock()
			ran[p.Namespace()] = true
		},
	}
	synctest.Test(t, func(t *testing.T) {
		s := NewStore()
		before(s)
		e := engine.Start(t.Context(), watched{s}, engine.Options{Probes: []*probes.Probe{probe}})
		defer e.Stop()
		<-time.After(time.Second)
		first := e.Latest().Seq
		mu.Lock()
		clear(ran)
		mu.Unlock()
		change(s)
		<-time.After(time.Second)
		reports = int(e.Latest().Seq - first)
	})
	return slices.Sorted(maps.Keys(ran)), reports
}

func pod(ns, name, node string) *model.Pod {
	return &model.Pod{Template: &model.Template{}, Meta: model.Meta{Kind: model.KindPod, Namespace: ns, Name: name}, Node: node}
}

func pvc(ns, name, volume string) *model.Claim {
	return &model.Claim{Meta: model.Meta{Kind: model.KindClaim, Namespace: ns, Name: name}, Volume: volume}
}

func volume(name, ns, phase string) *model.Volume {
	v := &model.Volume{Meta: model.Meta{Kind: model.KindVolume, Name: name}, Phase: phase}
	if ns != "" {
		v.Claim = model.Ref{Kind: model.KindClaim, Namespace: ns, Name: "data"}
	}
	return v
}

func node(name string, ready bool) *model.Node {
	return &model.Node{Meta: model.Meta{Kind: model.KindNode, Name: name}, Ready: ready}
}

func attachment(name, volume string, attached bool) *model.Attachment {
	return &model.Attachment{Meta: model.Meta{Kind: model.KindVolumeAttachment, Name: name}, Volume: volume, Attached: attached}
}

// town is a cluster of a few namespaces, each with something of its own.
func town(s *Store) {
	for _, ns := range []string{"apps", "batch", "data", "empty", "queue"} {
		s.Put(&model.Namespace{Meta: model.Meta{Kind: model.KindNamespace, Name: ns}, Phase: "Active"})
	}
	s.Put(node("n1", true))
	s.Put(node("n2", true))
	s.Put(pod("apps", "web", "n1"))
	s.Put(pod("data", "db", "n1"))
	s.Put(pod("batch", "job", "n2"))
	s.Put(volume("pv-data", "data", "Bound"))
	s.Put(volume("pv-named", "", "Available"))
	s.Put(pvc("data", "data", "pv-data"))
	s.Put(pvc("batch", "scratch", "pv-named")) // the PVC names the volume, not yet the other way round
	s.Put(attachment("va", "pv-data", true))
}

func TestAClusterScopedMoveIsLookedAtWhereItConcerns(t *testing.T) {
	everywhere := []string{"apps", "batch", "data", "empty", "queue"}
	for name, c := range map[string]struct {
		kind   model.Kind
		change func(*Store)
		want   []string
	}{
		"a node: the namespaces of its pods":          {model.KindNode, func(s *Store) { s.Put(node("n1", false)) }, []string{"apps", "data"}},
		"another node":                                {model.KindNode, func(s *Store) { s.Put(node("n2", false)) }, []string{"batch"}},
		"a new node without pods":                     {model.KindNode, func(s *Store) { s.Put(node("n3", true)) }, nil},
		"a node that goes":                            {model.KindNode, func(s *Store) { s.Delete(node("n2", true).Ref(), "") }, []string{"batch"}},
		"a volume: the namespace of its PVC":          {model.KindVolume, func(s *Store) { s.Put(volume("pv-data", "data", "Failed")) }, []string{"data"}},
		"a volume that a PVC names":                   {model.KindVolume, func(s *Store) { s.Put(volume("pv-named", "", "Released")) }, []string{"batch"}},
		"a volume that changes hands":                 {model.KindVolume, func(s *Store) { s.Put(volume("pv-data", "apps", "Bound")) }, []string{"apps", "data"}},
		"a volume of nobody":                          {model.KindVolume, func(s *Store) { s.Put(volume("pv-free", "", "Available")) }, nil},
		"an attachment: the namespace of the PVC":     {model.KindVolumeAttachment, func(s *Store) { s.Put(attachment("va", "pv-data", false)) }, []string{"data"}},
		"an attachment of a volume that is not known": {model.KindVolumeAttachment, func(s *Store) { s.Put(attachment("vb", "pv-else", true)) }, nil},
		"an attachment of a volume that only a PVC has": {model.KindVolumeAttachment, func(s *Store) {
			s.Delete(volume("pv-data", "", "").Ref(), "")
			s.Put(attachment("va", "pv-data", false))
		}, []string{"data"}},
		"a namespace: itself": {model.KindNamespace, func(s *Store) {
			s.Put(&model.Namespace{Meta: model.Meta{Kind: model.KindNamespace, Name: "empty"}, Phase: "Terminating"})
		}, []string{"empty"}},
		"a class: all": {model.KindStorageClass, func(s *Store) {
			s.Put(&model.StorageClass{Meta: model.Meta{Kind: model.KindStorageClass, Name: "fast"}})
		}, everywhere},
		"a cluster role: all": {model.KindClusterRole, func(s *Store) {
			s.Put(&model.Role{Meta: model.Meta{Kind: model.KindClusterRole, Name: "admin"}})
		}, everywhere},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _ := asked(t, c.kind, town, c.change); !slices.Equal(got, c.want) {
				t.Errorf("looked at again: %q, want %q", got, c.want)
			}
		})
	}
}

// A pod without a node and a PVC without a volume wait for any.
func TestWhatWaitsIsConcernedByAny(t *testing.T) {
	waiting := func(s *Store) {
		town(s)
		s.Put(pod("queue", "late", ""))
		s.Put(pvc("queue", "late", ""))
	}
	if got, _ := asked(t, model.KindNode, waiting, func(s *Store) { s.Put(node("n3", true)) }); !slices.Equal(got, []string{"queue"}) {
		t.Errorf("a new node: %q", got)
	}
	if got, _ := asked(t, model.KindVolume, waiting, func(s *Store) { s.Put(volume("pv-free", "", "Available")) }); !slices.Equal(got, []string{"queue"}) {
		t.Errorf("a free volume: %q", got)
	}
	placed := func(s *Store) {
		waiting(s)
		s.Put(pod("queue", "late", "n2"))
		s.Delete(pvc("queue", "late", "").Ref(), "")
	}
	if got, _ := asked(t, model.KindNode, placed, func(s *Store) { s.Put(node("n2", false)) }); !slices.Equal(got, []string{"batch", "queue"}) {
		t.Errorf("the node that it came to: %q", got)
	}
	if got, _ := asked(t, model.KindVolume, placed, func(s *Store) { s.Put(volume("pv-free", "", "Available")) }); len(got) > 0 {
		t.Errorf("a free volume that nothing waits for: %q", got)
	}
}

// What a repeated reading brings or takes away is tied as what a watch tells.
func TestARepeatedReadingKeepsTies(t *testing.T) {
	s := NewStore()
	town(s)
	s.Replace(scope{kind: model.KindPod}, []model.Row{pod("apps", "web", "n2"), pod("empty", "new", "n1")})
	s.Snapshot()
	s.Put(node("n1", false))
	_, moved := s.Snapshot()
	if got := movedOf(moved); len(got) != 2 || got["empty"] == nil || got[""] == nil {
		t.Errorf("after n1: %v", got)
	}
	s.Put(node("n2", false))
	_, moved = s.Snapshot()
	if got := movedOf(moved); len(got) != 2 || got["apps"] == nil {
		t.Errorf("after n2: %v", got)
	}
	for _, r := range []model.Row{pod("apps", "web", ""), pod("empty", "new", ""), pvc("data", "data", ""), pvc("batch", "scratch", "")} {
		s.Delete(r.Base().Ref(), "")
	}
	if len(s.moves.ties) > 0 {
		t.Errorf("nothing is there any more, but tied are %v", s.moves.ties)
	}
}

// A namespace that a move only concerns keeps its Space: nothing in it changed.
func TestWhatIsOnlyConcernedKeepsItsSpace(t *testing.T) {
	s := NewStore()
	town(s)
	before, _ := s.Snapshot()
	s.Put(node("n1", false))
	after, _ := s.Snapshot()
	if after.Space("apps") != before.Space("apps") || after.Space("") == before.Space("") {
		t.Error("the wrong space is new")
	}
}

// A node's change costs what it concerns, however large the cluster.
func BenchmarkNodeChange(b *testing.B) {
	for _, namespaces := range []int{100, 1000} {
		b.Run(fmt.Sprint(namespaces, " namespaces"), func(b *testing.B) {
			s := NewStore()
			for n := range namespaces {
				for i := range 20 {
					s.Put(pod(fmt.Sprint("ns", n), fmt.Sprint("p", i), fmt.Sprint("node", n/10)))
				}
			}
			s.Snapshot()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.Put(node("node3", i%2 == 0))
				s.Snapshot()
			}
		})
	}
}

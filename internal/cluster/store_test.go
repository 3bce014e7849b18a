package cluster

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

func config(ns, name, hash string) *model.ConfigMap {
	return &model.ConfigMap{Meta: model.Meta{Kind: model.KindConfigMap, Namespace: ns, Name: name}, Hash: hash}
}

func movedOf(moved []model.Moved) map[string][]model.Kind {
	out := map[string][]model.Kind{}
	for _, m := range moved {
		out[m.Namespace] = m.Kinds
	}
	return out
}

func TestSnapshotsAreImmutable(t *testing.T) {
	s := NewStore()
	s.Put(config("a", "one", "1"))
	s.Put(config("a", "three", "1"))
	before, moved := s.Snapshot()
	if got := movedOf(moved); !reflect.DeepEqual(got, map[string][]model.Kind{"a": {model.KindConfigMap}}) {
		t.Errorf("moved %v", got)
	}
	names := func(snap *model.Snapshot) (out []string) {
		for c := range model.Each[*model.ConfigMap](snap.Space("a"), model.KindConfigMap) {
			out = append(out, c.Name+c.Hash)
		}
		return out
	}
	s.Put(config("a", "two", "1"))
	s.Put(config("a", "one", "2"))
	s.Delete(model.Ref{Kind: model.KindConfigMap, Namespace: "a", Name: "three"}, "")
	if got := names(before); !slices.Equal(got, []string{"one1", "three1"}) {
		t.Errorf("the earlier snapshot became %v", got)
	}
	after, _ := s.Snapshot()
	if got := names(after); !slices.Equal(got, []string{"one2", "two1"}) {
		t.Errorf("the later snapshot is %v", got)
	}
	if after.Space("a").Version <= before.Space("a").Version {
		t.Error("the version did not grow")
	}
}

func TestOnlyWhatMovedGetsANewSpace(t *testing.T) {
	s := NewStore()
	s.Put(config("a", "x", "1"))
	s.Put(config("b", "x", "1"))
	first, _ := s.Snapshot()
	if !s.Put(config("b", "y", "1")) {
		t.Error("a new row is not said to be new")
	}
	if s.Put(config("a", "x", "1")) {
		t.Error("a row that was there is said to be new")
	}
	second, moved := s.Snapshot()
	if second.Space("a") != first.Space("a") || second.Space("b") == first.Space("b") {
		t.Error("the wrong space is new")
	}
	if len(moved) != 1 || moved[0].Namespace != "b" || moved[0].First.IsZero() {
		t.Errorf("moved %+v", moved)
	}
	third, moved := s.Snapshot()
	if len(moved) != 0 || third.Space("b") != second.Space("b") || third.Seq <= second.Seq {
		t.Errorf("nothing moved, but %v", moved)
	}
}

func TestHeartbeatIsNoChange(t *testing.T) {
	s := NewStore()
	row := config("a", "x", "1")
	s.Put(row)
	s.Snapshot()
	again := config("a", "x", "1")
	again.ResourceVersion = "2"
	s.Put(again)
	if _, moved := s.Snapshot(); len(moved) != 0 {
		t.Errorf("moved %v", moved)
	}
	select {
	case <-s.Dirty():
		t.Error("dirty though nothing moved")
	default:
	}
}

func TestChangeOfDataIsSeen(t *testing.T) {
	s := NewStore()
	at := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return at }
	get := func() time.Time {
		return s.Get(model.Ref{Kind: model.KindConfigMap, Namespace: "a", Name: "x"}).(*model.ConfigMap).Seen
	}
	s.Put(config("a", "x", "1"))
	if !get().IsZero() {
		t.Error("the first look saw a change")
	}
	s.Put(config("a", "x", "2"))
	if !get().Equal(at) {
		t.Errorf("seen at %s", get())
	}
	at = at.Add(time.Hour)
	labelled := config("a", "x", "2")
	labelled.Labels = map[string]string{"a": "b"}
	s.Replace(scope{kind: model.KindConfigMap}, []model.Row{labelled})
	if !get().Equal(at.Add(-time.Hour)) {
		t.Errorf("a label's change moved it to %s", get())
	}
}

func TestReplaceTouchesItsScopeOnly(t *testing.T) {
	s := NewStore()
	rec := func(name string, driver model.Kind) *model.Record {
		return &model.Record{Meta: model.Meta{Kind: model.KindRecord, Namespace: "a", Name: name}, Driver: driver}
	}
	s.Put(rec("1", model.KindSecret))
	s.Put(rec("2", model.KindConfigMap))
	s.Put(rec("3", model.KindSecret))
	s.Put(config("a", "x", "1"))
	s.Put(config("b", "x", "1"))
	s.Snapshot()
	s.Replace(scope{model.KindRecord, "", model.KindSecret}, []model.Row{rec("0", model.KindSecret), rec("3", model.KindSecret), rec("4", model.KindSecret)})
	s.Replace(scope{kind: model.KindConfigMap, namespace: "a"}, nil)
	snap, moved := s.Snapshot()
	var names []string
	for r := range model.Each[*model.Record](snap.Space("a"), model.KindRecord) {
		names = append(names, r.Name)
	}
	if !slices.Equal(names, []string{"0", "2", "3", "4"}) {
		t.Errorf("records %v", names)
	}
	if len(snap.Space("a").Tables[model.KindConfigMap]) != 0 || len(snap.Space("b").Tables[model.KindConfigMap]) != 1 {
		t.Error("another namespace was emptied, or this one was not")
	}
	if got := movedOf(moved); len(got) != 1 || !slices.Equal(got["a"], []model.Kind{model.KindConfigMap, model.KindRecord}) {
		t.Errorf("moved %v", got)
	}
	s.Delete(model.Ref{Kind: model.KindRecord, Namespace: "a", Name: "2"}, model.KindSecret)
	if s.Get(model.Ref{Kind: model.KindRecord, Namespace: "a", Name: "2"}) == nil {
		t.Error("a record of the other driver was deleted")
	}
}

func TestVolumesAndNamespacesMoveWhatTheyConcern(t *testing.T) {
	s := NewStore()
	s.Put(&model.Volume{Meta: model.Meta{Kind: model.KindVolume, Name: "pv"}, Claim: model.Ref{Kind: model.KindClaim, Namespace: "a", Name: "c"}})
	s.Put(&model.Namespace{Meta: model.Meta{Kind: model.KindNamespace, Name: "b"}})
	snap, moved := s.Snapshot()
	want := map[string][]model.Kind{"": {model.KindNamespace, model.KindVolume}, "a": {model.KindVolume}, "b": {model.KindNamespace}}
	if got := movedOf(moved); !reflect.DeepEqual(got, want) {
		t.Errorf("moved %v", got)
	}
	if snap.Space("b") == nil || snap.Space("a") != nil {
		t.Error("a namespace without rows has no space, or one that is none has")
	}
	s.Delete(model.Ref{Kind: model.KindVolume, Name: "pv"}, "")
	s.Delete(model.Ref{Kind: model.KindNamespace, Name: "b"}, "")
	snap, moved = s.Snapshot()
	if got := movedOf(moved); !reflect.DeepEqual(got, want) {
		t.Errorf("moved %v", got)
	}
	if len(snap.Spaces) != 0 {
		t.Errorf("spaces %v", snap.Namespaces())
	}
}

// Random writers and a reader: whatever a snapshot shows is sorted, and does not
// change under the reader.
func TestStoreUnderLoad(t *testing.T) {
	s := NewStore()
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(w)))
			for range 2000 {
				ns, name := fmt.Sprint("ns", r.IntN(3)), fmt.Sprint("c", r.IntN(50))
				switch r.IntN(4) {
				case 0:
					s.Delete(model.Ref{Kind: model.KindConfigMap, Namespace: ns, Name: name}, "")
				case 1:
					s.Replace(scope{kind: model.KindConfigMap, namespace: ns}, []model.Row{config(ns, name, "r"), config(ns, "c0", "r")})
				default:
					s.Put(config(ns, name, fmt.Sprint(r.IntN(3))))
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
		}
		snap, _ := s.Snapshot()
		for _, sp := range snap.Spaces {
			table := sp.Tables[model.KindConfigMap]
			kept := slices.Clone(table)
			if !slices.IsSortedFunc(table, func(a, b model.Row) int { return compareNames(a, b) }) {
				t.Fatal("not sorted")
			}
			if !slices.Equal(kept, table) {
				t.Fatal("a snapshot changed")
			}
		}
	}
}

func compareNames(a, b model.Row) int {
	if a.Base().Name < b.Base().Name {
		return -1
	}
	if a.Base().Name > b.Base().Name {
		return 1
	}
	return 0
}

// A change costs what its own namespace costs, however many others there are.
func BenchmarkStoreChange(b *testing.B) {
	for _, namespaces := range []int{100, 1000} {
		b.Run(fmt.Sprint(namespaces, " namespaces"), func(b *testing.B) {
			s := NewStore()
			for n := range namespaces {
				for i := range 100 {
					s.Put(config(fmt.Sprint("ns", n), fmt.Sprint("c", i), ""))
				}
			}
			s.Snapshot()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.Put(config("ns7", "c7", fmt.Sprint(i)))
				s.Snapshot()
			}
		})
	}
}

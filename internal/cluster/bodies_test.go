package cluster

import (
	"slices"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// read lists the revisions of a release that have a body.
func read(snap *model.Snapshot, name string) (out []int) {
	rel := snap.Release("ns", name)
	if rel == nil {
		return nil
	}
	for _, rec := range rel.Records {
		if rec.Body != nil && rec.Body.Status == rec.LabelStatus {
			out = append(out, rec.Revision)
		}
	}
	return out
}

// Helm decides by the newest revision and by the newest deployed one: an upgrade that
// failed leaves the one before deployed.
func TestTheDeployedRevisionIsReadToo(t *testing.T) {
	f := helmServer(t)
	for i, status := range []string{"superseded", "deployed", "failed", "failed"} {
		f.put("secrets", record(t, "app", i+1, status))
	}
	s := f.open(onlyRecords, quietFor)
	settle(t, s)
	snap, _ := s.Snapshot()
	if got := read(snap, "app"); !slices.Equal(got, []int{2, 4}) {
		t.Fatalf("read revisions %v", got)
	}
	f.put("secrets", record(t, "app", 2, "superseded"))
	await(t, s, "a deployed revision that is none any more", func(snap *model.Snapshot) bool { return slices.Equal(read(snap, "app"), []int{4}) })
	f.put("secrets", record(t, "app", 3, "deployed"))
	await(t, s, "another that is relabelled", func(snap *model.Snapshot) bool { return slices.Equal(read(snap, "app"), []int{3, 4}) })
	f.remove("secrets", "ns", model.RecordName("app", 4))
	await(t, s, "the newest removed", func(snap *model.Snapshot) bool { return slices.Equal(read(snap, "app"), []int{3}) })
}

// A record that was set aside is not what Helm reads.
func TestTheNewestThatHelmSeesIsRead(t *testing.T) {
	f := helmServer(t)
	f.put("secrets", record(t, "app", 1, "deployed"))
	aside := record(t, "app", 2, "failed")
	delete(aside["metadata"].(map[string]any)["labels"].(map[string]any), "owner")
	f.put("secrets", aside)
	s := f.open(onlyRecords, quietFor)
	settle(t, s)
	snap, _ := s.Snapshot()
	if got := read(snap, "app"); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("read revisions %v", got)
	}
}

// What a rollback would lead to is read where something crashes.
func TestTheRevisionBeforeIsReadWhereSomethingCrashes(t *testing.T) {
	f := helmServer(t)
	for i, status := range []string{"superseded", "superseded", "deployed"} {
		f.put("secrets", record(t, "app", i+1, status))
	}
	f.resource("pods", "v1", "Pod")
	f.put("pods", object("ns", "well", crashing1(0, false)))
	s := f.open(Options{Kinds: []model.Kind{model.KindRecord, model.KindLogTail}}, quietFor)
	settle(t, s)
	snap, _ := s.Snapshot()
	if got := read(snap, "app"); !slices.Equal(got, []int{3}) {
		t.Fatalf("read revisions %v of a namespace in which all is well", got)
	}
	f.put("pods", object("ns", "web", crashing1(2, true)))
	await(t, s, "the revision before", func(snap *model.Snapshot) bool { return slices.Equal(read(snap, "app"), []int{2, 3}) })
	f.put("secrets", record(t, "app", 3, "superseded"))
	f.put("secrets", record(t, "app", 4, "deployed"))
	await(t, s, "an upgrade", func(snap *model.Snapshot) bool { return slices.Equal(read(snap, "app"), []int{3, 4}) })
	await(t, s, "the end of reading", func(snap *model.Snapshot) bool {
		w, _ := snap.State(model.KindRecord, "ns")
		return w.State == model.Live
	})
}

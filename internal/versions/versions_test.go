package versions

import (
	"context"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
)

var db = model.Ref{Kind: model.KindSecret, Namespace: "shop", Name: "db"}

// shelf is a cluster with one Secret, and records of a release.
type shelf struct {
	now      map[string][]byte
	declared map[int][]inspect.Object
}

func (s *shelf) Declared(_ context.Context, rec *model.Record) ([]inspect.Object, []string, error) {
	return s.declared[rec.Revision], nil, nil
}

func (s *shelf) Data(context.Context, model.Ref) (map[string][]byte, error) {
	if s.now == nil {
		return nil, inspect.ErrGone
	}
	return s.now, nil
}

func secretOf(fields map[string]any) inspect.Object {
	fields["kind"] = "Secret"
	return inspect.Object{Ref: model.Ref{Kind: model.KindSecret, Name: "db"}, Fields: fields}
}

func reportOf(revisions ...int) *engine.Report {
	var records model.Table
	for _, n := range revisions {
		records = append(records, &model.Record{
			Meta:   model.Meta{Kind: model.KindRecord, Namespace: "shop", Name: model.RecordName("web", n), Created: time.Unix(int64(1000*n), 0)},
			Driver: model.KindSecret, Release: "web", Revision: n, LabelOwner: "helm", LabelStatus: "superseded",
		})
	}
	space := model.NewSpace("shop", 1, map[model.Kind]model.Table{model.KindRecord: records})
	return &engine.Report{Snapshot: &model.Snapshot{Spaces: map[string]*model.Space{"shop": space}}}
}

func TestWhatIsKnownOfEarlierStates(t *testing.T) {
	s := &shelf{
		now: map[string][]byte{"user": []byte("app"), "password": []byte("new"), "port": []byte("1")},
		declared: map[int][]inspect.Object{
			1: {secretOf(map[string]any{"stringData": map[string]any{"user": "app", "password": "old"}})},
			2: {secretOf(map[string]any{"data": map[string]any{"user": "YXBw", "password": "bmV3", "port": "MQ=="}})},
			3: {{Ref: model.Ref{Kind: model.KindConfigMap, Name: "db"}}},
		},
	}
	journal := repair.Journal{Entries: []*repair.Entry{
		{ID: "e1", At: time.Unix(1500, 0), Own: true, State: repair.Confirmed, Title: "Mend it", Writes: []*repair.Write{{
			Ref: db, Before: &unstructured.Unstructured{Object: map[string]any{"kind": "Secret", "data": map[string]any{"token": "eA=="}}},
		}}},
		{ID: "e2", At: time.Unix(1600, 0), State: repair.Undone, Writes: []*repair.Write{{Ref: db, Before: &unstructured.Unstructured{Object: map[string]any{"kind": "Secret"}}}}},
		{ID: "e3", Writes: []*repair.Write{{Ref: model.Ref{Kind: model.KindSecret, Namespace: "shop", Name: "other"}}}},
	}}
	list, unread, err := List(t.Context(), reportOf(1, 2, 3), s, journal, db)
	if err != nil || len(unread) > 0 {
		t.Fatal(err, unread)
	}
	for i, want := range []struct {
		id      string
		differs []string
		back    bool
	}{
		{"now", []string{}, false},
		{"web.v2", []string{}, false},
		{"e2", []string{"-password", "-port", "-user"}, false},
		{"e1", []string{"+token", "-password", "-port", "-user"}, true},
		{"web.v1", []string{"~password", "-port"}, true},
	} {
		if i >= len(list) || list[i].ID != want.id || !slices.Equal(list[i].Differs, want.differs) || list[i].Back != want.back {
			t.Fatalf("%d is not %+v in %+v", i, want, list)
		}
	}
	s.now = nil
	if list, _, err = List(t.Context(), reportOf(1), s, repair.Journal{}, db); err != nil || len(list) != 1 || list[0].Back {
		t.Errorf("of what is gone: %+v %v", list, err)
	}
}

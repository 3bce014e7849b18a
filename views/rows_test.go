package views

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
)

// TestRowsThatAreKeptAreThoseMadeAnew changes namespaces at random and compares the
// rows that were kept in part with those made from nothing.
func TestRowsThatAreKeptAreThoseMadeAnew(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	kinds := []model.Kind{model.KindSecret}
	build := func(s *model.Space) []string {
		var out []string
		for r := range model.Each[*model.Secret](s, model.KindSecret) {
			out = append(out, s.Name+"/"+r.Name)
		}
		return out
	}
	space := func(name string) *model.Space {
		var table model.Table
		for i := range rng.IntN(4) {
			table = append(table, &model.Secret{Meta: model.Meta{Kind: model.KindSecret, Namespace: name, Name: fmt.Sprintf("s%d-%d", i, rng.IntN(1000))}})
		}
		return model.NewSpace(name, rng.Uint64(), map[model.Kind]model.Table{model.KindSecret: table})
	}
	env := &Env{Report: &engine.Report{Snapshot: &model.Snapshot{Spaces: map[string]*model.Space{}}}}
	var kept perSpace[string]
	for round := range 2000 {
		next := map[string]*model.Space{}
		for name, s := range env.Report.Snapshot.Spaces {
			if rng.IntN(12) > 0 {
				next[name] = s
			}
		}
		for range rng.IntN(3) {
			name := []string{"", "a", "b", "c", "d"}[rng.IntN(5)]
			next[name] = space(name)
		}
		if rng.IntN(20) == 0 {
			env.Namespaces = []map[string]bool{nil, {"a": true}, {"b": true, "c": true}}[rng.IntN(3)]
		}
		env.Report = &engine.Report{Snapshot: &model.Snapshot{Spaces: next}}
		before := slices.Clone(kept.shown)
		got, changed := kept.rows(env, kinds, build)
		var fresh perSpace[string]
		want, _ := fresh.rows(env, kinds, build)
		if !slices.Equal(got, want) || kept.total != fresh.total {
			t.Fatalf("round %d: %v (%d), made again %v (%d)", round, got, kept.total, want, fresh.total)
		}
		if !changed && !slices.Equal(before, got) {
			t.Fatalf("round %d: a change is not told", round)
		}
	}
}

package views

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
)

// TestRowsOfOtherNamespacesAreNotMadeAgain counts the work that a change costs.
func TestRowsOfOtherNamespacesAreNotMadeAgain(t *testing.T) {
	env := loadedEnv(t)
	var made []string
	var rows perSpace[string]
	load := func() bool {
		made = nil
		_, changed := rows.rows(env, []model.Kind{model.KindSecret}, func(s *model.Space) []string {
			made = append(made, s.Name)
			return []string{s.Name}
		})
		return changed
	}
	load()
	swap := func(kind model.Kind) {
		next := &model.Snapshot{Spaces: maps.Clone(env.Report.Snapshot.Spaces)}
		tables := maps.Clone(next.Spaces["shop"].Tables)
		tables[kind] = slices.Clone(tables[kind][:1])
		next.Spaces["shop"] = model.NewSpace("shop", 2, tables)
		env.Report = sampleReport(next, nil)
	}
	swap(model.KindSecret)
	if changed := load(); strings.Join(made, " ") != "shop" || !changed {
		t.Errorf("a secret of shop changed: rows were made for %v", made)
	}
	swap(model.KindDeployment)
	if changed := load(); len(made) > 0 || changed {
		t.Errorf("a deployment changed: rows were made for %v", made)
	}
	env.Namespaces = map[string]bool{"shop": true}
	if changed := load(); len(made) > 0 || !changed || len(rows.shown) != 2 { // shop, and what is cluster-scoped
		t.Errorf("a namespace was chosen: %d rows shown, made for %v", len(rows.shown), made)
	}
}

// many50000 is a world with as many secrets in one namespace.
func many50000(b *testing.B) *Env {
	env := loadedEnv(b)
	var table model.Table
	for i := range 50_000 {
		table = append(table, &model.Secret{Meta: model.Meta{Kind: model.KindSecret, Namespace: "big", Name: fmt.Sprintf("secret-%05d", i)}})
	}
	env.Report.Snapshot.Spaces["big"] = model.NewSpace("big", 1, map[model.Kind]model.Table{model.KindSecret: table})
	return env
}

func BenchmarkDraw50000(b *testing.B) {
	env := many50000(b)
	p := paneOf[*Secrets](env)
	p.Load()
	b.ReportAllocs()
	for b.Loop() {
		p.Do(keymap.Down)
		p.Draw(200, 50, true)
	}
}

// BenchmarkLoad50000 is a report in which something else than the rows moved, and
// one in which one row did.
func BenchmarkLoad50000(b *testing.B) {
	for _, moved := range []bool{false, true} {
		b.Run(fmt.Sprintf("moved=%v", moved), func(b *testing.B) {
			env := many50000(b)
			p := paneOf[*Secrets](env)
			p.Load()
			old := env.Report.Snapshot.Spaces["big"]
			b.ReportAllocs()
			for b.Loop() {
				if moved {
					env.Report.Snapshot.Spaces["big"] = model.NewSpace("big", 1, map[model.Kind]model.Table{model.KindSecret: slices.Clone(old.Tables[model.KindSecret])})
				}
				p.Load()
			}
		})
	}
}

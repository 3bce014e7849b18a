package probes

import (
	"maps"
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// names lists the names of a table, for evidence.
func names(table model.Table) []string {
	out := make([]string, len(table))
	for i, row := range table {
		out[i] = row.Base().Name
	}
	return out
}

// sortedKeys lists the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// rowsOf is the table of a kind in a namespace; empty where nothing is known of it.
func rowsOf(p *Pass, kind model.Kind, namespace string) model.Table {
	if s := p.Snapshot.Space(namespace); s != nil {
		return s.Tables[kind]
	}
	return nil
}

package probes

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// similarWords picks, of a list of names, at most limit that a person may have meant
// by name: the nearest first. For objects there is graph.Similar.
func similarWords(name string, list []string, limit int) []string {
	type candidate struct {
		name string
		far  int
	}
	var near []candidate
	for _, n := range list {
		if n == name {
			continue
		}
		d := distance(name, n)
		if d <= max(2, len(name)/4) || len(n) > 3 && len(name) > 3 && (strings.Contains(n, name) || strings.Contains(name, n)) {
			near = append(near, candidate{n, d})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int { return cmp.Or(a.far-b.far, strings.Compare(a.name, b.name)) })
	out := make([]string, 0, limit)
	for _, c := range near[:min(len(near), limit)] {
		out = append(out, c.name)
	}
	return out
}

// distance is the Levenshtein distance of two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, before+1, row[j]+1)
		}
	}
	return row[len(b)]
}

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

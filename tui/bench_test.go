package tui

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/viewtest"
)

// The size of the cluster that is drawn.
const (
	benchRows   = 50_000
	benchSpaces = 100
)

// crowd is a cluster of secrets, as many as rows says.
func crowd(rows int) *cluster.Snapshot {
	snap := &cluster.Snapshot{Seq: 1, Spaces: map[string]*cluster.Space{}, Coverage: viewtest.Live(), Cluster: cluster.Cluster{Context: "prod-eu", Version: "v1.36.3"}}
	for s := range benchSpaces {
		ns := fmt.Sprintf("team-%03d", s)
		table := make(cluster.Table, 0, rows/benchSpaces)
		for i := range rows / benchSpaces {
			table = append(table, secretRow(ns, i, 0))
		}
		snap.Spaces[ns] = cluster.NewSpace(ns, 1, map[cluster.Kind]cluster.Table{cluster.KindSecret: table})
	}
	return snap
}

func secretRow(ns string, i, version int) *cluster.Secret {
	return &cluster.Secret{
		Meta: cluster.Meta{
			Kind: cluster.KindSecret, Namespace: ns, Name: fmt.Sprintf("credentials-%05d", i), UID: fmt.Sprintf("%s-%d", ns, i),
			ResourceVersion: fmt.Sprint(version), Created: viewtest.Now.Add(-time.Duration(i) * time.Minute),
		},
		Type: "Opaque", Keys: []cluster.DataKey{{Name: "password", Size: 24 + version}, {Name: "user", Size: 6}},
	}
}

// stirred is the snapshot after n changes, spread over the namespaces.
func stirred(snap *cluster.Snapshot, n, version int) (*cluster.Snapshot, []cluster.Moved) {
	next := &cluster.Snapshot{Seq: snap.Seq + 1, Spaces: maps.Clone(snap.Spaces), Coverage: snap.Coverage, Cluster: snap.Cluster}
	var moved []cluster.Moved
	for c := range n {
		ns := fmt.Sprintf("team-%03d", (version*n+c)%benchSpaces)
		old := next.Spaces[ns]
		table := slices.Clone(old.Tables[cluster.KindSecret])
		i := (version*7 + c) % len(table)
		table[i] = secretRow(ns, i, version)
		next.Spaces[ns] = cluster.NewSpace(ns, old.Version+1, map[cluster.Kind]cluster.Table{cluster.KindSecret: table})
		moved = append(moved, cluster.Moved{Namespace: ns, Kinds: []cluster.Kind{cluster.KindSecret}})
	}
	return next, moved
}

// BenchmarkDraw draws a frame of 200x50 over 50,000 rows, moved by a row each time.
func BenchmarkDraw(b *testing.B) {
	s := newShell(b, Options{}, 200, 50)
	s.send(reportMsg{reportOf(crowd(benchRows), nil)})
	s.press("3", "end")
	b.ReportAllocs()
	for b.Loop() {
		s.browser(s.active).Do(keymap.Up)
		s.draw()
	}
}

// BenchmarkFilter types a letter of a filter over 50,000 rows, and draws.
func BenchmarkFilter(b *testing.B) {
	s := newShell(b, Options{}, 200, 50)
	s.send(reportMsg{reportOf(crowd(benchRows), nil)})
	s.press("3", "/")
	i := 0
	for b.Loop() {
		s.Update(keyPress([]string{"4", "backspace"}[i%2]))
		i++
	}
}

// BenchmarkScroll turns a page of 50,000 rows, and draws.
func BenchmarkScroll(b *testing.B) {
	benchKeys(b, "pgdown", "pgdown", "pgup")
}

// BenchmarkSort orders 50,000 rows by another column, and draws.
func BenchmarkSort(b *testing.B) {
	benchKeys(b, "o")
}

// benchKeys presses keys in turn over 50,000 rows, and draws after each.
func benchKeys(b *testing.B, keys ...string) {
	b.Helper()
	s := newShell(b, Options{}, 200, 50)
	s.send(reportMsg{reportOf(crowd(benchRows), nil)})
	s.press("3")
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		s.Update(keyPress(keys[i%len(keys)]))
		i++
	}
}

// BenchmarkFold folds and unfolds a finding of which 50,000 rows tell, and draws.
func BenchmarkFold(b *testing.B) {
	s := newShell(b, Options{}, 200, 50)
	var found []*finding.Finding
	for i := range benchRows {
		found = append(found, &finding.Finding{
			Probe: probes.ImageUnpullable.ID, Severity: finding.High, Grade: finding.Proved, Summary: "The image cannot be pulled.",
			Subject: cluster.Ref{Kind: cluster.KindDeployment, Namespace: fmt.Sprintf("team-%03d", i%benchSpaces), Name: fmt.Sprintf("app-%05d", i)},
		})
	}
	s.send(reportMsg{reportOf(crowd(100), found)})
	s.press("1")
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		s.Update(keyPress([]string{"right", "left"}[i%2]))
		i++
	}
}

// BenchmarkStorm takes over what the engine makes of 500 changes a second (ten
// reports, of 50 changes each) with a key pressed after every report, and draws
// after each of both.
func BenchmarkStorm(b *testing.B) {
	snap := crowd(benchRows)
	first := reportOf(snap, nil)
	g := first.Graph
	var reports []*engine.Report
	for version := 1; version <= 20; version++ {
		next, moved := stirred(snap, 50, version)
		g = g.Follow(next, moved)
		reports = append(reports, &engine.Report{Seq: uint64(version), At: viewtest.Now, Snapshot: next, Graph: g})
		snap = next
	}
	s := newShell(b, Options{}, 200, 50)
	s.send(reportMsg{first})
	s.press("3", "pgdown")
	var keys, taken []time.Duration
	i := 0
	for b.Loop() {
		began := time.Now()
		s.Update(reportMsg{reports[i%len(reports)]})
		taken = append(taken, time.Since(began))
		began = time.Now()
		s.Update(keyPress([]string{"j", "k"}[i%2]))
		keys = append(keys, time.Since(began))
		i++
	}
	b.ReportMetric(p99(keys).Seconds()*1000, "p99-key-ms")
	b.ReportMetric(p99(taken).Seconds()*1000, "p99-report-ms")
}

func p99(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)*99/100]
}

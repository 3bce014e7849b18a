//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAnyDumpIsTheCluster looks at one cluster with everything planted, and at what
// each tool would write of it at the same moment: the findings are equal, id by id, but
// for what the file does not hold, which is unknown.
func TestAnyDumpIsTheCluster(t *testing.T) {
	c := shared.everything(t)
	flags := append([]string{"--fail-on=none"}, quick...)
	before, _ := document(t, c.Kubeconfig, flags...)
	g := gather(t)
	after, _ := document(t, c.Kubeconfig, flags...)
	live := map[string]string{} // grades, of what was so before and after
	for _, f := range before.Findings {
		live[f.ID] = f.Grade
	}
	later := map[string]string{}
	for _, f := range after.Findings {
		later[f.ID] = f.Grade
	}
	for _, d := range []struct {
		name, path string
		lacks      string // what it does not hold, and live findings need; "" where it holds everything
	}{
		{"kubectl get", filepath.Join(inFolder(t, g.kubectlGet(t)), "all.json"), "logs, and kinds of which there is no object"},
		{"kubectl cluster-info dump", inFolder(t, g.clusterInfo(t)), ""},
		{"kubectl cluster-info dump as an archive", inArchive(t, g.clusterInfo(t)), ""},
		{"must-gather", inFolder(t, g.mustGather(t)), "cluster-scoped kinds that it reads in part"},
		{"support bundle", inArchive(t, g.bundle(t)), "Secrets"},
	} {
		t.Run(d.name, func(t *testing.T) {
			from, r := document(t, "/nonexistent", append(flags, "--from", d.path)...)
			if r.code != 0 && r.code != 4 || strings.Contains(r.stderr, "cannot be read") {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			var wrong []string
			got, blind, unknown := map[string]string{}, map[string]bool{}, 0
			for _, f := range from.Findings {
				got[f.ID] = f.Grade
				switch {
				case f.Grade == "unknown":
					unknown++
					blind[f.Probe] = true
				case live[f.ID] == "" && later[f.ID] == "":
					wrong = append(wrong, fmt.Sprintf("only in the file: %s, %s: %s", f.ID, f.Grade, f.Summary))
				case live[f.ID] != f.Grade && later[f.ID] != f.Grade:
					wrong = append(wrong, fmt.Sprintf("%s is %s in the file, %s live", f.ID, f.Grade, live[f.ID]))
				}
			}
			missing := 0
			for _, id := range slices.Sorted(maps.Keys(live)) {
				if later[id] != "" && got[id] == "" {
					missing++
					probe, _, _ := strings.Cut(id, ":")
					if d.lacks == "" || !blind[probe] {
						wrong = append(wrong, "only live: "+id)
					}
				}
			}
			t.Logf("%d findings live, %d from the file, %d of them unknown; %d are not in the file", len(live), len(got), unknown, missing)
			for _, w := range wrong {
				t.Error(w)
			}
		})
	}
}

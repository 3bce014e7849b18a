package release_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/release"
)

// made4 are the records in testdata/helm4, by how Helm 4 says it applied them.
var made4 = map[string]struct {
	revision     int
	method       string
	status       string
	ranAnyHook   bool
	rollbackFrom int
}{
	"server":   {revision: 4, method: "ssa", status: "pending-upgrade"},
	"client":   {revision: 3, method: "csa", status: "pending-upgrade"},
	"rollback": {revision: 5, method: "ssa", status: "pending-rollback", ranAnyHook: true, rollbackFrom: 2},
	"unset":    {revision: 1, status: "pending-install"},
}

// TestRecordsMadeByHelm4 reads the records that Helm 4's own code makes (the module in
// helm4 does, and holds them fresh), and changes each as careen's fixes do. What is left
// is a golden that the same module has Helm 4 read.
func TestRecordsMadeByHelm4(t *testing.T) {
	for name, want := range made4 {
		stored, err := os.ReadFile(filepath.Join("testdata", "helm4", name+".release"))
		if err != nil {
			t.Fatal(err)
		}
		stored = bytes.TrimSuffix(stored, []byte("\n"))
		b := release.Decode(stored, "7")
		if b.Problem != "" || b.ManifestError != "" {
			t.Fatalf("%s: %s %s", name, b.Problem, b.ManifestError)
		}
		if b.Name != "shop" || b.Version != want.revision || b.ApplyMethod != want.method || b.Status != want.status || b.ChartVersion != "1.4.0" {
			t.Errorf("%s: %+v", name, b)
		}
		if len(b.Objects) != 2 || len(b.Hooks) != 1 || b.Hooks[0].Started.IsZero() == want.ranAnyHook || b.FirstDeployed.Nanosecond() != 123456789 {
			t.Errorf("%s: objects %v, hooks %+v, first deployed %v", name, b.Objects, b.Hooks, b.FirstDeployed)
		}
		raw, gz, err := release.Raw(stored)
		if err != nil || !gz {
			t.Fatal(name, gz, err)
		}
		edited, err := release.Edit(raw, "failed", "Marked failed")
		if err != nil {
			t.Fatal(name, err)
		}
		if edited, err = release.Rewrite(edited, []release.Rename{{Kind: "PodDisruptionBudget", From: "policy/v1beta1", To: "policy/v1"}}); err != nil {
			t.Fatal(name, err)
		}
		golden.Equal(t, filepath.Join("testdata", "helm4", name+".json"), string(edited))
		var left struct {
			Method string `json:"apply_method"`
			Info   struct {
				From int `json:"rollback_revision"`
			} `json:"info"`
			Hooks []struct {
				Logs []string `json:"output_log_policies"`
			} `json:"hooks"`
		}
		if err := json.Unmarshal(edited, &left); err != nil {
			t.Fatal(name, err)
		}
		if left.Method != want.method || left.Info.From != want.rollbackFrom || len(left.Hooks) != 1 || len(left.Hooks[0].Logs) != 1 {
			t.Errorf("%s: what Helm 4 alone knows is %+v now", name, left)
		}
	}
}

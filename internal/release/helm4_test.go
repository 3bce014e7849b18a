package release_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/release"
)

// helm4 is a record as Helm 4.2 stores it (helm.sh/helm/v4, pkg/release/v1): the fields of
// Helm 3, and apply_method, info.rollback_revision, output_log_policies of hooks, times to
// the nanosecond, none where they are not set; and one that a later Helm may add.
const helm4 = `{
  "name": "shop",
  "info": {
    "first_deployed": "2026-08-20T15:58:20.123456789-06:00",
    "last_deployed": "2026-08-21T09:00:00.5Z",
    "description": "Upgrade \u003cunderway\u003e",
    "status": "pending-upgrade",
    "rollback_revision": 2,
    "notes": "thank you",
    "resources": {"v1/Service": [{"metadata": {"name": "shop"}}]}
  },
  "chart": {"metadata": {"name": "shop", "version": "1.4.0", "apiVersion": "v2", "appVersion": "2.0"}, "lock": null, "templates": [], "values": {"replicas": 2}, "schema": null, "files": [], "modtime": "2026-08-01T00:00:00Z"},
  "config": {"big": 12345678901234567890, "ratio": 1.50},
  "manifest": "---\n# Source: shop/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: shop\n---\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: shop\n",
  "hooks": [{"name": "dump", "kind": "Job", "path": "shop/templates/dump.yaml", "manifest": "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: dump\n",
    "events": ["pre-upgrade"], "last_run": {"phase": ""}, "weight": -5, "delete_policies": ["before-hook-creation"], "output_log_policies": ["hook-failed"]}],
  "version": 4,
  "namespace": "store",
  "apply_method": "ssa",
  "sequencing": {"of": ["a", "later", "Helm"]}
}`

func TestRecordsOfHelm4AreRead(t *testing.T) {
	stored, err := release.Encode([]byte(helm4), true)
	if err != nil {
		t.Fatal(err)
	}
	b := release.Decode(stored, "7")
	if b.Problem != "" || b.ManifestError != "" {
		t.Fatalf("%s %s", b.Problem, b.ManifestError)
	}
	if b.Name != "shop" || b.Version != 4 || b.Status != "pending-upgrade" || b.ApplyMethod != "ssa" || b.Chart != "shop" || b.ChartVersion != "1.4.0" {
		t.Errorf("%+v", b)
	}
	if want := time.Date(2026, 8, 20, 21, 58, 20, 123456789, time.UTC); !b.FirstDeployed.Equal(want) || !b.Deleted.IsZero() {
		t.Errorf("first deployed %v, deleted %v", b.FirstDeployed, b.Deleted)
	}
	if len(b.Objects) != 2 || len(b.Hooks) != 1 || b.Hooks[0].Ref.Name != "dump" || !b.Hooks[0].Started.IsZero() {
		t.Errorf("objects %v, hooks %v", b.Objects, b.Hooks)
	}
	if old := release.Decode([]byte(strings.Replace(helm4, `"apply_method": "ssa",`, "", 1)), "7"); old.ApplyMethod != "" {
		t.Errorf("a record of Helm 3 was applied by %q", old.ApplyMethod)
	}
}

// TestARewriteKeepsWhatHelm4Stores changes a record as careen's fixes do, and takes back
// from the result what was to change: the rest is as it was, to the byte.
func TestARewriteKeepsWhatHelm4Stores(t *testing.T) {
	edited, err := release.Edit([]byte(helm4), "deployed", "Marked deployed")
	if err != nil {
		t.Fatal(err)
	}
	renamed, err := release.Rewrite(edited, []release.Rename{{Kind: "PodDisruptionBudget", From: "policy/v1beta1", To: "policy/v1"}})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := release.Encode(renamed, true)
	if err != nil {
		t.Fatal(err)
	}
	raw, gz, err := release.Raw(stored)
	if err != nil || !gz {
		t.Fatal(gz, err)
	}
	back := strings.NewReplacer(`"deployed"`, `"pending-upgrade"`, `"Marked deployed"`, `"Upgrade \u003cunderway\u003e"`, "policy/v1\\n", "policy/v1beta1\\n").Replace(string(raw))
	if back != helm4 {
		t.Errorf("more was changed than asked for:\n%s", back)
	}
	var before, after map[string]any
	if err := json.Unmarshal([]byte(helm4), &before); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &after); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"apply_method", "sequencing", "hooks", "chart", "config"} {
		if !reflect.DeepEqual(before[field], after[field]) {
			t.Errorf("%s was changed to %v", field, after[field])
		}
	}
	if info := after["info"].(map[string]any); info["rollback_revision"] != 2.0 || info["resources"] == nil {
		t.Errorf("info was changed to %v", info)
	}
}

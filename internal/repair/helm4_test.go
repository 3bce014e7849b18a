package repair

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// TestReleasesThatHelm4AppliedAreLeftToIt plans with Helm 3's code what would lose how
// Helm 4 applied a release: each plan is refused, and names Helm's own command.
func TestReleasesThatHelm4AppliedAreLeftToIt(t *testing.T) {
	const manifest = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"
	var records []string
	table := model.Table{}
	for i, status := range []string{"superseded", "deployed"} {
		text, stored := storedRevision(t, i+1, status, manifest)
		raw, gz, err := release.Raw(stored)
		if err != nil {
			t.Fatal(err)
		}
		by4, err := release.Encode(bytes.Replace(raw, []byte("{"), []byte(`{"apply_method":"ssa",`), 1), gz)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, strings.Replace(text, base64.StdEncoding.EncodeToString(stored), base64.StdEncoding.EncodeToString(by4), 1))
		table = append(table, &model.Record{
			Meta:   model.Meta{Kind: model.KindRecord, Namespace: "shop", Name: model.RecordName("web", i+1)},
			Driver: model.KindSecret, Release: "web", Revision: i + 1, Body: release.Decode(by4, "1"),
		})
	}
	m := unit(t, records...)
	report := &engine.Report{Snapshot: &model.Snapshot{Spaces: map[string]*model.Space{
		"shop": model.NewSpace("shop", 1, map[model.Kind]model.Table{model.KindRecord: table}),
	}}}
	for command, plan := range map[string]func() (*Plan, error){
		"helm rollback web 1 -n shop": func() (*Plan, error) { return m.PlanRollback(t.Context(), report, webRelease, 1) },
		"helm uninstall web -n shop":  func() (*Plan, error) { return m.PlanUninstall(t.Context(), report, webRelease) },
	} {
		if _, err := plan(); err == nil || !strings.Contains(err.Error(), "applied by Helm 4") || !strings.Contains(err.Error(), command) {
			t.Errorf("%s: %v", command, err)
		}
	}
}

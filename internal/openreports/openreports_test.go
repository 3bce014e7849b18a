package openreports

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

func TestMain(m *testing.M) { os.Exit(golden.Main(m, "testdata/*.yaml")) }

var at = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// look has a finding of every outcome, in two namespaces and in none, one of a release,
// one of a custom resource, and hostile strings.
func look() *Look {
	stuck := &finding.Finding{
		Probe: probes.ReleaseStuck.ID, Subject: model.Ref{Kind: model.KindRelease, Namespace: "review", Name: "review-app"},
		Severity: finding.Critical, Grade: finding.Proved, Summary: "Revision 1 has been pending-install for 22m.", Since: at.Add(-22 * time.Minute),
		Fixes: []finding.Fix{{ID: "mark-deployed", Title: "Mark revision 1 deployed"}},
	}
	known := &finding.Finding{
		Probe: probes.ClaimOrphan.ID, Subject: model.Ref{Kind: model.KindClaim, Namespace: "review", Name: "data"},
		Severity: finding.High, Grade: finding.Inferred, Summary: "No pod uses it.\n\x1b[31mred", Causes: []finding.ID{stuck.ID()},
	}
	low := &finding.Finding{
		Probe: probes.ConditionFailing.ID, Subject: model.Ref{Kind: "Widget.example.com", Namespace: "shop", Name: "w"}, Slot: "Ready\n" + strings.Repeat("x", 1000),
		Severity: finding.Low, Grade: finding.Observed, Summary: strings.Repeat("long ", 1000),
	}
	unknown := &finding.Finding{
		Probe: probes.NodeUnwell.ID, Subject: model.Ref{Kind: model.KindNode, Name: "*"}, Severity: finding.High, Grade: finding.Unknown, Summary: "Unknown in the whole cluster.",
	}
	return &Look{
		Findings: []Finding{{stuck, ""}, {known, "accepted until June"}, {low, ""}, {unknown, ""}},
		Probes:   []finding.ProbeID{probes.ReleaseStuck.ID, probes.ClaimOrphan.ID, probes.ConditionFailing.ID, probes.NodeUnwell.ID, probes.DNSBroken.ID},
		At:       at, Name: "careen", Namespaces: []string{"shop", "quiet"},
		Context: "arn:aws:eks:eu-central-1:1234:cluster/Prod Cluster " + strings.Repeat("x", 80), Version: "v1.2.3-0.20260102+dirty",
	}
}

func TestObjects(t *testing.T) {
	for name, v := range map[string]Variant{"openreports": OpenReports, "policyreports": PolicyReports} {
		b, err := yaml.Marshal(v.All(look()))
		if err != nil {
			t.Fatal(err)
		}
		golden.Equal(t, filepath.Join("testdata", name+".yaml"), string(b))
	}
}

// valid holds an object to what an API server would.
func valid(t *testing.T, v Variant, r *Report) {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	raw, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", raw); err != nil {
		t.Fatal(err)
	}
	name := map[string]string{OpenReports.APIVersion: "openreports", PolicyReports.APIVersion: "policyreports"}[v.APIVersion]
	schema, err := c.Compile("schema.json#/$defs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > 1<<20 {
		t.Errorf("%s takes %d bytes", r.Metadata.Name, len(b))
	}
	object, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(object); err != nil {
		t.Error(err)
	}
	for k, value := range r.Metadata.Labels {
		if wrong := slices.Concat(validation.IsQualifiedName(k), validation.IsValidLabelValue(value)); len(wrong) > 0 {
			t.Errorf("label %s=%s: %v", k, value, wrong)
		}
	}
	if wrong := validation.IsDNS1123Subdomain(r.Metadata.Name); len(wrong) > 0 {
		t.Errorf("name %s: %v", r.Metadata.Name, wrong)
	}
}

func TestEveryObjectIsValid(t *testing.T) {
	for _, v := range []Variant{OpenReports, PolicyReports} {
		for _, r := range v.All(look()) {
			valid(t, v, &r)
		}
	}
}

func TestTheSummaryCountsWhatIsThere(t *testing.T) {
	want := map[string]Summary{
		"":       {Pass: 4, Error: 1},
		"review": {Pass: 2, Fail: 1, Skip: 1},
		"shop":   {Pass: 3, Warn: 1},
		"quiet":  {Pass: 4}, // whether a node is unwell is known nowhere
	}
	for _, r := range OpenReports.All(look()) {
		if r.Summary != want[r.Metadata.Namespace] {
			t.Errorf("%q: %+v, want %+v", r.Metadata.Namespace, r.Summary, want[r.Metadata.Namespace])
		}
	}
}

func TestAnObjectIsBounded(t *testing.T) {
	l := look()
	low := l.Findings[2].Finding
	for i := range 20_000 {
		f := *low
		f.Subject.Name = fmt.Sprintf("w-%d", i)
		for j := range 100 {
			f.Causes = append(f.Causes, finding.ID(fmt.Sprintf("a:b/C/%d%d", i, j)))
		}
		l.Findings = append(l.Findings, Finding{&f, ""})
	}
	r := OpenReports.ForNamespace(l, "shop")
	valid(t, OpenReports, &r)
	last := r.Results[len(r.Results)-1]
	left := 20_001 - (len(r.Results) - 1)
	if r.Summary.Warn != 20_001 || last.Properties["leftOut"] != fmt.Sprint(left) || left <= 0 {
		t.Errorf("%+v of which %d are there; left out: %v", r.Summary, len(r.Results)-1, last.Properties)
	}
}

func TestAnyTextMakesALabel(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "kind-demo": "kind-demo", "---": "", "a/b:c": "a-b-c", "_x.": "x", "ü": "", "x" + strings.Repeat("é", 80) + "y": "x", "v1+dirty": "v1-dirty",
	} {
		if got := labelValue(text); got != want || len(validation.IsValidLabelValue(got)) > 0 {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

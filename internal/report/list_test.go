package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
)

// in is a document of another cluster.
func in(context string, d *Document) *Document {
	d.Cluster.Context = context
	return d
}

// many is a look at four clusters: two have the same cause, in namespaces of different
// names, one has hostile strings, and one could not be reached.
func many() *List {
	moved := sample()
	stuck := *moved.Findings[0]
	stuck.Subject.Namespace, stuck.Causes, stuck.Severity = "review-us", nil, finding.High
	moved.Findings = []*finding.Finding{&stuck, moved.Findings[1]}
	eu := in("prod-eu", document(sample(), 0))
	eu.Cluster.Also = []string{"prod-eu-old"}
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	gone := Failed(Cluster{Context: "stage", Server: "https://10.0.0.1:6443"}, []model.Kind{model.KindSecret, model.KindPod}, at, at.Add(time.Second),
		"the cluster cannot be reached: GET https://10.0.0.1:6443/version as ci: connection refused | <b> @all")
	return NewList([]*Document{eu, in("prod-us", document(moved, 0)), in("lab.example", mixed()), gone})
}

func renderList(t *testing.T, format string, l *List) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Lists.Write(&b, format, l, Options{Version: "v0.0.0", Probes: catalogue}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFormatsOfManyClustersMatchTheirGoldens(t *testing.T) {
	for _, format := range Lists.Names() {
		golden.Equal(t, filepath.Join("testdata", "many."+format), string(renderList(t, format, many())))
	}
}

func TestEveryFormatOfAuditHoldsManyClusters(t *testing.T) {
	for _, f := range Documents.Of("audit") {
		if _, err := Lists.Find(f.Name); err != nil {
			t.Errorf("%s holds one cluster only: give it a row in manyWriters", f.Name)
		}
	}
	if len(Lists) == 0 {
		t.Error("there are no formats")
	}
}

func TestAReportListIsWhatScriptsRead(t *testing.T) {
	var l struct {
		APIVersion, Kind string
		Items            []Document
	}
	if err := json.Unmarshal(renderList(t, "json", many()), &l); err != nil {
		t.Fatal(err)
	}
	if l.APIVersion != APIVersion || l.Kind != "ReportList" || len(l.Items) != 4 || l.Items[0].Kind != Kind {
		t.Errorf("%+v", l)
	}
	failed := l.Items[3]
	if failed.Message == "" || len(failed.Coverage) != 2 || failed.Coverage[0].State != model.Absent || failed.Findings == nil {
		t.Errorf("a cluster that failed: %+v", failed)
	}
	if text := renderList(t, "json", NewList(nil)); !bytes.Contains(text, []byte(`"items": []`)) {
		t.Errorf("no cluster: %s", text)
	}
}

func TestTheSameCauseInManyClustersIsOneLine(t *testing.T) {
	var list []string
	for _, s := range many().shared() {
		list = append(list, fmt.Sprintf("%s %s %s: %s", s.Severity, s.Probe, s.subject(), strings.Join(s.clusters(), "; ")))
	}
	want := []string{
		"critical release-stuck Release review-app: prod-eu (review); prod-us (review-us); lab.example (review)",
		"high helm-cannot-update-records ServiceAccount review/ci: prod-eu; prod-us",
		"high helm-cannot-update-records ServiceAccount review/ci: lab.example", // which is known there
	}
	if got := strings.Join(list[:3], "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	for _, format := range []string{"table", "markdown", "html"} {
		text := string(renderList(t, format, many()))
		if n := strings.Count(text, "release-stuck"); n != map[string]int{"table": 1, "markdown": 1, "html": 2}[format] {
			t.Errorf("%s names the same cause %d times", format, n)
		}
		for _, cluster := range []string{"prod-eu", "prod-us", "lab.example"} {
			if !strings.Contains(text, cluster) {
				t.Errorf("%s does not name %s", format, cluster)
			}
		}
	}
}

func TestTheTableOfManyClustersFitsTheTerminal(t *testing.T) {
	l := many()
	for i := range 30 {
		l.Items = append(l.Items, in(fmt.Sprintf("cluster-%02d", i), document(sample(), 0)))
	}
	for _, width := range []int{40, 80, 120, 0} {
		var b bytes.Buffer
		if err := Lists.Write(&b, "table", l, Options{Width: width, Probes: catalogue}); err != nil {
			t.Fatal(err)
		}
		_, causes, _ := strings.Cut(b.String(), "\n\n")
		causes, _, _ = strings.Cut(causes, "\n\n")
		for line := range strings.Lines(causes) {
			if n := ansi.StringWidth(strings.TrimRight(line, "\n")); n > max(width, narrowest) && width != 0 || width == 0 && n > noTerminal {
				t.Errorf("%d columns: %d cells: %s", width, n, line)
			}
		}
		if width == 120 && !strings.Contains(causes, "prod-eu, prod-us, lab.example, cluster-00 +29") {
			t.Errorf("which clusters have it: %s", causes)
		}
	}
	if text := string(renderWide(t, many())); !strings.Contains(text, "In 3 clusters: prod-eu (review), prod-us (review-us) and lab.example (review):") || !strings.Contains(text, "metadata.labels.status") {
		t.Errorf("--wide: %s", text)
	}
}

func renderWide(t *testing.T, l *List) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Lists.Write(&b, "table", l, Options{Wide: true, Probes: catalogue}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOneOfManyDoesNotKeepItsLook(t *testing.T) {
	d := document(sample(), 0)
	if d.look == nil {
		t.Fatal("it has none")
	}
	if d.Forget(); d.look != nil {
		t.Error("it is kept")
	}
}

func TestThePageOfManyClustersCannotBeBrokenOutOf(t *testing.T) {
	l := many()
	l.Items = append(l.Items, in("</td><script>alert(1)</script>", mixed()))
	text := string(renderList(t, "html", l))
	for _, bad := range []string{"<script", "<img", "<b>"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(text, "Content-Security-Policy") || !strings.Contains(text, "connection refused") {
		t.Error("it lacks its policy, or a cluster that failed")
	}
}

func TestExitCodesOfManyClusters(t *testing.T) {
	at := time.Now()
	failed := Failed(Cluster{}, nil, at, at, "gone")
	whole := document(&engine.Report{Snapshot: &model.Snapshot{Coverage: model.Coverage{{State: model.Live}}}}, 0)
	partial := document(&engine.Report{Snapshot: &model.Snapshot{Coverage: model.Coverage{{State: model.Forbidden}}}}, 0)
	stuck := document(sample(), 0)
	for name, c := range map[string]struct {
		docs []*Document
		want int
	}{
		"all well":                       {[]*Document{whole, whole}, 0},
		"one found something":            {[]*Document{whole, stuck}, 1},
		"one found, one is gone":         {[]*Document{failed, stuck}, 1},
		"one is gone":                    {[]*Document{whole, failed}, 4},
		"one is gone, and it kinds none": {[]*Document{failed, whole}, 4},
		"one is partial":                 {[]*Document{partial, whole}, 4},
		"none could be reached":          {[]*Document{failed, failed}, 3},
	} {
		if got := NewList(c.docs).ExitCode(FailOn{Level: finding.High}); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
	}
}

func TestWhatIsIncompleteIsSaidOfEachClusterAndBounded(t *testing.T) {
	r := &engine.Report{Snapshot: &model.Snapshot{}}
	for i := range 9 {
		r.Snapshot.Coverage = append(r.Snapshot.Coverage, model.Watch{Resource: fmt.Sprintf("r%d", i), State: model.Forbidden})
	}
	got := NewList([]*Document{in("a", document(r, 0)), in("b", document(sample(), 0))}).Incomplete()
	if len(got) != incompleteEach+1 || got[0] != "a: r0: forbidden" || got[incompleteEach] != "a: and 4 more" {
		t.Errorf("%q", got)
	}
}

func TestSARIFOfManyClustersIsValidAndTellsThemApart(t *testing.T) {
	l := many()
	b := renderList(t, "sarif", l)
	if bytes.Contains(b, []byte(": -1")) {
		t.Errorf("it says what is not there: %s", b)
	}
	log, err := sarif.FromBytes(b, sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Validate(); err != nil {
		t.Error(err)
	}
	run := log.Runs[0]
	seen := map[string]bool{}
	for _, r := range run.Results {
		cluster := r.PartialFingerprints[clusterprint]
		key := cluster + " " + r.PartialFingerprints[fingerprint]
		if cluster == "" || seen[key] {
			t.Errorf("%s: not told apart", key)
		}
		seen[key] = true
		if uri := *r.Locations[0].PhysicalLocation.ArtifactLocation.URI; !strings.HasPrefix(uri, "kubernetes/"+cluster+"/") {
			t.Errorf("%s stands at %s", key, uri)
		}
		if id := *run.Tool.Driver.Rules[r.RuleIndex].ID; id != *r.RuleID {
			t.Errorf("%s has rule %s at its index", key, id)
		}
	}
	if len(run.Results) != 8 || len(run.Invocations) != 4 || *run.Invocations[3].ExecutionSuccessful {
		t.Errorf("%d results, %d invocations", len(run.Results), len(run.Invocations))
	}
}

func TestJUnitOfManyClustersFitsTheSchemaAndCounts(t *testing.T) {
	b := renderList(t, "junit", many())
	if err := checkJUnit(t, b); err != nil {
		t.Error(err)
	}
	var all junitSuites
	if err := xml.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	tests, failures, errors := 0, 0, 0
	for _, s := range all.Suites {
		tests, failures, errors = tests+s.Tests, failures+s.Failures, errors+s.Errors
		for _, c := range s.Cases {
			if strings.Count(c.Class, ".") != 2 {
				t.Errorf("class %s does not end in the probe", c.Class)
			}
		}
	}
	if tests != all.Tests || failures != all.Failures || errors != all.Errors || errors != 1 || failures != 6 {
		t.Errorf("%d tests, %d failures, %d errors; by suite %d, %d, %d", all.Tests, all.Failures, all.Errors, tests, failures, errors)
	}
}

func TestMarkdownOfManyClustersCannotBeBrokenOutOfAndFits(t *testing.T) {
	l := many()
	for i := range 300 {
		l.Items = append(l.Items, in(fmt.Sprintf("|<script>@team `x` arn:aws:eks:%d", i), mixed()))
	}
	text := string(renderList(t, "markdown", l))
	if len(text) > 65_536 {
		t.Errorf("%d bytes", len(text))
	}
	outside := codeSpan.ReplaceAllString(text, "")
	for _, bad := range []string{"<script", "<img", "<b>", " @everyone", " @all", "@team", "http://evil"} {
		if strings.Contains(outside, bad) {
			t.Errorf("the report holds %q", bad)
		}
	}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		line = strings.ReplaceAll(line, `\\`, "")
		if pipes := strings.Count(line, "|") - strings.Count(line, `\|`); pipes != 6 {
			t.Errorf("%d cell borders in %s", pipes, line)
		}
	}
}

func TestReportObjectsOfManyClustersStandBesideEachOther(t *testing.T) {
	l := many()
	l.Items = append(l.Items, in("PROD-EU", document(sample(), 0)), in("äöü", document(sample(), 0)))
	text := string(renderList(t, "openreports", l))
	for _, want := range []string{"name: careen-prod-eu\n", "name: careen-prod-us\n", "name: careen-lab-example\n", "name: careen-prod-eu-2\n", "name: careen-cluster\n", "cluster: prod-eu\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if strings.Contains(text, "careen-stage") || strings.Contains(text, "kind: Report\n") || strings.Count(text, "kind: ClusterReport\n") != 5 {
		t.Errorf("it has objects of a cluster that could not be looked at, or in namespaces:\n%s", text)
	}
}

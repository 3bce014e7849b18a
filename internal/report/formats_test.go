package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// catalogue are the probes of the sample, one that found nothing among them.
var catalogue = []*probes.Probe{
	{ID: probes.ClaimPending.ID, Doc: "A claim waits for a volume\n\nIt has been `Pending` for longer than it should.", Worst: finding.Medium},
	{ID: "helm-cannot-update-records", Doc: "Records can be created, not updated\n\nHelm needs both.", Worst: finding.High},
	{ID: "release-stuck", Doc: "A release is stuck in an operation\n\nIts newest revision is *pending*.", Worst: finding.Critical},
}

// mixed is the sample with a finding that is known, one that nobody could look
// for, one of a probe that the catalogue does not have, and hostile strings.
func mixed() *Document {
	r := sample()
	r.Snapshot = r.Snapshot.With(model.Watch{Kind: "Node", Resource: "nodes", State: model.Forbidden, Message: "forbidden to @all | <b> (list nodes)"})
	r.Findings = append(
		r.Findings,
		&finding.Finding{
			Probe: probes.ClaimOrphan.ID, Subject: model.Ref{Kind: "PersistentVolumeClaim", Namespace: "shop", Name: "data|`x`"}, Slot: "<script>",
			Severity: finding.Low, Grade: finding.Inferred,
			Summary:  "Nobody | `uses` <img src=x onerror=alert(1)> [it](http://evil.example) @everyone #12 !3 www.evil.example.\n/close",
			Evidence: []finding.Evidence{{Value: "``` `\n</details>\n# Heading", Note: "**bold** &amp; | pipe"}},
		},
		&finding.Finding{
			Probe: probes.ClaimPending.ID, Subject: model.Ref{Kind: "Node", Name: "*"}, Severity: finding.Medium, Grade: finding.Unknown,
			Summary: "Unknown in the whole cluster: nodes: forbidden.",
		},
	)
	d := document(r, 0)
	d.Findings[1].Known = "the platform team mends it by June"
	d.Summary.High--
	d.Summary.Known++
	return d
}

func render(t *testing.T, format string, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Documents.Write(&b, format, d, Options{Version: "v0.0.0", Probes: catalogue}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSARIFIsValidAndSaysWhatTheReportSays(t *testing.T) {
	for name, d := range map[string]*Document{"sample": document(sample(), 0), "mixed": mixed(), "empty": document(&engine.Report{Snapshot: &model.Snapshot{}}, 0)} {
		log, err := sarif.FromBytes(render(t, "sarif", d), sarif.WithStrictValidation())
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		run := log.Runs[0]
		if len(run.Results) != len(d.Findings) {
			t.Fatalf("%s: %d results of %d findings", name, len(run.Results), len(d.Findings))
		}
		for i, r := range run.Results {
			f := d.Findings[i]
			if got := r.PartialFingerprints[fingerprint]; got != string(f.ID) {
				t.Errorf("%s: fingerprint %q of %s", name, got, f.ID)
			}
			if rule := run.Tool.Driver.Rules[r.RuleIndex]; *rule.ID != string(f.Probe) || *r.RuleID != string(f.Probe) {
				t.Errorf("%s: %s has rule %s at its index", name, f.ID, *rule.ID)
			}
			if (f.Known != "") != (len(r.Suppressions) == 1) {
				t.Errorf("%s: %s has %d suppressions, known %q", name, f.ID, len(r.Suppressions), f.Known)
			}
			if f.Grade == finding.Unknown && (r.Kind != "open" || r.Level != "none") {
				t.Errorf("%s: unknown is %s, %s", name, r.Kind, r.Level)
			}
		}
		if got := len(run.Invocations[0].ToolExecutionNotifications); got != len(d.incomplete) {
			t.Errorf("%s: %d notifications of %d partial reads", name, got, len(d.incomplete))
		}
		for _, r := range run.Tool.Driver.Rules {
			if r.HelpURI == nil || !strings.HasPrefix(*r.HelpURI, homepage) {
				t.Errorf("%s: rule %s says nowhere what it is", name, *r.ID)
			}
		}
		for i, p := range catalogue {
			if h := run.Tool.Driver.Rules[i].Help; h == nil || *h.Text == "" || !strings.Contains(*h.Markdown, p.Title()) {
				t.Errorf("rule %s has no help", p.ID)
			}
		}
	}
}

// TestSARIFIsWhatCodeScanningTakes holds a log to the rules of GitHub's code scanning:
// what a rule and a result must have, how long it may be, and nothing of which SARIF says
// by -1 that it is not there.
func TestSARIFIsWhatCodeScanningTakes(t *testing.T) {
	for name, d := range map[string]*Document{"sample": document(sample(), 0), "mixed": mixed()} {
		b := render(t, "sarif", d)
		if bytes.Contains(b, []byte(": -1")) {
			t.Errorf("%s: it says what is not there: %s", name, b)
		}
		log, err := sarif.FromBytes(b)
		if err != nil {
			t.Fatal(err)
		}
		run := log.Runs[0]
		if run.Tool.Driver.Version == nil || *run.Tool.Driver.Version != "v0.0.0" {
			t.Errorf("%s: the version is %v", name, run.Tool.Driver.Version)
		}
		for _, r := range run.Tool.Driver.Rules {
			for what, m := range map[string]*sarif.MultiformatMessageString{"short": r.ShortDescription, "full": r.FullDescription, "help": r.Help} {
				if m == nil || m.Text == nil || *m.Text == "" || what != "help" && len(*m.Text) > 1024 {
					t.Errorf("%s: rule %s has no %s description, or too long a one: %v", name, *r.ID, what, m)
				}
			}
		}
		for _, r := range run.Tool.Driver.Rules {
			if r.HelpURI == nil || !strings.HasPrefix(*r.HelpURI, homepage) {
				t.Errorf("%s: rule %s says nowhere what it is", name, *r.ID)
			}
		}
		for i, p := range catalogue {
			if uri := run.Tool.Driver.Rules[i].HelpURI; uri == nil || !strings.HasSuffix(*uri, "/docs/probes.md#"+string(p.ID)) {
				t.Errorf("%s: rule %s has no page", name, p.ID)
			}
		}
		hashes := map[string]bool{}
		for _, r := range run.Results {
			hash := r.PartialFingerprints[lineHash]
			if !regexp.MustCompile(`^[0-9a-f]{16}:1$`).MatchString(hash) || hashes[hash] {
				t.Errorf("%s: %s has the line hash %q", name, *r.RuleID, hash)
			}
			hashes[hash] = true
			for _, l := range append(r.Locations, r.RelatedLocations...) {
				if p := l.PhysicalLocation; p.Region == nil || p.Region.StartLine == nil || *p.Region.StartLine != 1 || *p.ArtifactLocation.URI == "" {
					t.Errorf("%s: a place without a file or a line: %+v", name, p)
				}
			}
		}
	}
}

// Where nothing names the cluster its server does, so that two clusters' results do not
// take each other's place.
func TestALookIsNamedByWhatItLookedAt(t *testing.T) {
	for _, v := range []struct {
		cluster Cluster
		want    string
	}{
		{Cluster{Context: "demo", Server: "https://10.0.0.1:6443"}, "careen/demo/"},
		{Cluster{Name: "prod-eu", Context: "demo"}, "careen/prod-eu/"},
		{Cluster{Server: "https://10.0.0.1:6443"}, "careen/10.0.0.1:6443/"},
		{Cluster{Server: "https://rancher.example.com/k8s/clusters/c-1/"}, "careen/rancher.example.com_k8s_clusters_c-1/"},
		{Cluster{Context: "arn:aws:eks:eu-1:1:cluster/prod"}, "careen/arn:aws:eks:eu-1:1:cluster_prod/"},
		{Cluster{}, "careen/-/"},
	} {
		d := mixed()
		d.Cluster = v.cluster
		log, err := sarif.FromBytes(render(t, "sarif", d))
		if err != nil {
			t.Fatal(err)
		}
		if got := *log.Runs[0].AutomationDetails.ID; got != v.want {
			t.Errorf("%+v: %s, want %s", v.cluster, got, v.want)
		}
	}
}

func TestTheSARIFCheckRefusesAnotherShape(t *testing.T) {
	var raw map[string]any
	if err := json.Unmarshal(render(t, "sarif", mixed()), &raw); err != nil {
		t.Fatal(err)
	}
	raw["runs"].([]any)[0].(map[string]any)["results"].([]any)[0].(map[string]any)["level"] = "fatal"
	b, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromBytes(b)
	if err == nil {
		err = log.Validate()
	}
	if err == nil {
		t.Error("a level that SARIF does not have was accepted")
	}
}

func TestJUnitFitsTheSchemaAndCounts(t *testing.T) {
	for name, d := range map[string]*Document{"sample": document(sample(), 0), "mixed": mixed()} {
		b := render(t, "junit", d)
		if err := checkJUnit(t, b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var all junitSuites
		if err := xml.Unmarshal(b, &all); err != nil {
			t.Fatal(err)
		}
		failures := d.Summary.Critical + d.Summary.High + d.Summary.Medium + d.Summary.Low
		if all.Failures != failures {
			t.Errorf("%s: %d failures of %d findings that count", name, all.Failures, failures)
		}
		tests, took := 0, seconds(0)
		for _, s := range all.Suites {
			tests += s.Tests
			took += s.Time
			for _, c := range s.Cases {
				if c.Time <= 0 {
					t.Errorf("%s: %s took no time", name, c.Name)
				}
			}
			if s.Tests != len(s.Cases) || s.Tests == 0 {
				t.Errorf("%s: suite %s says %d tests, has %d", name, s.Name, s.Tests, len(s.Cases))
			}
		}
		if d := took - all.Time; all.Time != 1 || d > 0.001 || d < -0.001 {
			t.Errorf("%s: it took %v, its suites %v", name, all.Time, took)
		}
		if tests != all.Tests {
			t.Errorf("%s: %d tests in all, %d by suite", name, all.Tests, tests)
		}
	}
}

// codeSpan matches the spans of the sample's report, the longest fences first.
var codeSpan = regexp.MustCompile("````[^\n]*?````|``[^\n]*?``|`[^`\n]+`")

func TestMarkdownCannotBeBrokenOutOf(t *testing.T) {
	text := string(render(t, "markdown", mixed()))
	outside := codeSpan.ReplaceAllString(text, "")
	for _, bad := range []string{"<script", "<img", "\n/close", "\n# Heading", "[it](", " @everyone", " @all", " #12", "http://evil", "www.evil", "\n</details>\n# "} {
		if strings.Contains(outside, bad) {
			t.Errorf("the report holds %q", bad)
		}
	}
	if open, closed := strings.Count(text, "\n<details>\n"), strings.Count(text, "\n</details>\n"); open != closed || open != 5 {
		t.Errorf("%d details opened, %d closed", open, closed)
	}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		line = strings.ReplaceAll(line, `\\`, "")
		if pipes := strings.Count(line, "|") - strings.Count(line, `\|`); pipes != 5 {
			t.Errorf("%d cell borders in %s", pipes, line)
		}
	}
}

func TestMarkdownFitsAComment(t *testing.T) {
	r := sample()
	for i := range 3_000 {
		f := *r.Findings[0]
		f.Subject.Name = fmt.Sprintf("review-app-%04d", i)
		r.Findings = append(r.Findings, &f)
	}
	text := string(render(t, "markdown", document(r, 0)))
	if len(text) > 65_536 {
		t.Errorf("%d bytes", len(text))
	}
	if !strings.Contains(text, "more left out") || !strings.HasSuffix(text, "reads complete.\n") {
		t.Errorf("it does not say what is left out, or not what was read: %s", text[len(text)-300:])
	}
}

func TestChangesOfAWatch(t *testing.T) {
	first, second := document(sample(), 0), document(sample(), 0)
	if got := Changes(first, second); len(got) != 0 {
		t.Errorf("nothing changed: %v", got)
	}
	second.Findings[0].Summary = "Revision 1 has been pending-install for 25m."
	gone := second.Findings[1].ID
	extra := second.Findings[1]
	extra.ID += "#more"
	second.Findings[1] = extra
	var got []string
	for _, l := range Changes(first, second) {
		got = append(got, string(l.Change)+" "+string(l.Finding.ID))
	}
	want := []string{"changed " + string(first.Findings[0].ID), "new " + string(extra.ID), "resolved " + string(gone)}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q", got)
	}
	if n := len(Changes(nil, second)); n != 2 {
		t.Errorf("%d lines of a first look", n)
	}
}

package report

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// outage is a node that explains much, a chain of causes, a long id, wide characters,
// two findings that explain each other, and one whose cause is not there.
func outage() *engine.Report {
	of := func(probe finding.ProbeID, s finding.Severity, kind model.Kind, ns, name, summary string, causes ...finding.ID) *finding.Finding {
		return &finding.Finding{Probe: probe, Severity: s, Grade: finding.Proved, Subject: model.Ref{Kind: kind, Namespace: ns, Name: name}, Summary: summary, Causes: causes}
	}
	node := of(probes.NodeUnwell.ID, finding.High, model.KindNode, "", "node-3", "Node node-3 has not reported for 12m; 7 pods are on it.")
	list := []*finding.Finding{node}
	for i := range 6 {
		s := finding.Medium
		if i == 4 {
			s = finding.Critical
		}
		list = append(list, of(probes.ContainerFailing.ID, s, model.KindDeployment, "shop", fmt.Sprintf("web-%d", i), "0 of 2 pods are ready.", node.ID()))
	}
	list = append(list,
		of(probes.ServiceUnreachable.ID, finding.High, model.KindService, "shop", "web", "Service web has no ready endpoint, so nothing answers.", list[1].ID()),
		of(probes.ReferenceMissing.ID, finding.High, model.KindDeployment, "集群", "a-workload-with-quite-a-long-name-as-generators-make-them", "Deployment refers to Secret 集群/密码, which does not exist, and so on and so forth."),
		of(probes.ReferenceMissing.ID, finding.Low, model.KindDeployment, "a", "b", "A says it is B.", finding.IDOf(probes.ReferenceMissing.ID, model.Ref{Kind: model.KindDeployment, Namespace: "a", Name: "c"}, "")),
		of(probes.ReferenceMissing.ID, finding.Low, model.KindDeployment, "a", "c", "B says it is A.", finding.IDOf(probes.ReferenceMissing.ID, model.Ref{Kind: model.KindDeployment, Namespace: "a", Name: "b"}, "")),
		of(probes.ClaimOrphan.ID, finding.Low, model.KindClaim, "a", "data", "No pod uses it.", "claim-released:/PersistentVolume/gone"),
	)
	return &engine.Report{Snapshot: sample().Snapshot, Findings: list}
}

func table(t *testing.T, d *Document, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Documents.Write(&b, "table", d, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTables(t *testing.T) {
	d := document(outage(), 0)
	for name, o := range map[string]Options{
		"outage.80":    {Fixable: true},
		"outage.120":   {Width: 120, Color: true},
		"outage.50":    {Width: 50, ASCII: true},
		"outage.wide":  {Wide: true, Taken: "SNAPSHOT  2026-01-02 15:04:05Z  3h old"},
		"outage.taken": {Taken: "SNAPSHOT  2026-01-02 15:04:05Z  3h old"},
	} {
		golden.Equal(t, filepath.Join("testdata", name+".table"), table(t, d, o))
	}
	golden.Equal(t, filepath.Join("testdata", "mixed.wide.table"), table(t, mixed(), Options{Wide: true}))
}

// TestALineATerminalsWidth holds every line of a finding to the width, at any width.
func TestALineATerminalsWidth(t *testing.T) {
	d := document(outage(), 0)
	for width := narrowest; width <= 200; width += 7 {
		for _, o := range []Options{{Width: width}, {Width: width, ASCII: true}, {Width: width, Color: true}} {
			lines := strings.Split(table(t, d, o), "\n")
			end := slices.Index(lines[2:], "") + 2
			for _, l := range lines[2:end] {
				if n := ansi.StringWidth(l); n > width {
					t.Errorf("%d cells at a width of %d: %s", n, width, l)
				}
			}
		}
	}
}

func TestEveryFindingIsALineOrCounted(t *testing.T) {
	d := document(outage(), 0)
	text := table(t, d, Options{Width: 300})
	missing := 0
	for _, f := range d.Findings {
		if strings.Count(text, string(f.ID)+" ") == 0 {
			missing++
		}
	}
	if missing != 4 || !strings.Contains(text, "└ +4 more because of it\n") {
		t.Errorf("%d findings have no line, and so many are not counted:\n%s", missing, text)
	}
	if first := strings.Split(text, "\n")[2]; !strings.Contains(first, "node-unwell:/Node/node-3") {
		t.Errorf("the cause of what is critical does not come first: %s", first)
	}
}

func TestProbesThatCouldNotLookAreCounted(t *testing.T) {
	r := sample()
	for i := range 40 {
		r.Findings = append(r.Findings, &finding.Finding{
			Probe: finding.ProbeID(fmt.Sprintf("probe-%02d", i)), Subject: model.Ref{Kind: "Node", Name: "*"}, Severity: finding.High, Grade: finding.Unknown, Summary: "Unknown.",
		})
	}
	text := table(t, document(r, 0), Options{})
	if n := strings.Count(text, "? UNKNOWN"); n != mostBlind || !strings.Contains(text, "\n+37 more UNKNOWN: ") {
		t.Errorf("%d lines of what is unknown:\n%s", n, text)
	}
	if wide := table(t, document(r, 0), Options{Wide: true}); strings.Count(wide, "? UNKNOWN") != 40 {
		t.Errorf("--wide does not list them all:\n%s", wide)
	}
}

func TestATableOfNothingSaysSo(t *testing.T) {
	empty := func() *engine.Report { return &engine.Report{Snapshot: sample().Snapshot} }
	if text := table(t, document(empty(), 0), Options{}); !strings.HasSuffix(text, "\nNo findings.\n") {
		t.Errorf("nothing was found: %s", text)
	}
	hidden := sample()
	hidden.Findings = hidden.Findings[1:]
	if text := table(t, document(hidden, finding.Critical), Options{}); !strings.Contains(text, "No findings at the severity asked for; --severity low") {
		t.Errorf("something is not shown: %s", text)
	}
	partial := empty()
	partial.Snapshot = partial.Snapshot.With(model.Watch{Kind: "Node", Resource: "nodes", State: model.Forbidden, Message: "forbidden"})
	if text := table(t, document(partial, 0), Options{}); strings.Contains(text, "No findings.") || !strings.Contains(text, "not everything could be looked at") {
		t.Errorf("not everything was seen: %s", text)
	}
}

// TestWhatSaysTheSameIsOneLine has a quota that refuses the pods of three workloads, and
// below what is as severe something that is down now, which comes before them.
func TestWhatSaysTheSameIsOneLine(t *testing.T) {
	of := func(probe finding.ProbeID, kind model.Kind, name, summary string, causes ...finding.ID) *finding.Finding {
		return &finding.Finding{Probe: probe, Severity: finding.High, Grade: finding.Proved, Subject: model.Ref{Kind: kind, Namespace: "team", Name: name}, Summary: summary, Causes: causes}
	}
	var list []*finding.Finding
	for i, name := range []string{"api", "db", "web"} {
		kind := []model.Kind{model.KindDeployment, model.KindStatefulSet, model.KindDeployment}[i]
		cause := of(probes.AdmissionRefused.ID, kind, name, "Pods are refused: quota small leaves no room.")
		list = append(list, cause,
			of(probes.RolloutStuck.ID, kind, name, "Its rollout is stuck.", cause.ID()), of(probes.ServiceUnreachable.ID, model.KindService, name, "It has no pod.", cause.ID()))
	}
	list = append(list, of(probes.SelectsNothing.ID, model.KindPDB, "web", "It selects nothing."), of(probes.SelectsNothing.ID, model.KindPDB, "api", "It selects nothing."))
	down := of(probes.StartStalled.ID, model.KindDeployment, "zeta", "It waits.")
	d := document(&engine.Report{Snapshot: sample().Snapshot, Findings: append(list, down)}, 0)
	last := &d.Findings[len(d.Findings)-1]
	last.urgency, last.impact = 3, "0/3 down"
	golden.Equal(t, filepath.Join("testdata", "alike.table"), table(t, d, Options{Width: 130}))
	if wide := table(t, d, Options{Wide: true}); strings.Count(wide, "    id  ") != len(list)+1 {
		t.Errorf("a block for each finding:\n%s", wide)
	}
}

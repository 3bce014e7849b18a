package report

import (
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// APIVersion and Kind head every document.
const (
	APIVersion = "careen/v1alpha1"
	Kind       = "Report"
)

// Document is one look at a cluster, as scripts read it.
type Document struct {
	APIVersion  string    `json:"apiVersion"`
	Kind        string    `json:"kind"`
	Cluster     Cluster   `json:"cluster"`
	Message     string    `json:"message,omitempty"` // of one cluster of many: why it could not be looked at
	StartedAt   time.Time `json:"startedAt"`
	CompletedAt time.Time `json:"completedAt"`
	Coverage    []Watch   `json:"coverage"`
	Summary     Summary   `json:"summary"`
	Findings    []Finding `json:"findings"`
	Changes     []Planned `json:"changes,omitempty"` // what preflight and forecast foretell

	// unshown is the worst of the findings that count and that are not shown.
	unshown finding.Severity
	// incomplete are the reads that did not see everything, and blind counts the
	// findings, shown or not, that say that a probe was not able to look.
	incomplete []Watch
	blind      int

	look   *engine.Report // what the document was made of, for formats that draw
	failed bool           // see Failed
}

// Cluster says where the look was.
type Cluster struct {
	Name    string `json:"name,omitempty"` // as --cluster-name calls it
	Context string `json:"context"`
	Server  string `json:"server"`
	Version string `json:"version"`

	// Also are the other contexts that lead to the same server with the same credentials,
	// where many clusters were looked at.
	Also []string `json:"also,omitempty"`
}

// Watch is how much of one kind was seen.
type Watch struct {
	Kind      string           `json:"kind"` // the resource's plural name
	Namespace string           `json:"namespace"`
	State     model.WatchState `json:"state"`
	Objects   int              `json:"objects"`
	Message   string           `json:"message"`
}

// Summary counts findings. A finding counts once: under known where a baseline or
// a waiver has it, under unknown where its grade is unknown, else by severity.
type Summary struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Unknown  int `json:"unknown"`
	Known    int `json:"known"`
}

// Finding is a probes.Finding on paper.
type Finding struct {
	ID       finding.ID       `json:"id"`
	Probe    finding.ProbeID  `json:"probe"`
	Severity finding.Severity `json:"severity"`
	Grade    finding.Grade    `json:"grade"`
	Subject  model.Ref        `json:"subject"`
	Slot     string           `json:"slot"`
	Summary  string           `json:"summary"`
	Since    *time.Time       `json:"since,omitempty"`
	Known    string           `json:"known,omitempty"` // why it does not count: the baseline, or a waiver's reason
	Evidence []Evidence       `json:"evidence"`
	Causes   []finding.ID     `json:"causes"`
	Fixes    []Fix            `json:"fixes"`

	Preventions []Fix `json:"preventions,omitempty"`

	Withheld []Withheld `json:"withheld,omitempty"`

	urgency int    // engine.Report.Urgency
	impact  string // how much of its workload is down, where some of it is
}

// Withheld is a fix that is not offered, because it would not help or would do harm as
// things stand.
type Withheld struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Why   string `json:"why"`
}

// Evidence is one fact and its place.
type Evidence struct {
	Ref   model.Ref `json:"ref"`
	Path  string    `json:"path"`
	Value string    `json:"value"`
	Note  string    `json:"note"`
}

// Fix is a repair that careen offers.
type Fix struct {
	ID    string       `json:"id"`
	Title string       `json:"title"`
	Risk  finding.Risk `json:"risk"`
	Steps []Step       `json:"steps"`
	Undo  string       `json:"undo"`
	Proof string       `json:"proof"`
	Note  string       `json:"note,omitempty"`
}

// Step is one write of a fix.
type Step struct {
	Verb    string    `json:"verb"`
	Ref     model.Ref `json:"ref"`
	Summary string    `json:"summary"`
}

// maxText bounds one text of a report, in bytes.
const maxText = 64 << 10

func line(s string) string { return sanitize.Line(s, maxText) }

// OnPaper is how reports write a watch.
func OnPaper(w model.Watch) Watch {
	return Watch{line(w.Resource), line(w.Namespace), w.State, w.Objects, line(w.Message)}
}

// New makes the document of a look. Findings below least are left out; they fail
// the look nevertheless.
func New(r *engine.Report, started, completed time.Time, least finding.Severity, known Known) *Document {
	c := r.Snapshot.Cluster
	d := &Document{
		APIVersion: APIVersion, Kind: Kind,
		Cluster:   Cluster{Context: line(c.Context), Server: line(c.Server), Version: line(c.Version)},
		StartedAt: started.UTC().Truncate(time.Second), CompletedAt: completed.UTC().Truncate(time.Second),
		Coverage: make([]Watch, 0, len(r.Coverage())), Findings: []Finding{}, look: r,
	}
	for _, w := range r.Coverage() {
		d.Coverage = append(d.Coverage, OnPaper(w))
	}
	for _, w := range r.Coverage().Partial() {
		d.incomplete = append(d.incomplete, OnPaper(w))
	}
	for _, f := range r.Findings {
		if f.Grade == finding.Unknown && (known == nil || known.Why(f) == "") {
			d.blind++
		}
		if f.Severity < least {
			if f.Grade != finding.Unknown && (known == nil || known.Why(f) == "") {
				d.unshown = max(d.unshown, f.Severity)
			}
			continue
		}
		out := FromFinding(f)
		out.urgency, out.impact = r.Urgency(f), r.Impact(f).String()
		if known != nil {
			out.Known = known.Why(f)
		}
		d.Findings = append(d.Findings, out)
		d.Summary.count(&out)
	}
	return d
}

// Forget drops what a document was made of, which is as large as the cluster: it draws no
// picture then.
func (d *Document) Forget() { d.look = nil }

// Known tells why a finding does not count; empty where it does.
type Known interface {
	Why(f *finding.Finding) string
}

// FromFinding puts one finding on paper. Lists are never nil.
func FromFinding(f *finding.Finding) Finding {
	out := Finding{
		ID: f.ID(), Probe: f.Probe, Severity: f.Severity, Grade: f.Grade, Subject: f.Subject, Slot: f.Slot,
		Summary:  f.Summary,
		Evidence: make([]Evidence, 0, len(f.Evidence)),
		Causes:   append([]finding.ID{}, f.Causes...),
		Fixes:    make([]Fix, 0, len(f.Fixes)),
	}
	if !f.Since.IsZero() {
		since := f.Since.UTC().Truncate(time.Second)
		out.Since = &since
	}
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, Evidence{e.Ref, e.Path, e.Value, e.Note})
	}
	for i := range f.Fixes {
		out.Fixes = append(out.Fixes, fromFix(&f.Fixes[i]))
	}
	for i := range f.Preventions {
		out.Preventions = append(out.Preventions, fromFix(&f.Preventions[i]))
	}
	for _, w := range f.Withheld {
		out.Withheld = append(out.Withheld, Withheld{w.Fix, w.Title, w.Why})
	}
	return out
}

// fromFix puts a fix, or a prevention, on paper.
func fromFix(x *finding.Fix) Fix {
	out := Fix{ID: x.ID, Title: x.Title, Risk: x.Risk, Undo: x.Undo, Proof: x.Proof.Text, Note: x.Note, Steps: make([]Step, 0, len(x.Steps))}
	for _, s := range x.Steps {
		out.Steps = append(out.Steps, Step{s.Verb, s.Ref, s.Summary})
	}
	return out
}

func (s *Summary) count(f *Finding) {
	switch {
	case f.Known != "":
		s.Known++
	case f.Grade == finding.Unknown:
		s.Unknown++
	case f.Severity == finding.Critical:
		s.Critical++
	case f.Severity == finding.High:
		s.High++
	case f.Severity == finding.Medium:
		s.Medium++
	default:
		s.Low++
	}
}

// Worst is the severest level that counts; zero where nothing does.
func (s Summary) Worst() finding.Severity {
	switch {
	case s.Critical > 0:
		return finding.Critical
	case s.High > 0:
		return finding.High
	case s.Medium > 0:
		return finding.Medium
	case s.Low > 0:
		return finding.Low
	}
	return 0
}

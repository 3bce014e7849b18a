package report

import (
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// lineHash is the one fingerprint by which code scanning tells whether a result was
// there before; it wants a hash and a count.
const lineHash = "primaryLocationLineHash"

// homepage is the tool's informationUri.
const homepage = "https://github.com/careen-tui/careen"

// fingerprint names the partialFingerprints entry that holds a finding's id. The
// suffix is its version, as SARIF asks (2.1.0, 3.27.17).
const fingerprint = "careenFindingId/v1"

// writeSARIF writes a SARIF 2.1.0 log of one run: a rule for each probe, a result
// for each finding, and what could not be read as notifications of the invocation.
func writeSARIF(w io.Writer, d *Document, o Options) error {
	run := sarif.NewRunWithInformationURI("careen", homepage)
	run.Tool.Driver.WithVersion(orDash(o.Version)).WithRules(rules(d, o))
	run.WithAutomationDetails(sarif.NewRunAutomationDetails().WithID(automation(d)))
	run.AddInvocation(invocation(d))
	bag := sarif.NewPropertyBag().Add("cluster", d.Cluster).Add("coverage", d.Coverage).Add("summary", d.Summary)
	if len(d.Changes) > 0 {
		bag.Add("changes", d.Changes)
	}
	run.WithProperties(bag)
	index := map[finding.ProbeID]int{}
	for i, r := range run.Tool.Driver.Rules {
		index[finding.ProbeID(*r.ID)] = i
	}
	for i := range d.Findings {
		run.AddResult(result(&d.Findings[i], index))
	}
	return writeLog(w, sarif.NewReport().AddRun(run))
}

// automation names what was looked at, and by what: code scanning takes results of one
// name for those of an earlier look. It is the same from look to look.
func automation(d *Document) string { return "careen/" + strings.ReplaceAll(d.name(), "/", "_") + "/" }

// rules lists the probes that ran, then those that only a finding names.
func rules(d *Document, o Options) (out []*sarif.ReportingDescriptor) {
	ran := o.ran()
	for _, p := range ran {
		_, page, _ := strings.Cut(p.Doc, "\n")
		page = strings.TrimSpace(page)
		out = append(out, sarif.NewReportingDescriptor().
			WithID(string(p.ID)).
			WithName(pascal(p.ID)).
			WithShortDescription(message(short(p.Title()))).
			WithFullDescription(message(short(firstParagraph(page, p.Title())))).
			WithHelpURI(pageURI(p.ID)).
			WithHelp(message(page).WithMarkdown("# "+p.Title()+"\n\n"+page)).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(level(p.Worst)).WithRank(rank(p.Worst))).
			WithProperties(sarif.NewPropertyBag().Add("severity", p.Worst.String()).Add("problem.severity", problem(p.Worst)).WithTags([]string{"kubernetes"})))
	}
	for _, id := range strangers(d, ran) {
		out = append(out, sarif.NewReportingDescriptor().WithID(string(id)).WithName(pascal(id)).
			WithShortDescription(message(string(id))).WithFullDescription(message(string(id))).WithHelpURI(pageURI(id)).WithHelp(message(string(id))))
	}
	return out
}

// strangers lists the probes that findings name and that are not in list.
func strangers(d *Document, list []*probes.Probe) (out []finding.ProbeID) {
	for i := range d.Findings {
		id := d.Findings[i].Probe
		known := slices.ContainsFunc(list, func(p *probes.Probe) bool { return p.ID == id })
		if !known && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func result(f *Finding, index map[finding.ProbeID]int) *sarif.Result {
	r := sarif.NewResult().WithRuleID(string(f.Probe)).WithRuleIndex(index[f.Probe]).
		WithMessage(sarif.NewMessage().WithText(f.Summary)).
		WithLevel(level(f.Severity)).WithRank(rank(f.Severity)).
		WithPartialFingerprints(map[string]string{fingerprint: string(f.ID), lineHash: hashOf(f.ID)}).
		AddLocation(place(f.Subject, f.Slot))
	if f.Grade == finding.Unknown {
		// "open": not enough was seen to decide; any kind but "fail" has level none (3.27.9, 3.27.10).
		r.WithKind("open").WithLevel("none")
	}
	for _, e := range f.Evidence {
		if !e.Ref.IsZero() {
			r.AddRelatedLocation(place(e.Ref, "").WithMessage(sarif.NewMessage().WithText(evidence(e, "="))))
		}
	}
	if f.Known != "" {
		r.AddSuppression(sarif.NewSuppression().WithKind("external").WithStatus("accepted").WithJustification(f.Known))
	}
	bag := sarif.NewPropertyBag().Add("severity", f.Severity.String()).Add("grade", f.Grade.String()).
		Add("evidence", f.Evidence).Add("causes", f.Causes).Add("fixes", f.Fixes)
	if len(f.Preventions) > 0 {
		bag.Add("preventions", f.Preventions)
	}
	if f.Since != nil {
		bag.Add("since", f.Since.Format(time.RFC3339))
	}
	return r.WithProperties(bag)
}

// place is where an object is. Its logical location is the object; the path of an
// artifact and a line are given as well, because consumers that annotate files (code
// scanning) refuse a result without them.
func place(ref model.Ref, slot string) *sarif.Location {
	full := ref.Namespace + "/" + string(ref.Kind) + "/" + ref.Name
	if slot != "" {
		full += "#" + slot
	}
	path := "kubernetes"
	for _, part := range []string{ref.Namespace, string(ref.Kind), ref.Name} {
		if part != "" {
			path += "/" + url.PathEscape(part)
		}
	}
	return sarif.NewLocation().
		AddLogicalLocation(sarif.NewLogicalLocation().WithName(ref.Name).WithFullyQualifiedName(full).WithKind("resource")).
		WithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewArtifactLocation().WithURI(path)).
			WithRegion(sarif.NewRegion().WithStartLine(1)))
}

// invocation says when the look was, and what it could not see.
func invocation(d *Document) *sarif.Invocation {
	in := sarif.NewInvocation().WithExecutionSuccessful(true).
		WithStartTimeUtc(d.StartedAt.Format(time.RFC3339)).WithEndTimeUtc(d.CompletedAt.Format(time.RFC3339))
	for _, w := range d.incomplete {
		in.AddToolExecutionNotification(sarif.NewNotification().WithLevel("warning").
			WithMessage(sarif.NewMessage().WithText(w.String())))
	}
	return in
}

func level(s finding.Severity) string {
	switch s {
	case finding.Critical, finding.High:
		return "error"
	case finding.Medium:
		return "warning"
	case finding.Low:
	}
	return "note"
}

// problem is the level in the words of code scanning.
func problem(s finding.Severity) string {
	if l := level(s); l != "note" {
		return l
	}
	return "recommendation"
}

// rank is a result's priority between 0 and 100.
func rank(s finding.Severity) float64 { return float64(s) * 25 }

func message(s string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(s)
}

// pascal turns release-stuck into ReleaseStuck, as SARIF wants a rule's name.
func pascal(id finding.ProbeID) string {
	var b strings.Builder
	for word := range strings.SplitSeq(string(id), "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

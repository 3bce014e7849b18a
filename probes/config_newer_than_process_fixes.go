package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

func outdatedFinding(p *Pass, o *outdated, together []model.Ref) finding.Finding {
	m := o.config.Base()
	f := finding.Finding{
		Subject: o.subject, Slot: string(m.Kind) + "/" + m.Name, Severity: finding.Medium, Grade: o.change.grade, Since: o.change.at,
		Summary: outdatedSummary(p, o),
	}
	if o.subPath || o.hosts {
		f.Severity = finding.High
	}
	note := "changed by " + orNothing(o.change.by)
	if o.change.by == "" {
		note = "seen to change"
	}
	if o.change.grade == finding.Inferred {
		note += "; it may have been labels alone"
	}
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: m.Ref(), Path: "data", Value: "keys " + text.Joined(keysOf(o.config), 8), Note: note + " at " + stamp(o.change.at)})
	for i, s := range o.containers {
		if i == maxStarted {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: o.subject, Value: text.Counted(len(o.containers)-i, "more container")})
			break
		}
		f.Evidence = append(f.Evidence, finding.Evidence{
			Ref: s.pod.Ref(), Path: fmt.Sprintf("status.containerStatuses[%s].state.running.startedAt", s.container), Value: stamp(s.at), Note: "reads it at " + s.path,
		})
	}
	if lacked := lackedBy(p, o.subject); len(lacked) > 0 {
		b := lacked[0]
		f.Evidence = append(f.Evidence, finding.Evidence{
			Ref: o.subject, Path: b.fields[0].Path, Value: strings.TrimSuffix(b.what(), "."),
			Note: "its pods would not start again: a restart ends the process that still has it",
		})
		return f
	}
	_, unknown := p.Knows(model.KindDeployment)
	f.Preventions, f.Withheld = reloading(p, o.subject, m, reloaderAt(p), unknown)
	f.Fixes = outdatedFixes(o, together)
	if w, ok := model.Get[*model.Workload](p.Snapshot, o.subject); ok && !rollsNow(p, o.subject) {
		f.Fixes = nil
		f.Withheld = append(f.Withheld, finding.Withheld{Fix: "restart", Title: restartTitle(o.subject), Why: cmp.Or(keepsPods(w), "it wants no pods")})
	}
	return f
}

// maxStarted keeps a workload of hundreds of pods readable.
const maxStarted = 8

func outdatedSummary(p *Pass, o *outdated) string {
	m := o.config.Base()
	var containers []string
	for _, s := range o.containers {
		if !slices.Contains(containers, s.container) {
			containers = append(containers, s.container)
		}
	}
	who := "container " + text.Joined(containers, 3)
	if len(containers) > 1 {
		who = "containers " + text.Joined(containers, 3)
	}
	how := "which " + text.Plural(len(containers), "reads", "read") + " it only at the start, " + text.Plural(len(containers), "has", "have") + " run since before that"
	if o.subPath {
		how = "whose subPath mount never follows, " + text.Plural(len(containers), "has", "have") + " run since before that"
	}
	return fmt.Sprintf("%s %s changed %s ago; %s, %s.", m.Kind, m.Name, p.Age(o.change.at), who, how)
}

func restartTitle(of model.Ref) string { return fmt.Sprintf("Restart %s %s", of.Kind, of.Name) }

func outdatedFixes(o *outdated, together []model.Ref) (fixes []finding.Fix) {
	if !mayRestart(o.subject.Kind) {
		return nil
	}
	fix := func(id, title string, list []model.Ref) finding.Fix {
		f := finding.Fix{
			ID: id, Title: title, Risk: finding.Disruptive,
			Undo:  "a restart cannot be taken back; the annotation that caused it can",
			Proof: finding.Proof{Text: "every container was started after the change", Within: time.Duration(len(list)) * 3 * time.Minute},
		}
		for _, ref := range list {
			f.Steps = append(f.Steps, restart(ref))
			f.Proof.Checks = append(f.Proof.Checks, finding.Check{Ref: ref, Path: "ready"})
		}
		return f
	}
	fixes = append(fixes, fix("restart", restartTitle(o.subject), []model.Ref{o.subject}))
	if len(together) > 1 {
		all := fix("restart-all", fmt.Sprintf("Restart all %d that run on it, one after the other", len(together)), together)
		all.Note = "It stops at the first that does not become ready."
		fixes = append(fixes, all)
	}
	return fixes
}

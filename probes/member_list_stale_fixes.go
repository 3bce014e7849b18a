package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/hosts"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// dependentsOf lists the workloads that read a ConfigMap, in the order in which to
// restart them: scaled out, readers before writers, so that nothing is written
// where nobody looks for it; scaled in, the reverse.
func dependentsOf(p *Pass, holder *model.Meta, scaledOut bool) []model.Ref {
	if holder.Kind != model.KindConfigMap && holder.Kind != model.KindSecret {
		return nil // a workload whose own template changes is rolled by that
	}
	var out []model.Ref
	for _, e := range p.Graph.Users(holder.Ref()) {
		switch e.Type {
		case model.EdgeEnv, model.EdgeEnvFrom, model.EdgeMounts:
		default:
			continue
		}
		if ref := p.Graph.Workload(e.From); mayRestart(ref.Kind) && !slices.Contains(out, ref) && rollsNow(p, ref) {
			out = append(out, ref)
		}
	}
	slices.SortFunc(out, func(a, b model.Ref) int { return cmp.Or(role(a.Name)-role(b.Name), a.Compare(b)) })
	if !scaledOut {
		slices.Reverse(out)
	}
	return out
}

// rollsNow reports whether a restart would replace a workload's pods.
func rollsNow(p *Pass, ref model.Ref) bool {
	w, ok := model.Get[*model.Workload](p.Snapshot, ref)
	return ok && wantsPods(w) && keepsPods(w) == ""
}

// role orders programs by what their name says: those that read come first, those
// that write last.
func role(name string) int {
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '.' }) {
		switch {
		case strings.Contains(part, "select"), strings.Contains(part, "read"), strings.Contains(part, "query"), strings.Contains(part, "quer"):
			return 0
		case strings.Contains(part, "insert"), strings.Contains(part, "write"), strings.Contains(part, "ingest"), strings.Contains(part, "push"):
			return 2
		}
	}
	return 1
}

func staleFixes(p *Pass, holder *model.Meta, s stale, dependents []model.Ref) ([]finding.Fix, []finding.Withheld) {
	fix := finding.Fix{
		Risk: finding.Disruptive,
		Proof: finding.Proof{
			Text:   fmt.Sprintf("the list names the %s and no other, and what reads it was started after the change", text.Counted(len(s.members), "member")),
			Within: time.Duration(1+len(dependents)) * 2 * time.Minute,
		},
		Undo: "puts the list back as it was, and restarts in the reverse order",
	}
	owner, by := writerOf(p, holder)
	switch {
	case !owner.IsZero():
		fix.ID, fix.Title = "nudge", fmt.Sprintf("Make %s write the list again", by)
		fix.Steps = []finding.Step{{Verb: "patch", Ref: owner, Summary: "an annotation, so that it looks again", Change: finding.Nudge{Moves: holder.Ref()}}}
		fix.Undo = "takes the annotation away again; restarts cannot be taken back"
		fix.Note = fmt.Sprintf("%s owns the list: what is written by hand would be reverted.", by)
	default:
		changes, withheld := changesOf(p, holder, s)
		if withheld != nil {
			return nil, withheld
		}
		fix.ID, fix.Title, fix.Steps = "rewrite", rewriteTitle(s), changes
		fix.Proof.Text = "each list holds, entry by entry, what the plan writes, and what reads it was started after the change"
		if by != "" {
			fix.Note = fmt.Sprintf("It says that %s manages it, which may write it again.", by)
		} else if rel := releaseOf(p, holder); rel != nil {
			fix.Note = fmt.Sprintf("The next upgrade of release %s writes what its chart says.", rel.Name)
		}
		if mayRestart(holder.Kind) {
			fix.Proof.Checks = append(fix.Proof.Checks, finding.Check{Ref: holder.Ref(), Path: "ready"})
		}
	}
	if len(dependents) > 0 {
		fix.Title += ", then restart what reads it"
	}
	for _, d := range dependents {
		fix.Proof.Checks = append(fix.Proof.Checks, finding.Check{Ref: d, Path: "ready"})
		fix.Steps = append(fix.Steps, restart(d))
	}
	return []finding.Fix{fix}, nil
}

func rewriteTitle(s stale) string {
	var come, gone []string
	for _, l := range s.lists {
		for _, n := range l.add {
			come = appendNew(come, fmt.Sprintf("%s-%d", s.name, n))
		}
		for _, n := range l.remove {
			gone = appendNew(gone, fmt.Sprintf("%s-%d", s.name, n))
		}
	}
	switch {
	case len(gone) == 0:
		return fmt.Sprintf("Write %s into the list", text.Joined(come, 4))
	case len(come) == 0:
		return fmt.Sprintf("Take %s out of the list", text.Joined(gone, 4))
	}
	return fmt.Sprintf("Write %s into the list, and take %s out", text.Joined(come, 4), text.Joined(gone, 4))
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// changesOf are the steps that rewrite a holder's lists, or why some list cannot be:
// a list that stays wrong would still be found.
func changesOf(p *Pass, holder *model.Meta, s stale) (steps []finding.Step, withheld []finding.Withheld) {
	fixed := unchanging(p, holder)
	for _, l := range s.lists {
		c, err := hosts.Changed(&l.HostList, l.add, l.remove)
		if err != nil || fixed != "" {
			why := fixed
			if err != nil {
				why = fmt.Sprintf("the list at %s cannot be continued: %s", l.Path, err)
			}
			withheld = append(withheld, finding.Withheld{Fix: "rewrite", Title: rewriteTitle(s), Why: why})
			continue
		}
		steps = append(steps, finding.Step{
			Verb: "patch", Ref: holder.Ref(), Summary: fmt.Sprintf("%s: %s -> %s", l.Path, text.Counted(len(c.From), "host"), text.Counted(len(c.To), "host")),
			Change: finding.RewriteHosts{Path: valuePath(holder.Kind, l.Path), From: c.From, To: c.To, Add: c.Add, Remove: c.Remove},
		})
	}
	return steps, withheld
}

// unchanging is why what holds a list cannot be rewritten, or would not be read again;
// empty where it can.
func unchanging(p *Pass, holder *model.Meta) string {
	switch row := p.Row(holder.Ref()).(type) {
	case *model.ConfigMap:
		if row.Immutable {
			return "the ConfigMap is immutable"
		}
	case *model.Workload:
		if row.Kind != model.KindCronJob && !mayRestart(row.Kind) {
			return fmt.Sprintf("a change of a %s's template does not reach its pods", row.Kind)
		}
		if row.Kind != model.KindCronJob {
			return keepsPods(row)
		}
	}
	return ""
}

// valuePath is the path of the text, or of the arguments, that hold a list. A key of a
// ConfigMap may hold dots, so it is one element.
func valuePath(kind model.Kind, path string) []string {
	if kind == model.KindConfigMap {
		return []string{"data", strings.TrimPrefix(path, "data.")}
	}
	out := splitPath(path)
	switch n := len(out); {
	case n >= 2 && out[n-2] == "env":
		return append(out, "value")
	case n >= 2 && (out[n-2] == "args" || out[n-2] == "command"):
		return out[:n-1] // a list of arguments is read as a whole
	}
	return out
}

// noOperators are the values of app.kubernetes.io/managed-by that stand for no
// operator: whoever wrote it will not write it again by itself.
var noOperators = []string{"", "Helm", "helm", "kustomize", "Kustomize", "kubectl"}

// writerOf is the object whose controller writes a holder, and its name; zero where
// nobody writes it but people and tools.
func writerOf(p *Pass, holder *model.Meta) (owner model.Ref, by string) {
	if o, ok := holder.Controller(); ok && !o.Kind.IsWorkload() {
		return model.Ref{Kind: o.Kind, Namespace: holder.Namespace, Name: o.Name}, string(o.Kind) + " " + o.Name
	}
	by = holder.Labels["app.kubernetes.io/managed-by"]
	if slices.Contains(noOperators, by) {
		return owner, ""
	}
	// An operator that sets no owner: KubeBlocks names its cluster by the instance label.
	instance := holder.Labels["app.kubernetes.io/instance"]
	for _, kind := range p.Space.Kinds() {
		if _, builtin := model.Info(kind); !builtin && p.Space.Tables[kind].Find(instance) != nil && strings.Contains(string(kind), strings.ToLower(by)) {
			return model.Ref{Kind: kind, Namespace: holder.Namespace, Name: instance}, by + " (" + string(kind) + " " + instance + ")"
		}
	}
	return owner, by
}

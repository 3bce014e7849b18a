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
		if ref := p.Graph.Workload(e.From); mayRestart(ref.Kind) && !slices.Contains(out, ref) && scaledUp(p, ref) {
			out = append(out, ref)
		}
	}
	slices.SortFunc(out, func(a, b model.Ref) int { return cmp.Or(role(a.Name)-role(b.Name), a.Compare(b)) })
	if !scaledOut {
		slices.Reverse(out)
	}
	return out
}

func scaledUp(p *Pass, ref model.Ref) bool {
	w, ok := model.Get[*model.Workload](p.Snapshot, ref)
	return ok && wantsPods(w)
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

func staleFixes(p *Pass, holder *model.Meta, s stale, dependents []model.Ref) []finding.Fix {
	fix := finding.Fix{
		Risk: finding.Disruptive,
		Proof: finding.Proof{
			Text:   fmt.Sprintf("the list names the %s and no other, and what reads it was started after the change", text.Counted(len(s.members), "member")),
			Within: time.Duration(1+len(dependents)) * 2 * time.Minute,
		},
		Undo: "puts the list back as it was, and restarts in the reverse order",
	}
	for _, d := range dependents {
		fix.Proof.Checks = append(fix.Proof.Checks, finding.Check{Ref: d, Path: "ready"})
	}
	owner, by := writerOf(p, holder)
	if !owner.IsZero() {
		fix.ID, fix.Title = "nudge", fmt.Sprintf("Make %s write the list anew", by)
		fix.Steps = []finding.Step{{Verb: "patch", Ref: owner, Summary: "an annotation, so that it looks again", Change: finding.Nudge{Moves: holder.Ref()}}}
		fix.Undo = "takes the annotation away again; restarts cannot be taken back"
		fix.Note = fmt.Sprintf("%s owns the list: what is written by hand would be reverted.", by)
	} else {
		fix.ID, fix.Title = "rewrite", fmt.Sprintf("Write the %s into the list", text.Counted(len(s.members), "member"))
		for _, l := range s.lists {
			to := rewritten(l, s.members)
			fix.Steps = append(fix.Steps, finding.Step{
				Verb: "patch", Ref: holder.Ref(), Summary: fmt.Sprintf("%s: %s -> %s", l.Path, text.Counted(len(l.Members), "member"), text.Counted(len(to), "member")),
				Change: finding.RewriteHosts{Path: valuePath(holder.Kind, l.Path), From: raws(l), To: to},
			})
		}
		if by != "" {
			fix.Note = fmt.Sprintf("It says that %s manages it, which may write it anew.", by)
		} else if rel := releaseOf(p, holder); rel != nil {
			fix.Note = fmt.Sprintf("The next upgrade of release %s writes what its chart says.", rel.Name)
		}
	}
	if len(dependents) > 0 {
		fix.Title += ", then restart what reads it"
	}
	for _, d := range dependents {
		fix.Steps = append(fix.Steps, restart(d))
	}
	return []finding.Fix{fix}
}

// rewritten is the list as it should be: its first host, with each number.
func rewritten(l model.HostList, members []int) []string {
	first := l.Members[0]
	old := fmt.Sprintf("%s-%d", first.Set, first.Ordinal)
	out := make([]string, len(members))
	for i, n := range members {
		out[i] = strings.Replace(first.Raw, old, fmt.Sprintf("%s-%d", first.Set, n), 1)
	}
	return out
}

// valuePath is the path of the text that holds a list. A key of a ConfigMap may
// hold dots, so it is one element.
func valuePath(kind model.Kind, path string) []string {
	if kind == model.KindConfigMap {
		return []string{"data", strings.TrimPrefix(path, "data.")}
	}
	if i := strings.LastIndex(path, ".env["); i >= 0 && strings.HasSuffix(path, "]") && !strings.Contains(path[i+5:], ".") {
		path += ".value"
	}
	return splitPath(path)
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

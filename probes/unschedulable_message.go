package probes

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// The scheduler's message: "0/4 nodes are available: 1 node(s) had untolerated taint {a: b},
// 3 Insufficient cpu. preemption: ..." (kubernetes pkg/scheduler/framework/types.go,
// FitError).
var (
	available = regexp.MustCompile(`^0/(\d+) nodes? (?:are|is) available: (.*)$`)
	counted   = regexp.MustCompile(`(\d+) ((?:[^,{]|\{[^}]*\})+)`)
	taintIn   = regexp.MustCompile(`untolerated taint(?:\(s\))? \{([^:}]*):? ?([^}]*)\}`)
)

// said are the words of the scheduler's plugins, and what they mean.
var said = []struct{ has, means string }{
	{"Insufficient ", "%s of %s %s too little %s free"},
	{"Too many pods", "%s of %s %s as many pods as it may"},
	{"didn't match Pod's node affinity/selector", "%s of %s %s not the labels that nodeSelector or the node affinity asks for"},
	{"didn't match pod anti-affinity rules", "%s of %s %s a pod that its anti-affinity keeps apart from"},
	{"didn't satisfy existing pods anti-affinity rules", "%s of %s %s a pod whose anti-affinity keeps it away"},
	{"didn't match pod affinity rules", "%s of %s %s no pod that its affinity asks for"},
	{"didn't match pod topology spread constraints", "%s of %s %s as many of its pods as its topology spread allows"},
	{"didn't have free ports", "%s of %s %s no free host port for it"},
	{"volume node affinity conflict", "%s of %s %s no access to its volume"},
	{"exceed max volume count", "%s of %s %s as many volumes as it may"},
	{"were unschedulable", "%s of %s %s a cordon"},
	{"available persistent volumes to bind", "%s of %s %s no volume for its PVC"},
}

// reasonsIn translates what the scheduler counts, in its order; what it does not know it
// quotes.
func reasonsIn(message string) (out []string) {
	line, _, _ := strings.Cut(message, " preemption: ")
	m := available.FindStringSubmatch(strings.TrimSuffix(strings.TrimSpace(line), "."))
	if m == nil {
		return nil
	}
	total := m[1]
	for _, part := range counted.FindAllStringSubmatch(m[2], 8) {
		what, _, _ := strings.Cut(strings.TrimSpace(part[2]), ". ") // what follows is about preemption and claims
		n := part[1]
		out = append(out, reason(n, total, what))
	}
	return out
}

func reason(n, total, what string) string {
	verb := "have"
	if n == "1" {
		verb = "has"
	}
	total += " nodes"
	if t := taintIn.FindStringSubmatch(what); t != nil {
		taint := t[1]
		if t[2] != "" {
			taint += "=" + t[2]
		}
		return fmt.Sprintf("%s of %s %s the taint %s, which it does not tolerate", n, total, verb, taint)
	}
	for _, s := range said {
		_, rest, is := strings.Cut(what, s.has)
		switch {
		case !is:
		case strings.Count(s.means, "%s") == 4:
			return fmt.Sprintf(s.means, n, total, verb, rest)
		default:
			return fmt.Sprintf(s.means, n, total, verb)
		}
	}
	return fmt.Sprintf("%s of %s: %s", n, total, what)
}

// sayMessage says what the scheduler says, where the predicates cannot be evaluated or
// do not explain it.
func (s *stranded) sayMessage(p *Pass, f *finding.Finding) {
	why := reasonsIn(s.message.Message)
	switch {
	case len(why) > 0:
		f.Summary = s.cannot() + strings.Join(why[:min(len(why), 3)], "; ") + "."
	default:
		f.Summary = s.cannot() + "the scheduler says: " + clause(s.message.Message, s.message.Reason) + "."
	}
	if !s.judged {
		_, hidden := p.Snapshot.Knows(model.KindNode, "")
		f.Evidence = append(f.Evidence, finding.Evidence{Path: "coverage", Value: hidden, Note: "so only the scheduler's own count is known"})
		return
	}
	var open []string
	for _, r := range s.nodes {
		if len(r.why) == 0 {
			open = append(open, r.node.Name)
		}
	}
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.pod.Ref(), Path: "nodes", Value: text.Joined(open, 4), Note: "by what can be read the pod would fit there; the scheduler knows of more"})
}

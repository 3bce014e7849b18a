package probes

import (
	"fmt"
	"slices"
	"unicode"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// meantHost reports whether a name without a namespace, of which no log tells, must be one of
// this cluster: a Service that is spelled almost alike has the port that is named with it, or
// a workload of that name declares it. who says which.
func meantHost(p *Pass, m *model.Meta, to model.Ref, port int, have []finding.Evidence) (evidence []finding.Evidence, who string) {
	if port == 0 || m.Kind != model.KindPod && !m.Kind.IsWorkload() || to.Namespace != p.Namespace() {
		return have, ""
	}
	for s := range model.Each[*model.Service](p.Space, model.KindService) {
		if (closely(s.Name, to.Name) || mixedUp(s.Name, to.Name)) && !numbersDiffer(s.Name, to.Name) &&
			slices.ContainsFunc(s.Ports, func(x model.ServicePort) bool { return int(x.Number) == port }) {
			return append(have, finding.Evidence{Ref: s.Ref(), Path: "spec.ports", Value: servicePorts(s), Note: "spelled almost alike, and has that port"}), "Service " + s.Name + " has that port"
		}
	}
	for w := range model.Workloads(p.Space) {
		if w.Name != to.Name || w.Ref() == m.Ref() || !topLevel(w) || !wantsPods(w) {
			continue
		}
		declared := declaredPorts([]*model.Template{&w.Template})
		if slices.ContainsFunc(declared, func(d model.ContainerPort) bool { return int(d.Number) == port }) {
			return append(have, finding.Evidence{Ref: w.Ref(), Path: podPath(w.Kind), Value: declaredText(declared), Note: fmt.Sprintf("has the name, and no Service %s leads to it", to.Name)}), fmt.Sprintf("%s %s declares that port", w.Kind, w.Name)
		}
	}
	return have, ""
}

// mixedUp reports whether two words have the same letters in nearly the same order.
func mixedUp(a, b string) bool {
	letters := func(s string) []byte { return slices.Sorted(slices.Values([]byte(s))) }
	return len(a) > 3 && text.Distance(a, b) <= 2 && slices.Equal(letters(a), letters(b))
}

// numbersDiffer reports whether two names that are spelled almost alike differ in a digit:
// they name two members of a family.
func numbersDiffer(a, b string) bool {
	digits := func(s string) (out string) {
		for _, r := range s {
			if unicode.IsDigit(r) {
				out += string(r)
			}
		}
		return out
	}
	return digits(a) != digits(b)
}

package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// edgeWord is what an edge says: its type, and where it names the members of a set,
// how many of them.
func (w *graphWalk) edgeWord(e graph.Edge) string {
	word := string(e.Type)
	if e.Type != model.EdgeNames {
		return word
	}
	if n, of := w.env.namedMembers(e.From, e.To); n > 0 {
		word = fmt.Sprintf("%s %d of %d", word, n, of)
	}
	return word
}

// namedMembers counts the members of a set that the shortest of the lists in an
// object names, and all that there are. It is zero where the object names none by
// its number.
func (e *Env) namedMembers(from, set model.Ref) (n, of int) {
	for _, list := range hostLists(e.lookup(from)) {
		named := map[int]bool{}
		for _, h := range list.Members {
			if to, pods, ok := e.Report.Graph.Members(from.Namespace, h); ok && to == set {
				named[h.Ordinal] = true
				of = len(pods)
			}
		}
		if len(named) > 0 && (n == 0 || len(named) < n) {
			n = len(named)
		}
	}
	return n, of
}

func hostLists(row model.Row) []model.HostList {
	var containers []model.Container
	switch r := row.(type) {
	case *model.ConfigMap:
		return r.Hosts
	case *model.Workload:
		containers = r.Template.Containers
	case *model.Pod:
		containers = r.Template.Containers
	}
	var out []model.HostList
	for _, c := range containers {
		out = append(out, c.Hosts...)
	}
	return out
}

// namedSets are the sets whose members an object names by their numbers.
func (e *Env) namedSets(m *model.Meta) []field {
	var out []field
	if len(hostLists(e.lookup(m.Ref()))) == 0 {
		return nil
	}
	for _, edge := range e.Report.Graph.Out(m.Ref()) {
		if edge.Type != model.EdgeNames {
			continue
		}
		n, of := e.namedMembers(edge.From, edge.To)
		if n == 0 {
			continue
		}
		f := field{
			name: string(edge.Type), value: refFrom(edge.To, m.Namespace), role: styled.Normal,
			note: fmt.Sprintf("%d of its %s  %s", n, text.Counted(of, "member"), edge.Path), to: Subject{Ref: edge.To},
		}
		if n < of {
			f.role = styled.Medium
		}
		out = append(out, f)
	}
	return out
}

package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// users lists the uses of an object by what an operator would name: a pod or a
// ReplicaSet that something else controls is passed over where its owner uses the
// object too.
func (e *Env) users(ref model.Ref) []graph.Edge {
	if e.Report == nil {
		return nil
	}
	edges := e.Report.Graph.Users(ref)
	from := make(map[model.Ref]bool, len(edges))
	for _, edge := range edges {
		from[edge.From] = true
	}
	var out []graph.Edge
	for _, edge := range edges {
		if edge.From.Kind == model.KindVolume {
			continue // what a claim is bound to does not use it
		}
		if !e.ownedByOne(edge.From, from) {
			out = append(out, edge)
		}
	}
	return out
}

// ownedByOne reports whether an owner of ref, at any distance of three, is in set.
func (e *Env) ownedByOne(ref model.Ref, set map[model.Ref]bool) bool {
	for range 3 {
		row := e.lookup(ref)
		if row == nil {
			return false
		}
		o, ok := row.Base().Controller()
		if !ok {
			return false
		}
		ref = model.Ref{Kind: o.Kind, Namespace: ref.Namespace, Name: o.Name}
		if set[ref] {
			return true
		}
	}
	return false
}

func (e *Env) userCount(ref model.Ref) int {
	seen := map[model.Ref]bool{}
	for _, edge := range e.users(ref) {
		seen[edge.From] = true
	}
	return len(seen)
}

// firstUser names one user, and how many others there are.
func (e *Env) firstUser(ref model.Ref) string {
	list := e.users(ref)
	if len(list) == 0 {
		return ""
	}
	n := e.userCount(ref)
	if n == 1 {
		return list[0].From.Name
	}
	return fmt.Sprintf("%s +%d", list[0].From.Name, n-1)
}

// usedBy lists every reference to an object, with the field that it stands in.
func (e *Env) usedBy(ref model.Ref) []styled.Para {
	list := e.users(ref)
	if len(list) == 0 {
		return e.unused(ref)
	}
	block := make([]field, 0, min(len(list), many))
	for _, edge := range list[:min(len(list), many)] {
		note := edge.Path
		if edge.Key != "" {
			note = "key " + edge.Key + "  " + note
		}
		block = append(block, field{
			name: string(edge.Type), value: refFrom(edge.From, ref.Namespace), note: note, to: Subject{Ref: edge.From},
		})
	}
	out := append([]styled.Para{styled.Blank(), styled.Heading("Used by")}, fields(2, "user", block)...)
	return append(out, rest(len(list))...)
}

// unused says of what could have users that it has none, and how sure that is.
func (e *Env) unused(ref model.Ref) []styled.Para {
	switch ref.Kind {
	case model.KindSecret, model.KindConfigMap, model.KindClaim, model.KindServiceAccount:
	default:
		return nil
	}
	line := "  No reference was found in what can be read. Programs that read it through the API, and clients outside, cannot be seen."
	out := []styled.Para{styled.Blank(), styled.Heading("Used by"), {Body: styled.Of(styled.Muted, line), Hang: 2}}
	for _, gap := range e.knows().gaps() {
		out = append(out, styled.Para{Body: styled.Line{styled.T(styled.Normal, "  Not looked at: "), gap}, Hang: 2})
	}
	return out
}

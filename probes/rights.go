package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// grant is one rule that a binding gives to a subject in a namespace.
type grant struct {
	binding *model.Binding
	subject int // its index in the binding
	role    *model.Role
	rule    int
}

func (g grant) allows(verb, resource, name string) bool {
	return g.role.Rules[g.rule].Allows(verb, "", resource, name)
}

// grantsIn lists every rule in force in the namespace of p, by subject: those of
// its RoleBindings and of all ClusterRoleBindings.
func grantsIn(p *Pass) map[model.Subject][]grant { return grantsOf(p, p.Space) }

// grantsOf is grantsIn for another namespace; where it is nil, for what is in force in
// the whole cluster.
func grantsOf(p *Pass, namespace *model.Space) map[model.Subject][]grant {
	out := map[model.Subject][]grant{}
	collect := func(space *model.Space, kind model.Kind) {
		for b := range model.Each[*model.Binding](space, kind) {
			role, ok := model.Get[*model.Role](p.Snapshot, b.Role)
			if !ok {
				continue
			}
			for i, s := range b.Subjects {
				if s.Kind == "ServiceAccount" && s.Namespace == "" {
					s.Namespace = b.Namespace
				}
				for r := range role.Rules {
					out[s] = append(out[s], grant{b, i, role, r})
				}
			}
		}
	}
	if namespace != nil {
		collect(namespace, model.KindRoleBinding)
	}
	collect(p.Snapshot.Space(""), model.KindClusterRoleBinding)
	return out
}

// withGroups are the subjects whose rules also hold for s: for a service account
// the groups that every token of it carries.
func withGroups(s model.Subject) []model.Subject {
	group := func(name string) model.Subject { return model.Subject{Kind: "Group", Name: name} }
	switch s.Kind {
	case "ServiceAccount":
		return []model.Subject{
			s, group("system:serviceaccounts"), group("system:serviceaccounts:" + s.Namespace), group("system:authenticated"),
			{Kind: "User", Name: "system:serviceaccount:" + s.Namespace + ":" + s.Name},
		}
	default:
		return []model.Subject{s, group("system:authenticated")}
	}
}

// denial is a subject that may create Helm's records in a namespace, but not
// update them.
type denial struct {
	subject  model.Subject
	binding  *model.Binding
	at       int // the subject's index in the binding
	role     *model.Role
	rule     int    // the rule that grants create
	resource string // secrets or configmaps
	groups   bool   // a group that the subject may be in has the right
}

// deniedUpdates lists the subjects bound in the namespace of p that may list and
// create the objects that hold records, as an install does, but not update them.
// Kubernetes' own subjects are passed over. ok is false where roles or bindings are
// not completely known.
func deniedUpdates(p *Pass, driver model.Kind) (list []denial, ok bool) {
	for _, k := range []model.Kind{model.KindRole, model.KindRoleBinding, model.KindClusterRole, model.KindClusterRoleBinding} {
		if known, _ := p.Knows(k); !known {
			return nil, false
		}
	}
	resource := "secrets"
	if driver == model.KindConfigMap {
		resource = "configmaps"
	}
	grants := grantsIn(p)
	updated := func(s model.Subject) bool {
		return slices.ContainsFunc(grants[s], func(g grant) bool { return g.allows("update", resource, "") })
	}
	someGroup := false
	for s := range grants {
		someGroup = someGroup || s.Kind == "Group" && !strings.HasPrefix(s.Name, "system:") && updated(s)
	}
	for s, own := range grants {
		if systemSubject(s) {
			continue
		}
		may := func(verb string) bool {
			return slices.ContainsFunc(withGroups(s), func(s model.Subject) bool {
				return slices.ContainsFunc(grants[s], func(g grant) bool { return g.allows(verb, resource, "") })
			})
		}
		if !may("create") || !may("list") || may("update") {
			continue
		}
		if i := creating(own, resource); i >= 0 {
			g := own[i]
			list = append(list, denial{s, g.binding, g.subject, g.role, g.rule, resource, someGroup && s.Kind != "ServiceAccount"})
		}
	}
	slices.SortFunc(list, func(a, b denial) int {
		return strings.Compare(a.subject.Kind+"/"+a.subject.Namespace+"/"+a.subject.Name, b.subject.Kind+"/"+b.subject.Namespace+"/"+b.subject.Name)
	})
	return list, true
}

// creating finds the rule to which update would be added: of those that grant
// create, one that covers nothing but the resource where there is one, and a Role
// rather than a ClusterRole. It returns -1 where none is the subject's own.
func creating(own []grant, resource string) int {
	best, cost := -1, 0
	for i, g := range own {
		if !g.allows("create", resource, "") {
			continue
		}
		c := 1
		if r := g.role.Rules[g.rule]; len(r.Resources) > 1 || slices.Contains(r.Resources, "*") {
			c += 2
		}
		if g.role.Kind == model.KindClusterRole {
			c += 4
		}
		if best < 0 || c < cost {
			best, cost = i, c
		}
	}
	return best
}

func systemSubject(s model.Subject) bool {
	return strings.HasPrefix(s.Name, "system:") || s.Kind == "ServiceAccount" && s.Namespace == "kube-system"
}

// ref names the subject. A user or group stands in no namespace; the one where the
// right is missing is named, so that each place has a finding of its own.
func (d denial) ref(p *Pass) model.Ref {
	if d.subject.Kind == "ServiceAccount" {
		return model.Ref{Kind: model.KindServiceAccount, Namespace: d.subject.Namespace, Name: d.subject.Name}
	}
	return model.Ref{Kind: model.Kind(d.subject.Kind), Namespace: p.Namespace(), Name: d.subject.Name}
}

// slot is the namespace of the records where the subject lives in another.
func (d denial) slot(p *Pass) string {
	if d.ref(p).Namespace == p.Namespace() {
		return ""
	}
	return p.Namespace()
}

func (d denial) id(p *Pass) finding.ID {
	return finding.IDOf(helmCannotUpdateRecordsID, d.ref(p), d.slot(p))
}

// who names the subject as a person would: "ServiceAccount review/ci".
func (d denial) who() string {
	if d.subject.Namespace != "" {
		return d.subject.Kind + " " + d.subject.Namespace + "/" + d.subject.Name
	}
	return d.subject.Kind + " " + d.subject.Name
}

func (d denial) evidence() []finding.Evidence {
	r := d.role.Rules[d.rule]
	return []finding.Evidence{
		{Ref: d.role.Ref(), Path: fmt.Sprintf("rules[%d].verbs", d.rule), Value: strings.Join(r.Verbs, ", "), Note: "create on " + d.resource + ", but no update"},
		{Ref: d.binding.Ref(), Path: fmt.Sprintf("subjects[%d]", d.at), Value: d.who(), Note: "bound to " + string(d.role.Kind) + " " + d.role.Name},
	}
}

// against says why the verb is not added to the rule that lacks it; empty where it may be.
func (d denial) against() string {
	switch {
	case d.role.Aggregates:
		return fmt.Sprintf("a controller writes the rules of %s %s together from other roles", d.role.Kind, d.role.Name)
	case slices.Contains(d.role.Rules[d.rule].Resources, "*"):
		return fmt.Sprintf("the rule of %s %s covers every resource, and update would hold for all of them", d.role.Kind, d.role.Name)
	}
	return ""
}

// allowStep adds the verb to the rule that lacks it; ok is false where something speaks
// against it.
func (d denial) allowStep() (step finding.Step, ok bool) {
	if d.against() != "" {
		return finding.Step{}, false
	}
	return finding.Step{
		Verb: "patch", Ref: d.role.Ref(),
		Summary: fmt.Sprintf("rules[%d].verbs: add update", d.rule),
		Change:  finding.AddRule{Rule: d.rule, Verbs: []string{"update"}},
	}, true
}

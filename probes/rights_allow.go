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

// Allowing are the fixes that let a subject do more with a resource in the namespace of p
// (in the whole cluster where that is the cluster's own): the verbs are added to a rule of a
// Role or ClusterRole that is bound to it and speaks of the resource already. Where none
// does, the second result says so: a new rule is policy, and careen writes none.
func Allowing(p *Pass, subject model.Ref, group, resource string, verbs ...string) ([]finding.Fix, []finding.Withheld) {
	what := resource
	if group != "" {
		what += "." + group
	}
	withheld := func(why string) []finding.Withheld {
		return []finding.Withheld{{Fix: allowID(verbs), Title: fmt.Sprintf("Add %s on %s to a role of %s", text.Joined(verbs, 8), what, subject.Name), Why: why}}
	}
	for _, k := range []model.Kind{model.KindRole, model.KindRoleBinding, model.KindClusterRole, model.KindClusterRoleBinding} {
		if known, why := p.Knows(k); !known {
			return nil, withheld("its roles are not known: " + why)
		}
	}
	g, ok := speaking(grantsOf(p, spaceOf(p)), subject, group, resource, verbs)
	switch {
	case !ok:
		return nil, withheld("no rule of a role that is bound to it speaks of " + what + "; a new rule is policy, and careen writes none")
	case g.role.Aggregates:
		return nil, withheld(fmt.Sprintf("a controller writes the rules of %s %s together from other roles", g.role.Kind, g.role.Name))
	}
	d := denial{role: g.role, rule: g.rule}
	return []finding.Fix{{
		ID: allowID(verbs), Title: fmt.Sprintf("Add %s to %s %s", text.Joined(verbs, 8), g.role.Kind, g.role.Name), Risk: finding.Safe,
		Steps: []finding.Step{{
			Verb: "patch", Ref: g.role.Ref(), Summary: fmt.Sprintf("rules[%d].verbs: add %s", g.rule, strings.Join(verbs, ", ")),
			Change: finding.AddRule{Rule: g.rule, Verbs: verbs},
		}},
		Undo: "takes " + text.Plural(len(verbs), "the verb", "the verbs") + " out of the rule again", Note: d.wider(subject.Name, verbs, group, resource, p.Namespace()),
		Proof: finding.Proof{Text: fmt.Sprintf("%s may %s %s", subject.Name, strings.Join(verbs, " and "), what), Within: 10 * time.Second},
	}}, nil
}

// does are the words for what a verb lets somebody do with objects.
var does = map[string]string{
	"update": "overwrite", "patch": "overwrite", "get": "read", "list": "read", "watch": "read", "deletecollection": "delete",
}

// widened says what verbs on a resource, which are limited to no names, allow beyond what
// they are wanted for: "ci can then overwrite any Secret in namespace review.".
func widened(who string, verbs []string, group, resource, namespace string) string {
	var words []string
	for _, v := range verbs {
		if word := cmp.Or(does[v], v); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	what := "any of the " + resource
	if i := slices.IndexFunc(model.Builtin, func(k model.KindInfo) bool { return k.Resource == resource && k.Group == group }); i >= 0 {
		what = "any " + model.Builtin[i].Kind.Plain()
	}
	where := "in the whole cluster"
	if namespace != "" {
		where = "in namespace " + namespace
	}
	return fmt.Sprintf("%s can then %s %s %s.", who, strings.Join(words, " and "), what, where)
}

func allowID(verbs []string) string { return "allow-" + strings.Join(verbs, "-") }

// spaceOf is the namespace whose bindings are in force for a pass; nil for the cluster's.
func spaceOf(p *Pass) *model.Space {
	if p.Space == nil || p.Space.Name == "" {
		return nil
	}
	return p.Space
}

// speaking finds the rule to which verbs would be added: one that allows something with the
// resource, under any name, and nothing else where there is such a one; a Role's rather than
// a ClusterRole's, and one without aggregation rather than another.
func speaking(grants map[model.Subject][]grant, subject model.Ref, group, resource string, verbs []string) (best grant, ok bool) {
	own := model.Subject{Kind: string(subject.Kind), Namespace: subject.Namespace, Name: subject.Name}
	list := grants[own]
	if own.Kind == "ServiceAccount" {
		list = slices.Concat(list, grants[model.Subject{Kind: "User", Name: "system:serviceaccount:" + own.Namespace + ":" + own.Name}])
	}
	cost := 0
	for _, g := range list {
		r := g.role.Rules[g.rule]
		about := len(r.Names) == 0 && len(r.Verbs) > 0 && slices.Contains(r.Resources, resource) && slices.Contains(r.Groups, group)
		if !about || !slices.ContainsFunc(verbs, func(v string) bool { return !r.Allows(v, group, resource, "") }) {
			continue
		}
		c := 1
		if len(r.Resources) > 1 || len(r.Groups) > 1 {
			c += 2
		}
		if g.role.Kind == model.KindClusterRole {
			c += 4
		}
		if g.role.Aggregates {
			c += 8
		}
		if !ok || c < cost {
			best, cost, ok = g, c, true
		}
	}
	return best, ok
}

package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const accountForbiddenID finding.ProbeID = "account-forbidden"

var rightsKinds = []model.Kind{model.KindRole, model.KindRoleBinding, model.KindClusterRole, model.KindClusterRoleBinding}

// AccountForbidden finds programs that fail because their ServiceAccount lacks a right.
var AccountForbidden = &Probe{
	ID: accountForbiddenID,
	Doc: `A program fails because its ServiceAccount lacks a right
A controller, an operator or a client of the API is told 403: it ends, or never gets ready.

**Rule.** The log of a container that crashes or is not ready, or of one that is ready and keeps
logging it (as errors-in-log reads it; medium), says that
system:serviceaccount:NAMESPACE:NAME cannot do VERB on RESOURCE, and no Role or ClusterRole
bound to that account, or to a group that it is in, grants it there for every name. Sources:
kubernetes pkg/registry/rbac/validation/rule.go; apiserver
pkg/endpoints/handlers/responsewriters/errors.go, where the message is made.

So that it is seen before anybody is refused, the command of a container is read as well: where it runs
kubectl to get, list, delete or patch a kind, and all roles and bindings were read, the same is
inferred (medium, no fix). Left out are calls with a variable for the namespace, those whose failure the
script makes up for (||), and scripts that name another cluster or user.

Where a binding seems to mean the account, it is the cause: it binds a role that grants the right
to an account of this name in another namespace, or to one that does not exist and is spelled
almost alike; or it binds the account, but in another namespace than the one in question. Where
roles or bindings were not read it is inferred: the API server said so when the line was written.

**Evidence.** The line of the log, the roles that the account has, the rule that comes
nearest, the binding that seems to be meant.

**What it cannot see.** Rights given by another authorizer than RBAC; what a program that
is ready is refused, where its log is not read.

**By hand.** ` + "`kubectl auth can-i VERB RESOURCE --as=system:serviceaccount:NAMESPACE:NAME`" + `, then
add the verb to a rule of a role that the account has; never "*".

**Silent** once a rule grants it.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses:  reads(workloadReads, rightsKinds, []model.Kind{model.KindLogTail, model.KindServiceAccount, model.KindNamespace}),
	Run:   staying(runAccountForbidden),
}

// refusedRight is a right that the API server says an account lacks.
type refusedRight struct {
	account               model.Ref
	verb, resource, group string
	namespace             string // empty for the whole cluster
}

// deniedBy reads a telling line; ok is false where it is not about a ServiceAccount.
func deniedBy(pod *model.Pod, t *model.Telling) (d refusedRight, ok bool) {
	rest, ok := strings.CutPrefix(t.User, "system:serviceaccount:")
	namespace, name, both := strings.Cut(rest, ":")
	if !ok || !both || t.Class != model.LogForbidden || t.Verb == "" || t.What == "" {
		return d, false
	}
	return refusedRight{model.Ref{Kind: model.KindServiceAccount, Namespace: namespace, Name: name}, t.Verb, t.What, t.Group, t.In}, pod != nil
}

func (d refusedRight) what() string {
	if d.group == "" {
		return d.resource
	}
	return d.resource + "." + d.group
}

func (d refusedRight) id() finding.ID { return finding.IDOf(accountForbiddenID, d.account, d.slot()) }

func (d refusedRight) slot() string {
	if d.namespace == d.account.Namespace {
		return d.verb + " " + d.what()
	}
	return d.verb + " " + d.what() + " in " + d.where()
}

func (d refusedRight) where() string {
	if d.namespace == "" {
		return "the whole cluster"
	}
	return "namespace " + d.namespace
}

func runAccountForbidden(p *Pass) {
	told := map[finding.ID]bool{}
	for tail := range model.Each[*model.LogTail](p.Space, model.KindLogTail) {
		pod, ok := model.Get[*model.Pod](p.Snapshot, tail.Pod)
		if !ok || tail.Telling == nil || !alive(pod) {
			continue
		}
		d, ok := deniedBy(pod, tail.Telling)
		if !ok || told[d.id()] {
			continue
		}
		if out, lacks := forbiddenFinding(p, d, askedIn(tail)); lacks {
			told[d.id()] = true
			p.Report(out)
		}
	}
	callsForbidden(p, told)
}

func forbiddenFinding(p *Pass, d refusedRight, by asked) (out finding.Finding, lacks bool) {
	granted := finding.Absence{Of: d.account, Claim: "no role grants it since", Grade: finding.Proved}
	p.doubts(&granted, rightsKinds, d.namespace)
	var space *model.Space
	if d.namespace != "" {
		space = p.Snapshot.Space(d.namespace)
	}
	all := grantsOf(p, space)
	var own []grant
	for _, s := range withGroups(model.Subject{Kind: "ServiceAccount", Namespace: d.account.Namespace, Name: d.account.Name}) {
		for _, g := range all[s] {
			rule := g.role.Rules[g.rule]
			if rule.Allows(d.verb, d.group, d.resource, "") || by.guess && len(rule.Names) > 0 && rule.Allows(d.verb, d.group, d.resource, rule.Names[0]) {
				return out, false
			}
			if s.Kind == "ServiceAccount" {
				own = append(own, g)
			}
		}
	}
	out = finding.Finding{
		Subject: d.account, Slot: d.slot(), Severity: by.severity, Grade: finding.Proved,
		Summary:  fmt.Sprintf("Container %s may not %s %s in %s: no role of its ServiceAccount %s grants it.", by.container, d.verb, d.what(), d.where(), d.account.Name),
		Evidence: []finding.Evidence{by.evidence},
	}
	if by.guess {
		out.Grade = finding.Inferred
		if granted.Grade != finding.Proved {
			return out, false
		}
	}
	if d.namespace != p.Namespace() && d.namespace != "" {
		p.Wake(p.Now.Add(otherNamespace))
	}
	if granted.Grade != finding.Proved {
		out.Summary = fmt.Sprintf("Container %s may not %s %s in %s: the API server refuses its ServiceAccount %s.", by.container, d.verb, d.what(), d.where(), d.account.Name)
		out.Rests, out.Evidence = []finding.Absence{granted}, append(out.Evidence, d.byHand())
		return out, true
	}
	if m, ok := d.misbound(p, space); ok {
		out.Summary = fmt.Sprintf("Container %s may not %s %s in %s: %s.", by.container, d.verb, d.what(), d.where(), m.why)
		out.Evidence = append(out.Evidence, m.evidence, finding.Evidence{Ref: m.binding.Role, Path: "rules", Note: fmt.Sprintf("grants %s on %s", d.verb, d.what())})
		if m.binding.Namespace == d.namespace || m.binding.Namespace == "" {
			out.Evidence = append(out.Evidence, m.byHand(d))
		} else {
			out.Evidence = append(out.Evidence, d.byHand())
		}
		return out, true
	}
	var roles []string
	for _, g := range own {
		if name := g.role.Ref().String(); !slices.Contains(roles, name) {
			roles = append(roles, name)
		}
	}
	out.Evidence = append(out.Evidence, finding.Evidence{Ref: d.account, Path: "roles", Value: text.Joined(roles, 4), Note: fmt.Sprintf("bound to the account, none grants %s on %s", d.verb, d.what())})
	if fix, ok := d.grantFix(own); ok && !by.guess {
		out.Fixes = []finding.Fix{fix}
	} else {
		out.Evidence = append(out.Evidence, d.byHand())
	}
	return out, true
}

// grantFix adds the verb to the rule of a role of the account that is for that resource
// alone. A rule for another resource is for a person to write.
func (d refusedRight) grantFix(own []grant) (finding.Fix, bool) {
	var best *grant
	for i := range own {
		g := &own[i]
		rule := g.role.Rules[g.rule]
		if len(rule.Names) > 0 && rule.Allows(d.verb, d.group, d.resource, rule.Names[0]) {
			return finding.Fix{}, false // it is limited to names on purpose
		}
		if g.role.Aggregates || g.role.Labels["kubernetes.io/bootstrapping"] != "" || strings.HasPrefix(g.role.Name, "system:") {
			continue
		}
		exact := len(rule.Names) == 0 && slices.Equal(rule.Resources, []string{d.resource}) && slices.Equal(rule.Groups, []string{d.group})
		if exact && (best == nil || g.role.Kind == model.KindRole && best.role.Kind != model.KindRole) {
			best = g
		}
	}
	if best == nil {
		return finding.Fix{}, false
	}
	note := widened(d.account.Name, []string{d.verb}, d.group, d.resource, d.namespace) + " Whoever else the role is bound to gets the right as well."
	if best.role.Kind == model.KindClusterRole {
		note += " It holds wherever the ClusterRole is bound."
	}
	return finding.Fix{
		ID: "grant", Title: fmt.Sprintf("Let %s %s do %s on %s", best.role.Kind, best.role.Name, d.verb, d.what()), Risk: finding.Safe,
		Steps: []finding.Step{{
			Verb: "patch", Ref: best.role.Ref(), Summary: fmt.Sprintf("rules[%d].verbs: add %s", best.rule, d.verb),
			Change: finding.AddRule{Rule: best.rule, Verbs: []string{d.verb}},
		}},
		Undo: "takes the right out of the role again", Note: note,
		Proof: finding.Proof{Text: fmt.Sprintf("the account may %s %s in %s", d.verb, d.what(), d.where()), Within: 10 * time.Second},
	}, true
}

// byHand is the rule that would grant the right.
func (d refusedRight) byHand() finding.Evidence {
	return finding.Evidence{Path: "by hand", Value: fmt.Sprintf("{apiGroups: [%q], resources: [%q], verbs: [%q]}", d.group, d.resource, d.verb), Note: "the rule that a role of the account lacks"}
}

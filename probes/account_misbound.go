package probes

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// misbound is a binding that seems to be meant to give an account a right, and does not.
type misbound struct {
	binding  *model.Binding
	why      string
	evidence finding.Evidence
}

// misbound finds the binding that seems to be meant: of those of the namespace and of the
// cluster one with a subject that is almost the account, else one of another namespace with
// the account itself.
func (d refusedRight) misbound(p *Pass, space *model.Space) (misbound, bool) {
	for _, s := range []*model.Space{space, p.Snapshot.Space("")} {
		for _, kind := range []model.Kind{model.KindRoleBinding, model.KindClusterRoleBinding} {
			for b := range model.Each[*model.Binding](s, kind) {
				if !d.grantedBy(p, b.Role) {
					continue
				}
				for i, subject := range b.Subjects {
					if m, ok := d.almost(p, b, i, subject); ok {
						return m, true
					}
				}
			}
		}
	}
	home := p.Snapshot.Space(d.account.Namespace)
	if d.namespace == d.account.Namespace || home == nil {
		return misbound{}, false
	}
	for b := range model.Each[*model.Binding](home, model.KindRoleBinding) {
		for i, s := range b.Subjects {
			if s.Kind == "ServiceAccount" && s.Name == d.account.Name && (s.Namespace == d.account.Namespace || s.Namespace == "") && d.grantedBy(p, b.Role) {
				return misbound{
					binding:  b,
					why:      fmt.Sprintf("RoleBinding %s gives it %s %s in namespace %s alone", b.Ref().Path(), b.Role.Kind, b.Role.Name, b.Namespace),
					evidence: finding.Evidence{Ref: b.Ref(), Path: fmt.Sprintf("subjects[%d]", i), Value: d.account.Path(), Note: "a RoleBinding holds in its own namespace"},
				}, true
			}
		}
	}
	return misbound{}, false
}

// grantedBy reports whether a role grants the right, and is no role that grants nearly all.
func (d refusedRight) grantedBy(p *Pass, ref model.Ref) bool {
	role, ok := model.Get[*model.Role](p.Snapshot, ref)
	if !ok || role.Labels["kubernetes.io/bootstrapping"] != "" {
		return false
	}
	for _, r := range role.Rules {
		if r.Allows(d.verb, d.group, d.resource, "") {
			return true
		}
	}
	return false
}

// almost reports whether a subject is the account but for its namespace, or but for a few
// letters of its name where no account has that one.
func (d refusedRight) almost(p *Pass, b *model.Binding, i int, s model.Subject) (m misbound, ok bool) {
	if s.Kind != "ServiceAccount" {
		return m, false
	}
	ref := model.Ref{Kind: model.KindServiceAccount, Namespace: s.Namespace, Name: s.Name}
	if ref.Namespace == "" {
		ref.Namespace = b.Namespace
	}
	elsewhere := ref.Name == d.account.Name && ref.Namespace != d.account.Namespace
	typo := ref.Namespace == d.account.Namespace && ref.Name != d.account.Name && len(text.Similar(ref.Name, []string{d.account.Name}, 1)) > 0
	a, absent := p.Absent(ref)
	if !elsewhere && !typo || !absent || a.Grade != finding.Proved {
		return m, false
	}
	return misbound{
		binding:  b,
		why:      fmt.Sprintf("%s %s gives %s %s to ServiceAccount %s, which does not exist", b.Kind, b.Name, b.Role.Kind, b.Role.Name, ref.Path()),
		evidence: finding.Evidence{Ref: b.Ref(), Path: fmt.Sprintf("subjects[%d]", i), Value: ref.Path(), Note: "does not exist; the account is " + d.account.Path()},
	}, true
}

// byHand is the subject that the binding should have. careen writes no bindings.
func (m misbound) byHand(d refusedRight) finding.Evidence {
	edit := fmt.Sprintf("kubectl edit %s %s", strings.ToLower(string(m.binding.Kind)), m.binding.Name)
	if m.binding.Namespace != "" {
		edit += " -n " + m.binding.Namespace
	}
	return finding.Evidence{
		Path: "by hand", Value: fmt.Sprintf("subjects: [{kind: ServiceAccount, name: %s, namespace: %s}]", d.account.Name, d.account.Namespace),
		Note: edit + "; the account then gets all rights of that role",
	}
}

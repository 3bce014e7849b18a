package project

import (
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
)

const (
	maxRules    = 1024
	maxSubjects = 1024
)

func (p *Projector) serviceAccount(o *corev1.ServiceAccount) *model.ServiceAccount {
	out := &model.ServiceAccount{Meta: p.meta(model.KindServiceAccount, &o.ObjectMeta)}
	if o.AutomountServiceAccountToken != nil {
		mount := *o.AutomountServiceAccountToken
		out.AutomountToken = &mount
	}
	draw := func(typ model.EdgeType, to, path string, optional bool) string {
		to = p.word(to)
		out.Refs = append(out.Refs, model.Reference{
			Type: typ, To: model.Ref{Kind: model.KindSecret, Namespace: out.Namespace, Name: to}, Path: path, Optional: optional,
		})
		return to
	}
	for i := range o.Secrets {
		if i < maxSubjects && o.Secrets[i].Name != "" {
			// A list of what may be mounted, left behind by old token controllers: it asks for nothing.
			out.Secrets = append(out.Secrets, draw(model.EdgeToken, o.Secrets[i].Name, at("secrets", i), true))
		}
	}
	for i := range o.ImagePullSecrets {
		if i < maxSubjects && o.ImagePullSecrets[i].Name != "" {
			out.PullSecrets = append(out.PullSecrets, draw(model.EdgePulls, o.ImagePullSecrets[i].Name, at("imagePullSecrets", i), false))
		}
	}
	return out
}

func (p *Projector) role(kind model.Kind, o *metav1.ObjectMeta, rules []rbacv1.PolicyRule, aggregation *rbacv1.AggregationRule) *model.Role {
	out := &model.Role{Meta: p.meta(kind, o), Aggregates: aggregation != nil}
	for i := range rules {
		if i == maxRules {
			break
		}
		r := &rules[i]
		rule := model.Rule{
			Verbs: p.words(r.Verbs, 64), Groups: p.words(r.APIGroups, 256),
			Resources: p.words(r.Resources, 256), Names: p.words(r.ResourceNames, 256),
		}
		out.Rules = append(out.Rules, rule)
		if out.Namespace == "" {
			continue // a ClusterRole's names stand for no namespace
		}
		for _, resource := range rule.Resources {
			kind := map[string]model.Kind{
				"secrets": model.KindSecret, "configmaps": model.KindConfigMap,
				"serviceaccounts": model.KindServiceAccount, "persistentvolumeclaims": model.KindClaim,
			}[resource]
			if kind == "" {
				continue
			}
			for _, n := range rule.Names {
				out.Refs = append(out.Refs, model.Reference{
					Type: model.EdgeMentions, To: model.Ref{Kind: kind, Namespace: out.Namespace, Name: n},
					Path: at("rules", i) + ".resourceNames", Optional: true,
				})
			}
		}
	}
	return out
}

func (p *Projector) binding(kind model.Kind, o *metav1.ObjectMeta, role rbacv1.RoleRef, subjects []rbacv1.Subject) *model.Binding {
	out := &model.Binding{Meta: p.meta(kind, o)}
	out.Role = model.Ref{Kind: model.Kind(p.word(role.Kind)), Name: p.word(role.Name)}
	if role.Kind == string(model.KindRole) {
		out.Role.Namespace = out.Namespace
	}
	out.Refs = append(out.Refs, model.Reference{Type: model.EdgeBinds, To: out.Role, Path: "roleRef"})
	for i := range subjects {
		if i == maxSubjects {
			break
		}
		s := model.Subject{Kind: p.word(subjects[i].Kind), Namespace: p.word(subjects[i].Namespace), Name: p.word(subjects[i].Name)}
		if s.Kind == rbacv1.ServiceAccountKind {
			if s.Namespace == "" {
				s.Namespace = out.Namespace
			}
			// Rights may be granted before their account is made.
			out.Refs = append(out.Refs, model.Reference{
				Type: model.EdgeAccount, To: model.Ref{Kind: model.KindServiceAccount, Namespace: s.Namespace, Name: s.Name},
				Path: at("subjects", i), Optional: true,
			})
		}
		out.Subjects = append(out.Subjects, s)
	}
	return out
}

package repair

import (
	"context"
	"fmt"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/careen-tui/careen/internal/sanitize"
)

// Answer is what the server says about a right.
type Answer int8

// The answers. Unasked is a right that could not be asked about.
const (
	Unasked Answer = iota
	Yes
	No
)

func (a Answer) String() string { return [...]string{"not known", "yes", "NO"}[a] }

// Right is one right that the plan needs.
type Right struct {
	Verb, Group, Resource, Namespace, Name string
	Journal                                bool // for undo, not for the fix itself
	Answer                                 Answer
	Reason                                 string // why it could not be asked
}

// String is "patch roles.rbac.authorization.k8s.io review/ci".
func (r Right) String() string {
	resource := r.Resource
	if r.Group != "" {
		resource += "." + r.Group
	}
	switch {
	case r.Name != "" && r.Namespace != "":
		return fmt.Sprintf("%s %s %s/%s", r.Verb, resource, r.Namespace, r.Name)
	case r.Name != "":
		return fmt.Sprintf("%s %s %s", r.Verb, resource, r.Name)
	case r.Namespace != "":
		return fmt.Sprintf("%s %s in %s", r.Verb, resource, r.Namespace)
	}
	return r.Verb + " " + resource
}

var (
	secretsResource    = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
	configMapsResource = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
)

// needs are the rights of a plan's writes and of its journal, each once.
func (p *Plan) needs() []Right {
	var list []Right
	add := func(r Right) {
		for _, have := range list {
			r.Answer = have.Answer
			if have.Journal == r.Journal && have == r {
				return
			}
		}
		list = append(list, r)
	}
	of := func(verb string, r schema.GroupVersionResource, namespace, name string) Right {
		return Right{Verb: verb, Group: r.Group, Resource: r.Resource, Namespace: namespace, Name: name}
	}
	for _, w := range p.Writes {
		switch w.Verb {
		case Create:
			add(of("create", w.Resource, w.Ref.Namespace, ""))
		case Rollback:
			add(of("create", w.Resource, w.Ref.Namespace, ""))
			add(of("update", w.Resource, w.Ref.Namespace, ""))
		case Uninstall:
			add(of("list", w.Resource, w.Ref.Namespace, ""))
			add(of("update", w.Resource, w.Ref.Namespace, ""))
			for _, r := range w.deletes {
				add(r)
			}
		case Disown:
			add(of("patch", w.Resource, w.Ref.Namespace, w.Ref.Name))
		default:
			add(of("get", w.Resource, w.Ref.Namespace, w.Ref.Name))
			add(of(string(w.Verb), w.Resource, w.Ref.Namespace, w.Ref.Name))
		}
	}
	for _, ns := range p.entry.namespaces() {
		if p.Finishes == "" {
			add(Right{Verb: "create", Resource: "secrets", Namespace: ns, Journal: true})
		}
	}
	add(Right{Verb: "patch", Resource: "secrets", Namespace: p.entry.Namespace, Journal: true})
	return list
}

// askRights asks the server about each right by SelfSubjectAccessReview. A patch
// that is not allowed becomes an update where that is.
func (m *Mender) askRights(ctx context.Context, p *Plan) {
	for _, w := range p.Writes {
		right := Right{Verb: "patch", Group: w.Resource.Group, Resource: w.Resource.Resource, Namespace: w.Ref.Namespace, Name: w.Ref.Name}
		if w.Verb != Patch {
			continue
		}
		if answer, _ := m.may(ctx, right); answer != No {
			continue
		}
		right.Verb = "update"
		if answer, _ := m.may(ctx, right); answer == Yes {
			w.Verb = Update
		}
	}
	p.Rights = p.needs()
	for i := range p.Rights {
		r := &p.Rights[i]
		r.Answer, r.Reason = m.may(ctx, *r)
		if r.Journal && r.Verb == "patch" && r.Answer == No {
			if answer, _ := m.may(ctx, Right{Verb: "update", Resource: r.Resource, Namespace: r.Namespace}); answer == Yes {
				r.Verb, r.Answer = "update", Yes
			}
		}
		if r.Journal && r.Answer == No && p.Journal.Missing == "" {
			p.Journal.Missing = r.String()
		}
	}
}

func (m *Mender) may(ctx context.Context, r Right) (Answer, string) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Verb: r.Verb, Group: r.Group, Resource: r.Resource, Namespace: r.Namespace, Name: r.Name,
		},
	}}
	got, err := m.kube.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
	switch {
	case err != nil:
		return Unasked, sanitize.Line(err.Error(), maxMessage)
	case got.Status.Allowed:
		return Yes, ""
	}
	return No, ""
}

package preflight

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// identity is who acts.
type identity struct {
	name string // as the server calls it
	ref  model.Ref
}

func (l *look) identify(ctx context.Context) identity {
	name := cmp.Or(l.Installer, l.Snapshot.Cluster.User)
	if name == "" {
		review, err := l.Conn.Kube().AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
		if err == nil {
			name = review.Status.UserInfo.Username
		}
	}
	if ns, sa, ok := strings.Cut(strings.TrimPrefix(name, "system:serviceaccount:"), ":"); ok && strings.HasPrefix(name, "system:serviceaccount:") {
		return identity{name, model.Ref{Kind: model.KindServiceAccount, Namespace: ns, Name: sa}}
	}
	if name == "" {
		return identity{"the acting identity", model.Ref{Kind: "User", Name: "unknown"}}
	}
	return identity{name, model.Ref{Kind: "User", Name: name}}
}

// right is one thing that may be allowed.
type right struct {
	verb, group, resource, namespace string
}

func (r right) String() string {
	text := r.verb + " " + r.resource
	if r.group != "" {
		text += "." + r.group
	}
	if r.namespace != "" {
		text += " in namespace " + r.namespace
	}
	return text
}

// allowed asks the server. Ok is false where it does not say.
func (l *look) allowed(ctx context.Context, r right) (allowed, ok bool) {
	status, err := l.reviewed(ctx, &authorizationv1.ResourceAttributes{Verb: r.verb, Group: r.group, Resource: r.resource, Namespace: r.namespace})
	if err != nil {
		l.unknown("right to "+r.String(), l.who.ref, fmt.Sprintf("Whether %s may %s is not known.", l.who.name, r), err)
		return false, false
	}
	return status.Allowed, true
}

// reviewKind is the kind of object by which reviewed asks.
func (l *look) reviewKind() string {
	if l.Installer == "" {
		return "SelfSubjectAccessReview"
	}
	return "SubjectAccessReview"
}

// reviewed asks about the acting identity, or about whoever will install.
func (l *look) reviewed(ctx context.Context, of *authorizationv1.ResourceAttributes) (authorizationv1.SubjectAccessReviewStatus, error) {
	reviews := l.Conn.Kube().AuthorizationV1()
	if l.Installer == "" {
		got, err := reviews.SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{
			Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: of},
		}, metav1.CreateOptions{})
		if err != nil {
			return authorizationv1.SubjectAccessReviewStatus{}, err
		}
		return got.Status, nil
	}
	groups := []string{"system:authenticated"}
	if l.who.ref.Kind == model.KindServiceAccount {
		groups = append(groups, "system:serviceaccounts", "system:serviceaccounts:"+l.who.ref.Namespace)
	}
	got, err := reviews.SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{
		Spec: authorizationv1.SubjectAccessReviewSpec{User: l.Installer, Groups: groups, ResourceAttributes: of},
	}, metav1.CreateOptions{})
	if err != nil {
		return authorizationv1.SubjectAccessReviewStatus{}, err
	}
	return got.Status, nil
}

// rights finds what the acting identity may not do.
func (l *look) rights(ctx context.Context) {
	l.records(ctx)
	asked := map[right]bool{}
	wanted := map[right][]*Object{}
	var order []right
	for _, o := range l.rendered.Objects {
		if o.Resource == "" {
			continue
		}
		verbs := []string{"get", "create"}
		if l.Snapshot.Row(o.Ref) != nil && o.Hook == nil {
			verbs = []string{"get", "patch"}
		}
		if o.Hook != nil {
			verbs = []string{"get", "watch", "create", "delete"}
		}
		for _, v := range verbs {
			r := right{v, o.GroupVersionKind().Group, o.Resource, o.Ref.Namespace}
			if wanted[r] == nil {
				order = append(order, r)
			}
			wanted[r] = append(wanted[r], o)
		}
	}
	for _, r := range order {
		if asked[r] {
			continue
		}
		asked[r] = true
		if allowed, ok := l.allowed(ctx, r); allowed || !ok {
			continue
		}
		f := finding.Finding{
			Probe: Rights.ID, Subject: l.who.ref, Slot: strings.Join([]string{r.verb, r.resource, r.namespace}, " "), Severity: finding.High, Grade: finding.Proved,
			Summary:  fmt.Sprintf("%s may not %s, which the release needs.", l.who.name, r),
			Evidence: []finding.Evidence{{Ref: l.who.ref, Path: l.reviewKind(), Value: "no"}},
		}
		f.Fixes, f.Withheld = l.allow(r)
		for i, o := range wanted[r] {
			if i == 5 {
				f.Evidence = append(f.Evidence, finding.Evidence{Note: fmt.Sprintf("and %d more", len(wanted[r])-i)})
				break
			}
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: o.Ref, Path: o.Source, Note: "the chart declares it"})
		}
		l.report(f)
	}
}

// records asks about the release's own records, which Helm creates as pending and
// updates when it is done: who may do the first and not the second leaves a release
// that no upgrade gets past.
func (l *look) records(ctx context.Context) {
	resource := "secrets"
	if l.Driver == model.KindConfigMap {
		resource = "configmaps"
	}
	may := map[string]bool{}
	for _, v := range []string{"create", "get", "list", "update", "delete"} {
		allowed, ok := l.allowed(ctx, right{v, "", resource, l.Namespace})
		if !ok {
			return
		}
		may[v] = allowed
	}
	evidence := func(v string) finding.Evidence {
		word := "no"
		if may[v] {
			word = "yes"
		}
		return finding.Evidence{Ref: l.who.ref, Path: v + " " + resource, Value: word, Note: "access review in namespace " + l.Namespace}
	}
	switch {
	case may["create"] && !may["update"]:
		l.report(finding.Finding{
			Probe: probes.HelmCannotUpdateRecords.ID, Subject: l.who.ref, Severity: finding.High, Grade: finding.Proved,
			Summary: fmt.Sprintf("%s may create %s in namespace %s, but not update them: Helm will say deployed, its record will stay pending, and the next upgrade will be refused.",
				l.who.name, resource, l.Namespace),
			Evidence: []finding.Evidence{evidence("create"), evidence("update")},
			Fixes:    l.recordFixes(),
		})
	case !may["create"]:
		l.report(l.recordRight("create", resource, evidence("create")))
	}
	for _, v := range []string{"get", "list"} {
		if !may[v] {
			l.report(l.recordRight(v, resource, evidence(v)))
		}
	}
	if !may["delete"] && may["update"] {
		f := l.recordRight("delete", resource, evidence("delete"))
		f.Severity = finding.Low
		f.Summary = fmt.Sprintf("%s may not delete %s in namespace %s, so Helm cannot drop old revisions (--history-max) nor uninstall the release.", l.who.name, resource, l.Namespace)
		l.report(f)
	}
}

func (l *look) recordRight(verb, resource string, e finding.Evidence) finding.Finding {
	f := finding.Finding{
		Probe: Rights.ID, Subject: l.who.ref, Slot: "records " + verb, Severity: finding.High, Grade: finding.Proved,
		Summary:  fmt.Sprintf("%s may not %s %s in namespace %s, where Helm keeps the release's records.", l.who.name, verb, resource, l.Namespace),
		Evidence: []finding.Evidence{e},
	}
	f.Fixes, f.Withheld = l.allow(right{verb, "", resource, l.Namespace})
	return f
}

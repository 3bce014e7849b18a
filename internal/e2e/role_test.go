//go:build e2e

package e2e

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
	"github.com/careen-tui/careen/internal/report"
)

// generatedRole is what careen probes --rbac prints.
func generatedRole(t *testing.T, c *controlplane.Cluster, args ...string) *rbacv1.ClusterRole {
	t.Helper()
	r := run(t, command(c.Kubeconfig, append([]string{"probes", "--rbac"}, args...)...))
	var role rbacv1.ClusterRole
	if err := yaml.UnmarshalStrict([]byte(r.stdout), &role); err != nil || r.code != 0 {
		t.Fatalf("exit code %d, %v: %s", r.code, err, r.stderr)
	}
	return &role
}

// grant binds a role to an account of its own, by whose name it is acted.
func grant(t *testing.T, kube kubernetes.Interface, name string, rules []rbacv1.PolicyRule) (as string) {
	t.Helper()
	meta := metav1.ObjectMeta{Name: "careen-test-" + name}
	if _, err := kube.RbacV1().ClusterRoles().Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: rules}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err := kube.RbacV1().ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
		Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: "haven", Name: name}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return "--as=system:serviceaccount:haven:" + name
}

// awaitRole returns when the authorizer, whose own watch is a moment behind, knows
// the last rule of an account's role.
func awaitRole(t *testing.T, kube kubernetes.Interface, account string, rules []rbacv1.PolicyRule) {
	t.Helper()
	last := rules[len(rules)-1]
	planetest.Eventually(t, "the role of "+account+" to take effect", func(ctx context.Context) error {
		review, err := kube.AuthorizationV1().SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{
			Spec: authorizationv1.SubjectAccessReviewSpec{
				User: "system:serviceaccount:haven:" + account,
				ResourceAttributes: &authorizationv1.ResourceAttributes{
					Verb: last.Verbs[0], Group: last.APIGroups[0], Resource: last.Resources[0],
				},
			},
		}, metav1.CreateOptions{})
		if err == nil && !review.Status.Allowed {
			err = errors.New(review.Status.Reason)
		}
		return err
	})
}

func roleIsEnough(t *testing.T, c *controlplane.Cluster, kube kubernetes.Interface) {
	as := grant(t, kube, "whole", generatedRole(t, c).Rules)
	awaitRole(t, kube, "whole", generatedRole(t, c).Rules)
	before, _ := document(t, c.Kubeconfig, quick...)
	d, _ := document(t, c.Kubeconfig, append([]string{as}, quick...)...)
	for _, w := range d.Coverage {
		if w.State != "live" {
			t.Errorf("%s is %s: %s", w.Kind, w.State, w.Message)
		}
	}
	foundAsMuch(t, c, d, before)
	bare := generatedRole(t, c, "--no-secrets").Rules
	as = grant(t, kube, "nosecrets", bare)
	awaitRole(t, kube, "nosecrets", bare)
	d, _ = document(t, c.Kubeconfig, append([]string{as}, quick...)...)
	unknown := 0
	for _, f := range d.Findings {
		if f.Grade == "unknown" {
			unknown++
		}
		if strings.HasPrefix(f.Probe, "release-") && f.Grade != "unknown" {
			t.Errorf("found without the right to read Secrets: %s", f.ID)
		}
	}
	if unknown == 0 {
		t.Error("without the right to read Secrets nothing is unknown")
	}
}

// foundAsMuch holds that a look which says that it missed nothing found what a look with
// every right finds: all that was there before it, and nothing but what is there after it.
// Some findings come with time alone.
func foundAsMuch(t *testing.T, c *controlplane.Cluster, d, before paper) {
	t.Helper()
	found := ids(d)
	for _, id := range ids(before) {
		if !slices.Contains(found, id) {
			t.Errorf("%s is not found, and nothing says what is missing", id)
		}
	}
	if slices.Equal(found, ids(before)) {
		return
	}
	after, _ := document(t, c.Kubeconfig, quick...)
	there := ids(after)
	for _, id := range found {
		if !slices.Contains(there, id) {
			t.Errorf("%s is found by who lacks a right alone", id)
		}
	}
}

// eachVerbIsMissed takes the verbs of the role away, one at a time, and then all that
// a rule has. What cannot be seen is said, in the coverage or as a finding that is
// unknown. Where the other verbs are enough (a streaming watch brings what a list
// would have, and the other way round), all that was found before is found still.
func eachVerbIsMissed(t *testing.T, c *controlplane.Cluster, kube kubernetes.Interface) {
	role := generatedRole(t, c, "--custom=false")
	whole, _ := document(t, c.Kubeconfig, quick...)
	limit := make(chan struct{}, 3)
	for i, rule := range role.Rules {
		for _, verb := range append([]string{"every"}, rule.Verbs...) {
			rules := slices.Clone(role.Rules)
			rules[i].Verbs = slices.DeleteFunc(slices.Clone(rule.Verbs), func(v string) bool { return v == verb || verb == "every" })
			what := verb + "-" + strings.ReplaceAll(rule.Resources[0], "/", "-")
			if len(rules[i].Verbs) == 0 {
				rules = slices.Delete(rules, i, i+1)
			}
			t.Run(what, func(t *testing.T) {
				t.Parallel()
				limit <- struct{}{}
				defer func() { <-limit }()
				as := grant(t, kube, what, rules)
				awaitRole(t, kube, what, rules)
				d, r := document(t, c.Kubeconfig, append([]string{as}, quick...)...)
				said := slices.ContainsFunc(d.Coverage, func(w report.Watch) bool { return w.State != "live" && w.Message != "" })
				for _, f := range d.Findings {
					said = said || f.Grade == "unknown"
				}
				if !said {
					foundAsMuch(t, c, d, whole)
				}
				contradicted(t, c, d, whole)
				if verb == "every" && !said {
					t.Errorf("exit code %d: nothing says that %s may not be read at all", r.code, rule.Resources[0])
				}
			})
		}
	}
}

// contradicted holds that what is proved for one who may not see everything is proved for
// one who may: a look is narrower, never wrong. What came with time since the whole look
// is looked up once more.
func contradicted(t *testing.T, c *controlplane.Cluster, narrow, whole paper) {
	t.Helper()
	proved := func(d paper) map[string]bool {
		out := map[string]bool{}
		for _, f := range d.Findings {
			out[f.ID] = f.Grade == "proved"
		}
		return out
	}
	seen, doubtful := proved(whole), false
	for id, is := range proved(narrow) {
		doubtful = doubtful || is && !seen[id]
	}
	if !doubtful {
		return
	}
	again, _ := document(t, c.Kubeconfig, quick...)
	seen = proved(again)
	for id, is := range proved(narrow) {
		if is && !seen[id] {
			t.Errorf("%s is proved for one who cannot see everything, and for nobody else", id)
		}
	}
}

// oneNamespaceIsNarrower looks as somebody who may read one namespace, and nothing of the
// cluster, at each namespace where something was planted.
func oneNamespaceIsNarrower(t *testing.T, c *controlplane.Cluster, kube kubernetes.Interface) {
	whole, _ := document(t, c.Kubeconfig, quick...)
	namespaces := map[string]bool{}
	for _, f := range whole.Findings {
		if f.Subject.Namespace != "" {
			namespaces[f.Subject.Namespace] = true
		}
	}
	if len(namespaces) == 0 {
		t.Fatal("nothing is found in any namespace")
	}
	for ns := range namespaces {
		_, err := kube.RbacV1().RoleBindings(ns).Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "careen-test-clerk"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "admin"},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "clerk"}},
		}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		planetest.Eventually(t, "the rights of the clerk in "+ns, func(ctx context.Context) error {
			review, err := kube.AuthorizationV1().SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{
				Spec: authorizationv1.SubjectAccessReviewSpec{User: "clerk", ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: ns, Verb: "list", Resource: "secrets"}},
			}, metav1.CreateOptions{})
			if err == nil && !review.Status.Allowed {
				err = errors.New(review.Status.Reason)
			}
			return err
		})
		d, r := document(t, c.Kubeconfig, append([]string{"--as=clerk", "-n", ns}, quick...)...)
		if r.code != 1 && r.code != 4 {
			t.Errorf("%s: exit code %d: %s", ns, r.code, r.stderr)
		}
		contradicted(t, c, d, whole)
	}
}

package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/careen-tui/careen/probes"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"helm.sh/helm/v3/pkg/release"
)

// review is helm/helm#13189, #7139: the account may create the release's record but
// not update it. Helm prints "deployed" and exits 0; the record says pending-install
// for ever, and every later upgrade is refused.
var review = Incident{
	ID:         "review",
	Title:      "Helm says deployed, its record says pending-install",
	Namespaces: []string{"review"},
	Findings: []string{
		found(probes.ReleaseStuck, "review/Release/review-app"),
		found(probes.HelmCannotUpdateRecords, "review/ServiceAccount/ci"),
	},
	Prepare:  func(ctx context.Context, p *Planter) error { return p.prepareAccounts(ctx, "review", "ci") },
	Complete: completeReview,
	Mend: func(ctx context.Context, p *Planter) error {
		if err := p.allowUpdate(ctx, "review", "ci"); err != nil {
			return err
		}
		return p.markDeployed(ctx, "review", "review-app")
	},
}

func completeReview(ctx context.Context, p *Planter) error {
	p.say("planting review: helm upgrade --install as an account that may not update secrets")
	ci, err := p.helmAs(ctx, "review", "ci")
	if err != nil {
		return err
	}
	v := values{"trackerToken": sentinelReviewValues}
	done, err := ci.upgradeInstall(ctx, "review-app", "review-app", v)
	if err != nil {
		return err
	}
	if done.Info.Status != release.StatusDeployed {
		return fmt.Errorf("planting review: Helm says %s, and not deployed", done.Info.Status)
	}
	if err := p.expectRecord(ctx, "review", "review-app", 1, release.StatusPendingInstall); err != nil {
		return err
	}
	if err := p.awaitReady(ctx, "review"); err != nil {
		return err
	}
	_, err = ci.upgradeInstall(ctx, "review-app", "review-app", v)
	return expectLocked(err)
}

// staging is the same fault at an upgrade: revision 1 was installed by someone who
// may, revision 2 sticks in pending-upgrade, and both are there.
var staging = Incident{
	ID:         "staging",
	Title:      "an upgrade is stuck in pending-upgrade beside the revision before it",
	Namespaces: []string{"staging"},
	Findings: []string{
		found(probes.ReleaseStuck, "staging/Release/storefront"),
		found(probes.HelmCannotUpdateRecords, "staging/ServiceAccount/deployer"),
	},
	Prepare: func(ctx context.Context, p *Planter) error {
		if err := p.prepareAccounts(ctx, "staging", "deployer"); err != nil {
			return err
		}
		return p.helm("staging").installReady(ctx, "storefront", "review-app", nil)
	},
	Complete: func(ctx context.Context, p *Planter) error {
		p.say("planting staging: upgrading as an account that may not update secrets")
		deployer, err := p.helmAs(ctx, "staging", "deployer")
		if err != nil {
			return err
		}
		v := values{"trackerToken": sentinelReviewPending, "image": values{"tag": "2.32.0"}}
		_, err = deployer.upgrade(ctx, "storefront", "review-app", v)
		if !apierrors.IsForbidden(err) {
			return fmt.Errorf("planting staging: the upgrade must end with a forbidden update, not %w", orNothing(err))
		}
		if err := p.expectRecord(ctx, "staging", "storefront", 2, release.StatusPendingUpgrade); err != nil {
			return err
		}
		return p.awaitReady(ctx, "staging")
	},
}

// legacy keeps its records in ConfigMaps, where the account may not update either.
var legacy = Incident{
	ID:         "legacy",
	Title:      "the same, where Helm keeps its records in ConfigMaps",
	Namespaces: []string{"legacy"},
	Findings: []string{
		found(probes.ReleaseStuck, "legacy/Release/billing"),
		found(probes.HelmCannotUpdateRecords, "legacy/ServiceAccount/builder"),
	},
	Prepare: func(ctx context.Context, p *Planter) error { return p.prepareAccounts(ctx, "legacy", "builder") },
	Complete: func(ctx context.Context, p *Planter) error {
		p.say("planting legacy: HELM_DRIVER=configmap")
		builder, err := p.helmAs(ctx, "legacy", "builder")
		if err != nil {
			return err
		}
		if _, err := builder.storing("configmap").upgradeInstall(ctx, "billing", "review-app", values{"trackerToken": sentinelConfigMap}); err != nil {
			return err
		}
		record, err := p.kube.CoreV1().ConfigMaps("legacy").Get(ctx, "sh.helm.release.v1.billing.v1", metav1.GetOptions{})
		if err != nil {
			return fmt.Errorf("reading the record: %w", err)
		}
		if err := expectStatus(record.ObjectMeta, release.StatusPendingInstall); err != nil {
			return err
		}
		return p.awaitReady(ctx, "legacy")
	},
}

// prepareAccounts makes a namespace, with the account that deploys to it and its rights.
func (p *Planter) prepareAccounts(ctx context.Context, namespace, account string) error {
	if err := p.namespace(ctx, namespace, nil); err != nil {
		return err
	}
	objects, err := Manifest("ci-accounts.yaml")
	if err != nil {
		return err
	}
	for _, object := range objects {
		if object.GetNamespace() == namespace {
			if err := p.applyObject(ctx, object); err != nil {
				return err
			}
		}
	}
	return p.awaitRight(ctx, namespace, account)
}

// awaitRight returns when the API server has taken notice of what an account may do.
func (p *Planter) awaitRight(ctx context.Context, namespace, account string) error {
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: "system:serviceaccount:" + namespace + ":" + account,
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Namespace: namespace, Verb: "create", Group: "apps", Resource: "deployments",
		},
	}}
	return await(ctx, "the rights of account "+account, func(ctx context.Context) (bool, error) {
		got, err := p.kube.AuthorizationV1().SubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		return err == nil && got.Status.Allowed, err
	})
}

func (p *Planter) helmAs(ctx context.Context, namespace, account string) (helm, error) {
	config, err := p.tokenOf(ctx, namespace, account)
	if err != nil {
		return helm{}, err
	}
	return p.helm(namespace).as(config), nil
}

func (p *Planter) expectRecord(ctx context.Context, namespace, name string, revision int, want release.Status) error {
	object := fmt.Sprintf("sh.helm.release.v1.%s.v%d", name, revision)
	record, err := p.kube.CoreV1().Secrets(namespace).Get(ctx, object, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading the record: %w", err)
	}
	return expectStatus(record.ObjectMeta, want)
}

func expectStatus(record metav1.ObjectMeta, want release.Status) error {
	if got := record.Labels["status"]; got != want.String() {
		return fmt.Errorf("record %s/%s says %q, and not %s", record.Namespace, record.Name, got, want)
	}
	return nil
}

func expectLocked(err error) error {
	if err != nil && strings.Contains(err.Error(), "another operation (install/upgrade/rollback) is in progress") {
		return nil
	}
	return fmt.Errorf("a second upgrade must be refused because another operation is in progress, not end with: %w", orNothing(err))
}

var errNothing = errors.New("no error at all")

func orNothing(err error) error {
	if err == nil {
		return errNothing
	}
	return err
}

// allowUpdate adds the verb that is missing from the rule about secrets.
func (p *Planter) allowUpdate(ctx context.Context, namespace, role string) error {
	got, err := p.kube.RbacV1().Roles(namespace).Get(ctx, role, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading role %s/%s: %w", namespace, role, err)
	}
	got.Rules = append(got.Rules, rbacv1.PolicyRule{
		APIGroups: []string{corev1.GroupName}, Resources: []string{"secrets"}, Verbs: []string{"update"},
	})
	if _, err := p.kube.RbacV1().Roles(namespace).Update(ctx, got, metav1.UpdateOptions{FieldManager: manager}); err != nil {
		return fmt.Errorf("allowing updates by role %s/%s: %w", namespace, role, err)
	}
	return nil
}

// markDeployed is what people do by hand once they know how: read the record with
// Helm's code, change its status, and write it back.
func (p *Planter) markDeployed(_ context.Context, namespace, name string) error {
	configuration, err := p.helm(namespace).open()
	if err != nil {
		return err
	}
	last, err := configuration.Releases.Last(name)
	if err != nil {
		return fmt.Errorf("reading the last revision of %s: %w", name, err)
	}
	last.SetStatus(release.StatusDeployed, "Marked deployed by hand")
	if err := configuration.Releases.Update(last); err != nil {
		return fmt.Errorf("marking %s deployed: %w", name, err)
	}
	return nil
}

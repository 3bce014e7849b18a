package demo

import (
	"context"

	"github.com/careen-tui/careen/probes"
	"helm.sh/helm/v3/pkg/release"
)

// checkout is the third way into pending: the client was killed before it had made
// everything. Part of the objects is there, the Deployment is not.
var checkout = Incident{
	ID:         "checkout",
	Title:      "Helm was killed half way through an install",
	Namespaces: []string{"checkout"},
	Findings:   []string{found(probes.ReleaseStuck, "checkout/Release/checkout")},
	Prepare:    func(ctx context.Context, p *Planter) error { return p.namespace(ctx, "checkout", nil) },
	Complete: func(ctx context.Context, p *Planter) error {
		p.say("planting checkout: killing Helm before it creates the Deployment")
		if err := p.installAndDie(ctx, "checkout", "checkout", "review-app", "deployments", false, nil); err != nil {
			return err
		}
		return p.expectRecord(ctx, "checkout", "checkout", 1, release.StatusPendingInstall)
	},
	Mend: func(_ context.Context, p *Planter) error { return p.helm("checkout").uninstall("checkout") },
}

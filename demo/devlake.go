package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/careen-tui/careen/probes"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	lakeNamespace = "devlake"
	lakeSet       = "devlake-mysql"
	lakeClaim     = "devlake-mysql-data-devlake-mysql-0"

	// The API server's times have a resolution of a second: a claim is older than what
	// uses it only from two on.
	visiblyOlder = 2 * time.Second
)

// devlake is apache/devlake#8018, devlake-helm-chart#306, helm#5156: the claim stays
// when the release is uninstalled, and the next install mounts it.
var devlake = Incident{
	ID:         "devlake",
	Title:      "a fresh install runs on the database of the one before",
	Namespaces: []string{lakeNamespace},
	Findings:   []string{found(probes.ClaimOlderThanOwner, "devlake/PersistentVolumeClaim/"+lakeClaim)},
	Late:       []string{found(probes.VolumeReclaimDelete, "/PersistentVolume/pvc-*")},
	Prepare:    prepareLake,
	Complete:   completeLake,
	Mend:       mendLake,
}

func lakeValues() values {
	return values{
		"lake":      values{"encryptionSecret": sentinelLakeSecret},
		"mysqlAuth": values{"password": sentinelLakeSecret},
	}
}

func prepareLake(ctx context.Context, p *Planter) error {
	p.say("planting devlake: installing it for the first time")
	if err := p.namespace(ctx, lakeNamespace, nil); err != nil {
		return err
	}
	if err := p.helm(lakeNamespace).installReady(ctx, "devlake", "devlake", lakeValues()); err != nil {
		return err
	}
	claim, err := p.awaitBound(ctx, lakeNamespace, lakeClaim)
	if err != nil {
		return err
	}
	p.say("planting devlake: uninstalling it")
	if err := p.helm(lakeNamespace).uninstall("devlake"); err != nil {
		return err
	}
	if err := p.awaitNoPods(ctx, lakeNamespace); err != nil {
		return err
	}
	return until(ctx, claim.CreationTimestamp.Add(visiblyOlder))
}

func completeLake(ctx context.Context, p *Planter) error {
	p.say("planting devlake: installing it again")
	return p.helm(lakeNamespace).installReady(ctx, "devlake", "devlake", lakeValues())
}

// mendLake starts over with an empty database: scale to none, delete the claim, scale
// back.
func mendLake(ctx context.Context, p *Planter) error {
	if err := p.scaleSet(ctx, lakeNamespace, lakeSet, 0); err != nil {
		return err
	}
	claims := p.kube.CoreV1().PersistentVolumeClaims(lakeNamespace)
	old, err := claims.Get(ctx, lakeClaim, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading claim %s: %w", lakeClaim, err)
	}
	if err := claims.Delete(ctx, lakeClaim, metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("deleting claim %s: %w", lakeClaim, err)
	}
	if err := p.scaleSet(ctx, lakeNamespace, lakeSet, 1); err != nil {
		return err
	}
	return await(ctx, "a new claim "+lakeClaim, func(ctx context.Context) (bool, error) {
		now, err := p.awaitBound(ctx, lakeNamespace, lakeClaim)
		return err == nil && now.UID != old.UID, err
	})
}

// warehouse is uninstalled for good, and its claims stay.
var warehouse = Incident{
	ID:         "warehouse",
	Title:      "an uninstalled release leaves its claims behind",
	Namespaces: []string{"warehouse"},
	Settled: []string{
		found(probes.ClaimOrphan, "warehouse/PersistentVolumeClaim/data-reports-postgresql-0"),
		found(probes.ClaimOrphan, "warehouse/PersistentVolumeClaim/data-reports-postgresql-1"),
	},
	Prepare: func(ctx context.Context, p *Planter) error {
		p.say("planting warehouse: installing it, to be uninstalled")
		if err := p.namespace(ctx, "warehouse", nil); err != nil {
			return err
		}
		v := values{"auth": values{"password": sentinelPlainEnv}}
		return p.helm("warehouse").installReady(ctx, "reports", "warehouse", v)
	},
	Complete: func(ctx context.Context, p *Planter) error {
		if err := p.helm("warehouse").uninstall("reports"); err != nil {
			return err
		}
		return p.awaitNoPods(ctx, "warehouse")
	},
	Mend: func(ctx context.Context, p *Planter) error {
		err := p.kube.CoreV1().PersistentVolumeClaims("warehouse").DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{})
		if err != nil {
			return fmt.Errorf("deleting the claims of warehouse: %w", err)
		}
		return nil
	},
}

// awaitNoPods returns when a namespace has no pod and no StatefulSet left.
func (p *Planter) awaitNoPods(ctx context.Context, namespace string) error {
	return await(ctx, "the pods of "+namespace+" to go", func(ctx context.Context) (bool, error) {
		pods, err := p.kube.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		sets, err := p.kube.AppsV1().StatefulSets(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		return len(pods.Items)+len(sets.Items) == 0, fmt.Errorf("%d are left", len(pods.Items))
	})
}

package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/probes"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	metricsNamespace = "metrics"
	metricsSet       = "vm-vmstorage"
	metricsList      = "vm-vmstorage-env"
)

// metrics is apecloud/kubeblocks#9253: vmstorage is scaled, and the list of its
// members, from which vminsert and vmselect know where to write and read, is not
// resolved again.
var metrics = Incident{
	ID:         "metrics",
	Title:      "a scaled-out store is missing from the list its clients read",
	Namespaces: []string{metricsNamespace},
	Findings:   []string{found(probes.MemberListStale, "metrics/ConfigMap/"+metricsList)},
	Late:       []string{found(probes.VolumeReclaimDelete, "/PersistentVolume/pvc-*")},
	Prepare: func(ctx context.Context, p *Planter) error {
		p.say("planting metrics: installing a cluster of two vmstorage")
		if err := p.namespace(ctx, metricsNamespace, nil); err != nil {
			return err
		}
		return p.helm(metricsNamespace).installReady(ctx, "vm", "victoria-metrics", nil)
	},
	Complete: func(ctx context.Context, p *Planter) error {
		p.say("planting metrics: scaling vmstorage from 2 to 3")
		if err := p.scaleSet(ctx, metricsNamespace, metricsSet, 3); err != nil {
			return err
		}
		return p.awaitReady(ctx, metricsNamespace, metricsSet)
	},
	Mend: func(ctx context.Context, p *Planter) error {
		if err := p.setData(ctx, metricsNamespace, metricsList, manager, storageLists("vm", metricsNamespace, 3)); err != nil {
			return err
		}
		// Scaled out: readers before writers, so that what is written can be read.
		for _, workload := range []string{"vm-vmselect", "vm-vminsert"} {
			if err := p.restart(ctx, metricsNamespace, "Deployment", workload); err != nil {
				return err
			}
			if err := p.awaitReady(ctx, metricsNamespace, workload); err != nil {
				return err
			}
		}
		return nil
	},
}

// archive is the second fault of kubeblocks#9276: the list is resolved again, and the
// processes that read it once when they started run on with the old one. Its rules
// are mounted by subPath, which no running container ever sees change.
var archive = Incident{
	ID:         "archive",
	Title:      "processes run on with the configuration of yesterday",
	Namespaces: []string{"archive"},
	Settled: []string{
		found(probes.ConfigNewerThanProcess, "archive/Deployment/vm-vminsert"),
		found(probes.ConfigNewerThanProcess, "archive/Deployment/vm-vmselect"),
		found(probes.ConfigNewerThanProcess, "archive/Deployment/vm-vmalert"),
	},
	Prepare: func(ctx context.Context, p *Planter) error {
		p.say("planting archive: installing a cluster with alert rules")
		if err := p.namespace(ctx, "archive", nil); err != nil {
			return err
		}
		v := values{"vmalert": values{"enabled": true}}
		if err := p.helm("archive").installReady(ctx, "vm", "victoria-metrics", v); err != nil {
			return err
		}
		return until(ctx, time.Now().Add(visiblyOlder))
	},
	Complete: func(ctx context.Context, p *Planter) error {
		p.say("planting archive: scaling, with a list that follows and clients that do not")
		if err := p.scaleSet(ctx, "archive", "vm-vmstorage", 3); err != nil {
			return err
		}
		if err := p.awaitReady(ctx, "archive", "vm-vmstorage"); err != nil {
			return err
		}
		if err := p.setData(ctx, "archive", "vm-vmstorage-env", "kubeblocks", storageLists("vm", "archive", 3)); err != nil {
			return err
		}
		return p.setData(ctx, "archive", "vm-vmalert-rules", manager, map[string]string{"rules.yaml": "groups: []\n"})
	},
	Mend: func(ctx context.Context, p *Planter) error {
		for _, workload := range []string{"vm-vmselect", "vm-vminsert", "vm-vmalert"} {
			if err := p.restart(ctx, "archive", "Deployment", workload); err != nil {
				return err
			}
		}
		return p.awaitReady(ctx, "archive")
	},
}

// operated is the same as metrics where an operator owns the list, and would revert
// whoever rewrote it. The operator itself is away.
var operated = Incident{
	ID:         "operated",
	Title:      "the stale list belongs to an operator",
	Namespaces: []string{"operated"},
	Findings:   []string{found(probes.MemberListStale, "operated/ConfigMap/tsdb-vmstorage-env")},
	Prepare: func(ctx context.Context, p *Planter) error {
		p.say("planting operated: a list that KubeBlocks owns")
		if err := p.namespace(ctx, "operated", nil); err != nil {
			return err
		}
		if err := p.applyDefinitions(ctx, "kubeblocks-crd.yaml"); err != nil {
			return err
		}
		if err := p.apply(ctx, "operated.yaml"); err != nil {
			return err
		}
		if err := p.ownList(ctx); err != nil {
			return err
		}
		return p.awaitReady(ctx, "operated")
	},
	Complete: func(ctx context.Context, p *Planter) error {
		if err := p.scaleSet(ctx, "operated", "tsdb-vmstorage", 3); err != nil {
			return err
		}
		return p.awaitReady(ctx, "operated", "tsdb-vmstorage")
	},
	Mend: func(ctx context.Context, p *Planter) error {
		list := storageLists("tsdb", "operated", 3)
		delete(list, "VMSTORAGE_ENDPOINT")
		if err := p.setData(ctx, "operated", "tsdb-vmstorage-env", "kubeblocks", list); err != nil {
			return err
		}
		if err := p.restart(ctx, "operated", "Deployment", "tsdb-vminsert"); err != nil {
			return err
		}
		return p.awaitReady(ctx, "operated", "tsdb-vminsert")
	},
}

// ownList makes the Component the controller of the list, as KubeBlocks does.
func (p *Planter) ownList(ctx context.Context) error {
	components := p.objects.Resource(schema.GroupVersionResource{Group: "apps.kubeblocks.io", Version: "v1", Resource: "components"})
	component, err := components.Namespace("operated").Get(ctx, "tsdb-vmstorage", metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading the component: %w", err)
	}
	list, err := p.kube.CoreV1().ConfigMaps("operated").Get(ctx, "tsdb-vmstorage-env", metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading the list: %w", err)
	}
	list.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(component, component.GroupVersionKind())}
	if _, err := p.kube.CoreV1().ConfigMaps("operated").Update(ctx, list, metav1.UpdateOptions{FieldManager: "kubeblocks"}); err != nil {
		return fmt.Errorf("giving the list its owner: %w", err)
	}
	return nil
}

// storageLists are the two variables that KubeBlocks resolves for the clients of
// vmstorage.
func storageLists(release, namespace string, members int) map[string]string {
	var addresses, endpoints []string
	for i := range members {
		host := fmt.Sprintf("%[1]s-vmstorage-%[2]d.%[1]s-vmstorage-headless.%[3]s.svc.cluster.local", release, i, namespace)
		endpoints = append(endpoints, host)
		addresses = append(addresses, host+":8400")
	}
	return map[string]string{
		"VMSTORAGE_ADDR":     strings.Join(addresses, ","),
		"VMSTORAGE_ENDPOINT": strings.Join(endpoints, ","),
	}
}

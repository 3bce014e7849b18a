package preflight

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// demand adds up quantities by the names that quotas use.
type demand map[string]*resource.Quantity

func (d demand) add(name, quantity string, times int64) {
	q, err := resource.ParseQuantity(quantity)
	if err != nil {
		return
	}
	if d[name] == nil {
		d[name] = &resource.Quantity{}
	}
	q.Mul(times)
	d[name].Add(q)
}

// workload adds what a workload's pods ask for, times.
func (d demand) workload(w *model.Workload, times int64) {
	if w == nil || w.Kind == model.KindCronJob || w.Kind == model.KindDaemonSet {
		return
	}
	n := int64(w.Desired) * times
	d.add("pods", "1", n)
	for _, c := range w.Template.Containers {
		if c.Init && !c.Sidecar {
			continue
		}
		for name, q := range c.Requests {
			d.add("requests."+name, q, n)
			d.add(name, q, n)
		}
		for name, q := range c.Limits {
			d.add("limits."+name, q, n)
		}
	}
	if times > 0 && w.Kind == model.KindStatefulSet {
		for _, t := range w.ClaimTemplates {
			d.add("persistentvolumeclaims", "1", n)
			d.add("requests.storage", t.Size, n)
		}
	}
}

// quota adds up all replicas of the chart, less those that run today, and compares
// the sum with what each quota of the namespace has left.
func (l *look) quota() {
	extra := map[string]demand{}
	for _, o := range l.rendered.Objects {
		w, ok := l.row(o).(*model.Workload)
		if !ok {
			continue
		}
		d := extra[o.Ref.Namespace]
		if d == nil {
			d = demand{}
			extra[o.Ref.Namespace] = d
		}
		d.workload(w, 1)
		if now, ok := model.Get[*model.Workload](l.Snapshot, o.Ref); ok {
			d.workload(now, -1)
		}
	}
	for namespace, d := range extra {
		for q := range model.Each[*model.Quota](l.Snapshot.Space(namespace), model.KindResourceQuota) {
			l.compare(q, d)
		}
	}
}

func (l *look) compare(q *model.Quota, d demand) {
	names := make([]string, 0, len(q.Hard))
	for name := range q.Hard {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		more := d[name]
		if more == nil || more.Sign() <= 0 {
			continue
		}
		hard, err1 := resource.ParseQuantity(q.Hard[name])
		used, err2 := resource.ParseQuantity(q.Used[name])
		if err1 != nil || err2 != nil {
			continue
		}
		sum := used.DeepCopy()
		sum.Add(*more)
		if sum.Cmp(hard) <= 0 {
			continue
		}
		l.report(finding.Finding{
			Probe: QuotaExceeded.ID, Subject: q.Ref(), Slot: name, Severity: finding.High, Grade: finding.Inferred,
			Summary: fmt.Sprintf("All replicas of the release ask for %s more %s, and quota %s has %s of %s in use, so some pods will be refused.",
				more, name, q.Ref().Path(), q.Used[name], q.Hard[name]),
			Evidence: []finding.Evidence{
				{Ref: q.Ref(), Path: "spec.hard." + name, Value: q.Hard[name]},
				{Ref: q.Ref(), Path: "status.used." + name, Value: q.Used[name]},
				{Path: "chart", Value: more.String(), Note: "what its workloads ask for, less what runs today; scopes of the quota are not looked at"},
			},
		})
	}
}

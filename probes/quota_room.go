package probes

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/careen-tui/careen/internal/model"
)

// charge is what a quota counts of something, by the names of its resources.
type charge map[string]resource.Quantity

// chargeOf reads what the API server says was asked: "pods=1,requests.cpu=2". What cannot
// be read is left out.
func chargeOf(asked string) charge {
	out := charge{}
	for _, part := range strings.Split(asked, ",") {
		name, amount, ok := strings.Cut(strings.TrimSpace(part), "=")
		if q, err := resource.ParseQuantity(amount); ok && err == nil {
			out[name] = q
		}
	}
	return out
}

// podCharge is the least that a quota counts of one pod of a template (kubernetes
// pkg/quota/v1/evaluator/core/pods.go, podComputeUsageHelper): what a LimitRange adds is
// not known.
func podCharge(t *model.Template) charge {
	out := charge{"pods": *resource.NewQuantity(1, resource.DecimalSI), "count/pods": *resource.NewQuantity(1, resource.DecimalSI)}
	for name, n := range requestsOf(t) {
		q := *resource.NewMilliQuantity(n, resource.DecimalSI)
		out["requests."+name] = q
		if name == "cpu" || name == "memory" || name == "ephemeral-storage" {
			out[name] = q
		}
	}
	limits := amounts{}
	for i := range t.Containers {
		if c := &t.Containers[i]; !c.Init || c.Sidecar {
			limits.add(c.Limits)
		}
	}
	for name, n := range limits {
		out["limits."+name] = *resource.NewMilliQuantity(n, resource.DecimalSI)
	}
	return out
}

// objectCharge is what a quota counts of one object of a kind, whatever stands in it
// (kubernetes pkg/quota/v1/evaluator/core/registry.go, pkg/quota/v1/generic).
func objectCharge(kind model.Kind) charge {
	info, ok := model.Info(kind)
	if !ok || !info.Namespaced {
		return nil
	}
	one := *resource.NewQuantity(1, resource.DecimalSI)
	if info.Group != "" {
		return charge{"count/" + info.Resource + "." + info.Group: one}
	}
	return charge{info.Resource: one, "count/" + info.Resource: one}
}

// lacks lists the resources of which a quota has less left than is asked, sorted. What
// asks for more than all that it allows is no matter of how much is used, and left out.
func lacks(q *model.Quota, asked charge) (out []string) {
	for _, name := range sortedKeys(asked) {
		hard, err := resource.ParseQuantity(q.Hard[name])
		if err != nil {
			continue // it does not count that
		}
		sum, err := resource.ParseQuantity(q.Used[name])
		if err != nil || sum.Sign() <= 0 {
			continue
		}
		one := asked[name]
		if one.Sign() <= 0 || one.Cmp(hard) > 0 {
			continue
		}
		if sum.Add(one); sum.Cmp(hard) > 0 {
			out = append(out, name)
		}
	}
	return out
}

// fits reports whether a quota has all that is asked left, of what it counts.
func fits(q *model.Quota, asked charge) bool {
	for name, one := range asked {
		hard, err := resource.ParseQuantity(q.Hard[name])
		sum, wrong := resource.ParseQuantity(q.Used[name])
		if err != nil || wrong != nil {
			return false
		}
		if sum.Add(one); sum.Cmp(hard) > 0 {
			return false
		}
	}
	return true
}

// full reports whether nothing at all is left of a resource.
func full(q *model.Quota, name string) bool {
	hard, err := resource.ParseQuantity(q.Hard[name])
	used, wrong := resource.ParseQuantity(q.Used[name])
	return err == nil && wrong == nil && used.Cmp(hard) >= 0
}

package views

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// portList is "http 80 to web/TCP, 443 to 8443/TCP".
func portList(ports []model.ServicePort) string {
	parts := make([]string, 0, min(len(ports), many))
	for _, p := range ports[:min(len(ports), many)] {
		to := first(p.TargetName, strconv.Itoa(int(p.Target)))
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %d to %s/%s", p.Name, p.Number, to, p.Protocol)))
	}
	if n := len(ports) - many; n > 0 {
		parts = append(parts, counted("and %s more", n))
	}
	return strings.Join(parts, ", ")
}

func (f *facts) ingress(r *model.Ingress) {
	f.leads("class", model.Ref{Kind: model.KindIngressClass, Name: r.Class})
	for _, b := range r.Backends[:min(len(r.Backends), many)] {
		f.leads(first(b.Host+b.Path, "otherwise"), model.Ref{Kind: model.KindService, Namespace: r.Namespace, Name: b.Service})
	}
	f.add("address", strings.Join(r.Addresses, ", "))
}

func (f *facts) networkPolicy(r *model.NetworkPolicy) {
	if r.Ingress {
		f.add("ingress", text.Counted(len(r.In), "rule"))
	}
	if r.Egress {
		f.add("egress", text.Counted(len(r.Out), "rule"))
	}
}

func (f *facts) budget(r *model.DisruptionBudget) {
	f.add("min available", r.MinAvailable)
	f.add("max unavailable", r.MaxUnavailable)
	role := styled.Good
	if r.Allowed == 0 {
		role = styled.Medium
	}
	f.tint("allowed", fmt.Sprintf("%s now; %d of %d pods healthy, %d must stay", text.Counted(int(r.Allowed), "disruption"), r.Healthy, r.Expected, r.Desired), role)
}

func (f *facts) autoscaler(r *model.Autoscaler) {
	f.leads("target", r.Target)
	f.add("replicas", fmt.Sprintf("%d, of %d to %d", r.Current, r.Min, r.Max))
	for _, c := range r.Conditions {
		role := styled.Normal
		if c.Status != "True" && c.Type != "ScalingLimited" {
			role = styled.Bad
		}
		f.tint(c.Type, strings.TrimSpace(c.Status+" "+c.Reason), role)
	}
}

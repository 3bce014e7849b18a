package views

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

func (f *facts) node(r *model.Node) {
	if r.Ready {
		f.tint("ready", "yes", styled.Good)
	} else {
		f.tint("ready", strings.TrimSpace("no "+r.Readiness().Reason), styled.Bad)
	}
	if r.Unschedulable {
		f.tint("scheduling", "disabled", styled.Medium)
	}
	f.add("version", r.Version)
	f.usageFacts(r.Ref(), allocatable(r), inspect.Usage{}, "that pods may have")
	taints := make([]string, len(r.Taints))
	for i, t := range r.Taints {
		taints[i] = t.String()
	}
	f.add("taints", strings.Join(taints, ", "))
	for _, c := range r.Conditions[:min(len(r.Conditions), many)] {
		f.tint(c.Type, strings.TrimSpace(c.Reason+" "+c.Message), styled.Bad)
	}
}

// lease tells the renewal with the time at which it was read: that a lease was renewed
// in time makes no new report.
func (f *facts) lease(r *model.Lease) {
	f.add("holder", r.Holder)
	if !r.Renewed.IsZero() {
		f.lines = append(f.lines, field{name: "renewed", value: f.Clock(r.Renewed), note: "as read at " + f.Clock(f.Report.At)})
	}
	if r.Duration > 0 {
		f.add("valid for", r.Duration.String())
	}
}

func (f *facts) attachment(r *model.Attachment) {
	f.leads("volume", model.Ref{Kind: model.KindVolume, Name: r.Volume})
	f.leads("node", model.Ref{Kind: model.KindNode, Name: r.Node})
	f.add("attacher", r.Attacher)
	if r.Attached {
		f.tint("attached", "yes", styled.Good)
	} else {
		f.tint("attached", "no", styled.Medium)
	}
	f.tint("error", r.Error, styled.Bad)
}

func (f *facts) quota(r *model.Quota) {
	for _, resource := range slices.Sorted(maps.Keys(r.Hard))[:min(len(r.Hard), many)] {
		f.add(resource, first(r.Used[resource], "0")+" of "+r.Hard[resource])
	}
}

func (f *facts) rules(r *model.Role) {
	for i, rule := range r.Rules[:min(len(r.Rules), 20)] {
		f.add(fmt.Sprintf("rules[%d]", i), ruleText(rule))
	}
}

func (f *facts) binding(r *model.Binding) {
	f.leads("role", r.Role)
	for _, s := range r.Subjects[:min(len(r.Subjects), 20)] {
		f.add("subject", strings.TrimSpace(s.Kind+" "+model.Ref{Namespace: s.Namespace, Name: s.Name}.Path()))
	}
}

func (f *facts) webhooks(r *model.WebhookConfig) {
	for _, h := range r.Hooks[:min(len(r.Hooks), 20)] {
		f.add("webhook", h.Name)
		f.add("calls", h.URL)
		f.leads("calls", h.Service)
		f.add("for", strings.Join(h.Operations, ", ")+" "+strings.Join(h.Resources, ", "))
		f.add("on failure", h.FailurePolicy)
	}
}

func ruleText(r model.Rule) string {
	out := strings.Join(r.Verbs, ", ") + " " + strings.Join(r.Resources, ", ")
	if len(r.Names) > 0 {
		out += " named " + strings.Join(r.Names, ", ")
	}
	return out
}

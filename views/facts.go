package views

import (
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// facts are the first lines of an object's page.
type facts struct {
	*Env
	namespace string // of the object
	lines     []field
}

// facts lists what its row says of an object.
func (e *Env) facts(row model.Row) []field {
	m := row.Base()
	f := &facts{Env: e, namespace: m.Namespace}
	f.of(row)
	if !m.Created.IsZero() {
		f.lines = append(f.lines, field{name: "created", value: e.Clock(m.Created), note: e.Age(m.Created) + " ago"})
	}
	if !m.Deleting.IsZero() {
		f.lines = append(f.lines, field{name: "deleting", value: "since " + e.Clock(m.Deleting), role: styled.Bad, note: strings.Join(m.Finalizers, ", ")})
	}
	return f.lines
}

// of adds what is particular to a type of row. Each type has something.
func (f *facts) of(row model.Row) {
	switch r := row.(type) {
	case *model.Workload:
		f.workload(r)
	case *model.Pod:
		f.pod(r)
	case *model.LogTail:
		f.leads("pod", r.Pod)
		f.add("log", strings.Join(r.Lines, "\n"))
	case *model.Service:
		f.add("type", r.Type)
		f.add("ports", portList(r.Ports))
	case *model.EndpointSlice:
		f.tint("ready", strings.Join(r.Ready, ", "), styled.Good)
		f.tint("not ready", strings.Join(r.NotReady, ", "), styled.Bad)
	case *model.Ingress:
		f.ingress(r)
	case *model.NetworkPolicy:
		f.networkPolicy(r)
	case *model.DisruptionBudget:
		f.budget(r)
	case *model.Autoscaler:
		f.autoscaler(r)
	case *model.Secret:
		f.secret(r)
	case *model.ConfigMap:
		f.add("keys", keyList(r.Keys))
		f.add("changed", f.changed(r.Changed, r.ChangedBy))
	case *model.Record:
		f.record(r)
	case *model.ServiceAccount:
		f.add("pull secrets", strings.Join(r.PullSecrets, ", "))
	case *model.Role:
		f.rules(r)
	case *model.Binding:
		f.binding(r)
	case *model.WebhookConfig:
		f.webhooks(r)
	case *model.Claim:
		f.claim(r)
	case *model.Volume:
		f.volume(r)
	case *model.StorageClass:
		f.add("provisioner", r.Provisioner)
		f.add("policy", r.Policy)
		f.add("binding", r.BindingMode)
	case *model.Attachment:
		f.attachment(r)
	case *model.Event:
		f.tint("reason", r.Reason, styled.Medium)
		f.add("message", r.Message)
		f.leads("about", r.About)
	case *model.Namespace:
		f.add("phase", r.Phase)
	case *model.Node:
		f.node(r)
	case *model.Lease:
		f.lease(r)
	case *model.Quota:
		f.quota(r)
	case *model.LimitRange:
		for _, item := range r.Items[:min(len(r.Items), many)] {
			f.add("limit", item)
		}
	case *model.Object:
		f.add("detail", r.Detail)
		if !r.Renews.IsZero() {
			f.add("renews", "at "+f.Clock(r.Renews))
		}
	}
}

func (f *facts) add(name, value string) { f.tint(name, value, styled.Normal) }

func (f *facts) tint(name, value string, role styled.Role) {
	if value != "" {
		f.lines = append(f.lines, field{name: name, value: value, role: role})
	}
}

// leads adds a fact that names another object.
func (f *facts) leads(name string, ref model.Ref) {
	if ref.Name != "" {
		f.lines = append(f.lines, field{name: name, value: refFrom(ref, f.namespace), to: Subject{Ref: ref}})
	}
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

package views

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views/widget"
)

// facts are the first lines of an object's page.
func (e *Env) facts(row model.Row) []field {
	m := row.Base()
	var out []field
	add := func(name, value string) {
		if value != "" {
			out = append(out, field{name: name, value: value})
		}
	}
	tint := func(name, value string, role widget.Role) {
		if value != "" {
			out = append(out, field{name: name, value: value, role: role})
		}
	}
	leads := func(name string, ref model.Ref) {
		if ref.Name != "" {
			out = append(out, field{name: name, value: refFrom(ref, m.Namespace), to: Subject{Ref: ref}})
		}
	}
	switch r := row.(type) {
	case *model.Workload:
		text, role := workloadReady(r)
		tint("ready", text, role)
		add("strategy", r.Strategy)
		add("schedule", r.Schedule)
		for _, c := range r.Template.Containers {
			add("image", c.Image)
		}
		leads("account", model.Ref{Kind: model.KindServiceAccount, Namespace: m.Namespace, Name: r.Template.ServiceAccount})
	case *model.Pod:
		text, role := podState(r)
		tint("state", text, role)
		leads("node", model.Ref{Kind: model.KindNode, Name: r.Node})
		for _, c := range r.Containers {
			text, role := containerState(e, c)
			tint("container "+c.Name, text, role)
		}
	case *model.Secret:
		add("type", r.Type)
		add("keys", keyList(r.Keys))
		add("changed", e.changed(r.Changed, r.ChangedBy))
		for _, c := range r.Certs {
			text, role := certText(e, c)
			tint(c.Key, text, role)
		}
	case *model.ConfigMap:
		add("keys", keyList(r.Keys))
		add("changed", e.changed(r.Changed, r.ChangedBy))
	case *model.Claim:
		tint("phase", r.Phase, phaseRole(r.Phase))
		leads("volume", model.Ref{Kind: model.KindVolume, Name: r.Volume})
		leads("class", model.Ref{Kind: model.KindStorageClass, Name: r.Class})
		add("size", first(r.Capacity, r.Requested))
		add("modes", strings.Join(r.Modes, ", "))
	case *model.Volume:
		tint("phase", r.Phase, phaseRole(r.Phase))
		add("policy", r.Policy)
		leads("claim", r.Claim)
		leads("class", model.Ref{Kind: model.KindStorageClass, Name: r.Class})
		add("size", r.Capacity)
		add("source", r.Source)
	case *model.Record:
		leads("release", model.Ref{Kind: model.KindRelease, Namespace: m.Namespace, Name: r.Release})
		add("revision", strconv.Itoa(r.Revision))
		tint("label status", r.LabelStatus, statusRole(r.LabelStatus))
		if r.Body != nil {
			tint("record status", r.Body.Status, statusRole(r.Body.Status))
			tint("problem", r.Body.Problem, widget.Bad)
			add("description", r.Body.Description)
		}
		add("created label", e.Clock(r.CreatedAt))
		add("modified label", first(e.Clock(r.ModifiedAt), "never written"))
	case *model.ServiceAccount:
		add("pull secrets", strings.Join(r.PullSecrets, ", "))
	case *model.Role:
		for i, rule := range r.Rules[:min(len(r.Rules), 20)] {
			add(fmt.Sprintf("rules[%d]", i), ruleText(rule))
		}
	case *model.Binding:
		leads("role", r.Role)
		for _, s := range r.Subjects[:min(len(r.Subjects), 20)] {
			add("subject", strings.TrimSpace(s.Kind+" "+model.Ref{Namespace: s.Namespace, Name: s.Name}.Path()))
		}
	case *model.Service:
		add("type", r.Type)
		add("ports", strings.Join(r.Ports, ", "))
	case *model.EndpointSlice:
		tint("ready", strings.Join(r.Ready, ", "), widget.Good)
		tint("not ready", strings.Join(r.NotReady, ", "), widget.Bad)
	case *model.Event:
		tint("reason", r.Reason, widget.Medium)
		add("message", r.Message)
		leads("about", r.About)
	case *model.Namespace:
		add("phase", r.Phase)
	case *model.Node:
		add("version", r.Version)
		add("taints", strings.Join(r.Taints, ", "))
	case *model.LogTail:
		leads("pod", r.Pod)
		add("log", strings.Join(r.Lines, "\n"))
	case *model.StorageClass:
		add("provisioner", r.Provisioner)
		add("policy", r.Policy)
		add("binding", r.BindingMode)
	case *model.Policy:
		add("detail", r.Detail)
		leads("target", r.Target)
	case *model.Object:
		add("detail", r.Detail)
	}
	if !m.Created.IsZero() {
		out = append(out, field{name: "created", value: e.Clock(m.Created), note: e.Age(m.Created) + " ago"})
	}
	if !m.Deleting.IsZero() {
		out = append(out, field{name: "deleting", value: "since " + e.Clock(m.Deleting), role: widget.Bad, note: strings.Join(m.Finalizers, ", ")})
	}
	return out
}

func (e *Env) changed(t time.Time, by string) string {
	if t.IsZero() {
		return ""
	}
	out := e.Clock(t)
	if by != "" {
		out += " by " + by
	}
	return out
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func keyList(keys []model.DataKey) string {
	parts := make([]string, 0, min(len(keys), 20))
	for _, k := range keys[:min(len(keys), 20)] {
		parts = append(parts, fmt.Sprintf("%s (%s)", k.Name, bytesText(k.Size)))
	}
	if n := len(keys) - 20; n > 0 {
		parts = append(parts, counted("and %s more", n))
	}
	return strings.Join(parts, ", ")
}

func bytesText(n int) string {
	switch {
	case n < 10_000:
		return widget.Count(n) + " B"
	case n < 10_000_000:
		return widget.Count(n/1000) + " kB"
	}
	return widget.Count(n/1_000_000) + " MB"
}

func ruleText(r model.Rule) string {
	out := strings.Join(r.Verbs, ", ") + " " + strings.Join(r.Resources, ", ")
	if len(r.Names) > 0 {
		out += " named " + strings.Join(r.Names, ", ")
	}
	return out
}

package views

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

func (f *facts) workload(r *model.Workload) {
	text, role := workloadReady(r)
	f.tint("ready", text, role)
	f.add("strategy", r.Strategy)
	if r.Schedule != nil {
		f.add("schedule", strings.TrimSpace(r.Schedule.Cron+" "+r.Schedule.Zone))
		f.add("last run", f.Clock(r.Schedule.Last))
		f.add("last success", f.Clock(r.Schedule.Success))
	}
	for _, c := range r.Template.Containers {
		f.add("image", c.Image)
	}
	f.leads("account", model.Ref{Kind: model.KindServiceAccount, Namespace: r.Namespace, Name: r.Template.ServiceAccount})
}

func (f *facts) pod(r *model.Pod) {
	text, role := podState(r)
	f.tint("state", text, role)
	f.leads("node", model.Ref{Kind: model.KindNode, Name: r.Node})
	requests, limits := wanted(r)
	f.usageFacts(r.Ref(), requests, limits, "requested")
	for _, c := range r.Containers {
		text, role := containerState(f.Env, c)
		f.tint("container "+c.Name, text, role)
	}
}

func (f *facts) secret(r *model.Secret) {
	f.add("type", r.Type)
	f.add("keys", keyList(r.Keys))
	f.add("changed", f.changed(r.Changed, r.ChangedBy))
	for _, c := range r.Certs {
		text, role := certText(f.Env, c)
		f.tint(c.Key, text, role)
	}
}

func (f *facts) record(r *model.Record) {
	f.leads("release", model.Ref{Kind: model.KindRelease, Namespace: r.Namespace, Name: r.Release})
	f.add("revision", strconv.Itoa(r.Revision))
	f.tint("label status", r.LabelStatus, statusRole(r.LabelStatus))
	if r.Body != nil {
		f.tint("record status", r.Body.Status, statusRole(r.Body.Status))
		f.tint("problem", r.Body.Problem, styled.Bad)
		f.add("applied", applied(r.Body.ApplyMethod))
		f.add("description", r.Body.Description)
	}
	f.add("created label", f.Clock(r.CreatedAt))
	f.add("modified label", first(f.Clock(r.ModifiedAt), "never written"))
}

func (f *facts) claim(r *model.Claim) {
	f.tint("phase", r.Phase, phaseRole(r.Phase))
	f.leads("volume", model.Ref{Kind: model.KindVolume, Name: r.Volume})
	f.leads("class", model.Ref{Kind: model.KindStorageClass, Name: r.Class})
	f.add("size", first(r.Capacity, r.Requested))
	f.add("modes", strings.Join(r.Modes, ", "))
}

func (f *facts) volume(r *model.Volume) {
	f.tint("phase", r.Phase, phaseRole(r.Phase))
	f.add("policy", r.Policy)
	f.leads("claim", r.Claim)
	f.leads("class", model.Ref{Kind: model.KindStorageClass, Name: r.Class})
	f.add("size", r.Capacity)
	f.add("source", r.Source)
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
		return text.Count(n) + " B"
	case n < 10_000_000:
		return text.Count(n/1000) + " kB"
	}
	return text.Count(n/1_000_000) + " MB"
}

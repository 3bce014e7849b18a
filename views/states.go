package views

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views/widget"
)

func workloadReady(w *model.Workload) (string, widget.Role) {
	switch {
	case w.Kind == model.KindJob && w.Failed:
		return "failed", widget.Bad
	case w.Kind == model.KindJob && !w.Finished.IsZero():
		return "complete", widget.Good
	case w.Kind == model.KindCronJob:
		return "", widget.Normal
	case w.Desired == 0:
		return "scaled to 0", widget.Muted
	}
	role := widget.Good
	if w.Ready < w.Desired {
		role = widget.Bad
	}
	return fmt.Sprintf("%d of %d ready", w.Ready, w.Desired), role
}

func podState(p *model.Pod) (string, widget.Role) {
	if !p.Deleting.IsZero() {
		return "Terminating", widget.Medium
	}
	for _, c := range p.Containers {
		if c.Waiting != nil && c.Waiting.Reason != "" && c.Waiting.Reason != "ContainerCreating" && c.Waiting.Reason != "PodInitializing" {
			return c.Waiting.Reason, widget.Bad
		}
	}
	switch {
	case p.Ready:
		return p.Phase + ", ready", widget.Good
	case p.Phase == "Succeeded":
		return p.Phase, widget.Muted
	case p.Phase == "Failed":
		return first(p.Reason, p.Phase), widget.Bad
	}
	return p.Phase + ", not ready", widget.Medium
}

func containerState(e *Env, c model.ContainerStatus) (string, widget.Role) {
	text, role := "not started", widget.Muted
	switch {
	case c.Waiting != nil:
		text, role = first(c.Waiting.Reason, "waiting"), widget.Medium
		if c.Restarts > 0 || strings.Contains(text, "Err") {
			role = widget.Bad
		}
	case c.Exit != nil:
		text, role = fmt.Sprintf("exited %d %s", c.Exit.Code, c.Exit.Reason), widget.Muted
		if c.Exit.Code != 0 {
			role = widget.Bad
		}
	case !c.Running.IsZero():
		text, role = "running since "+e.Clock(c.Running), widget.Normal
	}
	if c.Restarts > 0 {
		text += ", " + plural(int(c.Restarts), "restart")
	}
	if c.LastExit != nil {
		text += fmt.Sprintf(", last exit %d %s", c.LastExit.Code, c.LastExit.Reason)
	}
	return text, role
}

func phaseRole(phase string) widget.Role {
	switch phase {
	case "Bound", "Available":
		return widget.Good
	case "Pending":
		return widget.Medium
	}
	return widget.Bad
}

func statusRole(status string) widget.Role {
	switch {
	case status == "deployed":
		return widget.Good
	case status == "superseded", status == "":
		return widget.Muted
	case model.Pending(status):
		return widget.Medium
	}
	return widget.Bad
}

func certText(e *Env, c model.Certificate) (string, widget.Role) {
	if c.Error != "" {
		return "no certificate: " + c.Error, widget.Bad
	}
	now := e.Now()
	text := first(c.Subject, "no subject")
	if n := len(c.Names); n > 0 {
		text += ", for " + strings.Join(c.Names[:min(n, 8)], ", ")
		if n > 8 {
			text += counted(" and %s more", n-8)
		}
	}
	if c.Issuer != "" && c.Issuer != c.Subject {
		text += ", issued by " + c.Issuer
	}
	text += ", ends " + c.Until.In(e.Zone).Format("2 Jan 2006")
	switch {
	case now.After(c.Until):
		return text + ", ended", widget.Bad
	case c.Until.Sub(now) < 30*24*hour:
		return text, widget.Medium
	}
	return text, widget.Normal
}

// liveState says how an object that a release declares stands in the cluster.
func (e *Env) liveState(ref model.Ref) (text string, role widget.Role, good bool) {
	row := e.World.lookup(ref)
	if row == nil {
		if e.missing(ref) {
			return e.Theme.Missing + " not there", widget.Bad, false
		}
		return "not read", widget.Muted, true
	}
	switch r := row.(type) {
	case *model.Workload:
		text, role = workloadReady(r)
		return first(text, "live"), role, role != widget.Bad
	case *model.Pod:
		text, role = podState(r)
		return text, role, role != widget.Bad
	case *model.Claim:
		return r.Phase, phaseRole(r.Phase), r.Phase == "Bound"
	}
	return "live", widget.Normal, true
}

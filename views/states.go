package views

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

func workloadReady(w *model.Workload) (string, styled.Role) {
	switch {
	case w.Kind == model.KindJob && w.Failed:
		return "failed", styled.Bad
	case w.Kind == model.KindJob && !w.Finished.IsZero():
		return "complete", styled.Good
	case w.Kind == model.KindCronJob:
		return "", styled.Normal
	case w.Desired == 0:
		return "scaled to 0", styled.Muted
	}
	role := styled.Good
	if w.Ready < w.Desired {
		role = styled.Bad
	}
	return fmt.Sprintf("%d of %d ready", w.Ready, w.Desired), role
}

func podState(p *model.Pod) (string, styled.Role) {
	if !p.Deleting.IsZero() {
		return "Terminating", styled.Medium
	}
	for _, c := range p.Containers {
		if c.Waiting != nil && c.Waiting.Reason != "" && c.Waiting.Reason != "ContainerCreating" && c.Waiting.Reason != "PodInitializing" {
			return c.Waiting.Reason, styled.Bad
		}
	}
	switch {
	case p.Ready:
		return p.Phase + ", ready", styled.Good
	case p.Phase == "Succeeded":
		return p.Phase, styled.Muted
	case p.Phase == "Failed":
		return first(p.Reason, p.Phase), styled.Bad
	}
	return p.Phase + ", not ready", styled.Medium
}

func containerState(e *Env, c model.ContainerStatus) (string, styled.Role) {
	state, role := "not started", styled.Muted
	switch {
	case c.Waiting != nil:
		state, role = first(c.Waiting.Reason, "waiting"), styled.Medium
		if c.Restarts > 0 || strings.Contains(state, "Err") {
			role = styled.Bad
		}
	case c.Exit != nil:
		state, role = fmt.Sprintf("exited %d %s", c.Exit.Code, c.Exit.Reason), styled.Muted
		if c.Exit.Code != 0 {
			role = styled.Bad
		}
	case !c.Running.IsZero():
		state, role = "running since "+e.Clock(c.Running), styled.Normal
	}
	if c.Restarts > 0 {
		state += ", " + text.Counted(int(c.Restarts), "restart")
	}
	if c.LastExit != nil {
		state += fmt.Sprintf(", last exit %d %s", c.LastExit.Code, c.LastExit.Reason)
	}
	return state, role
}

func phaseRole(phase string) styled.Role {
	switch phase {
	case "Bound", "Available":
		return styled.Good
	case "Pending":
		return styled.Medium
	}
	return styled.Bad
}

func statusRole(status string) styled.Role {
	switch {
	case status == "deployed":
		return styled.Good
	case status == "superseded", status == "":
		return styled.Muted
	case model.Pending(status):
		return styled.Medium
	}
	return styled.Bad
}

func certText(e *Env, c model.Certificate) (string, styled.Role) {
	if c.Error != "" {
		return "no certificate: " + c.Error, styled.Bad
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
		return text + ", ended", styled.Bad
	case c.Until.Sub(now) < 30*24*hour:
		return text, styled.Medium
	}
	return text, styled.Normal
}

// liveState says how an object that a release declares stands in the cluster.
func (e *Env) liveState(ref model.Ref) (text string, role styled.Role, good bool) {
	row := e.lookup(ref)
	if row == nil {
		if e.missing(ref) {
			return e.Theme.Missing + " not there", styled.Bad, false
		}
		return "not read", styled.Muted, true
	}
	switch r := row.(type) {
	case *model.Workload:
		text, role = workloadReady(r)
		return first(text, "live"), role, role != styled.Bad
	case *model.Pod:
		text, role = podState(r)
		return text, role, role != styled.Bad
	case *model.Claim:
		return r.Phase, phaseRole(r.Phase), r.Phase == "Bound"
	}
	return "live", styled.Normal, true
}

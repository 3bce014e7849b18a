package probes

import (
	"fmt"
	"reflect"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// fixes sets the probe's port to the only one that its container declares, or the probe
// back to what it was in an earlier revision.
func (u *unhealthy) fixes(p *Pass, subject model.Ref) (out []finding.Fix) {
	w, ok := presently(p, subject, u.pod, u.spec.Name, func(t, _ *model.Container) bool { return reflect.DeepEqual(t.ProbeOf(u.probe.Role), u.probe) })
	if !ok || !mayRestart(subject.Kind) {
		return nil
	}
	base := containerPath(w, u.spec.Name)
	if base == nil {
		return nil
	}
	base = append(base, string(u.probe.Role)+"Probe")
	fix := func(id, title, note string, set []finding.FieldValue, said []string) finding.Fix {
		return finding.Fix{
			ID: id, Title: title, Risk: finding.Disruptive,
			Steps: []finding.Step{{Verb: "patch", Ref: subject, Summary: fmt.Sprintf("%sProbe: %s", u.probe.Role, text.Joined(said, 6)), Change: finding.Patch{Set: set}}},
			Undo:  "sets the probe as it was", Note: note,
			Proof: finding.Proof{Text: "its pods become ready", Within: 5 * time.Minute, Checks: []finding.Check{{Ref: subject, Path: "ready"}}},
		}
	}
	handler := map[string]string{"http": "httpGet", "tcp": "tcpSocket", "grpc": "grpc"}[u.probe.Type]
	if u.misses() != "" && len(u.spec.Ports) == 1 && u.spec.Ports[0].Protocol == "TCP" {
		port := u.spec.Ports[0].Number
		out = append(out, fix("port", fmt.Sprintf("Let the %s probe ask port %d, the only one that %s declares", u.probe.Role, port, u.spec.Name), "",
			[]finding.FieldValue{{Path: joined(base, handler, "port"), Value: port}}, []string{fmt.Sprintf("port %d", port)}))
	}
	old, ok := formerContainer(p, subject, u.spec.Name, func(c *model.Container) bool {
		former := c.ProbeOf(u.probe.Role)
		return former != nil && former.Type == u.probe.Type && !reflect.DeepEqual(former, u.probe)
	})
	if !ok {
		return out
	}
	set, said := probeChanges(u.probe, old.container.ProbeOf(u.probe.Role), base, handler)
	if len(set) > 0 {
		out = append(out, fix("former-probe", fmt.Sprintf("Set the %s probe of %s back to what it was", u.probe.Role, u.spec.Name), old.note, set, said))
	}
	return out
}

func joined(base []string, more ...string) []string {
	return append(append(make([]string, 0, len(base)+len(more)), base...), more...)
}

// probeChanges are the fields by which a probe becomes what another was.
func probeChanges(now, former *model.Probe, base []string, handler string) (set []finding.FieldValue, said []string) {
	change := func(name string, was, is any, path ...string) {
		if was != is {
			set = append(set, finding.FieldValue{Path: joined(base, path...), Value: was})
			said = append(said, fmt.Sprintf("%s %v", name, was))
		}
	}
	port := func(p *model.Probe) any {
		if p.PortName != "" {
			return p.PortName
		}
		return p.Port
	}
	if handler != "" {
		change("port", port(former), port(now), handler, "port")
	}
	if now.Type == "http" {
		change("path", former.Path, now.Path, handler, "path")
		change("scheme", former.Scheme, now.Scheme, handler, "scheme")
	}
	change("initialDelaySeconds", former.Delay, now.Delay, "initialDelaySeconds")
	change("periodSeconds", former.Period, now.Period, "periodSeconds")
	change("timeoutSeconds", former.Timeout, now.Timeout, "timeoutSeconds")
	change("failureThreshold", former.Failures, now.Failures, "failureThreshold")
	return set, said
}

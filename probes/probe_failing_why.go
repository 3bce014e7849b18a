package probes

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// wrongPort says what is wrong with the port that a probe asks, by what the template
// declares; empty where nothing is. The kubelet resolves a name among the ports of the
// container itself (pkg/kubelet/prober, probe.ResolveContainerPort); a number reaches
// every container of the pod.
func wrongPort(t *model.Template, c *model.Container, probe *model.Probe) string {
	if probe.Type == "exec" || probe.Host != "" {
		return ""
	}
	if probe.PortName != "" {
		if _, ok := c.Port(probe.PortName); ok {
			return ""
		}
		if len(c.Ports) == 0 {
			return fmt.Sprintf("asks port %q by name, and the container declares no port", probe.PortName)
		}
		return fmt.Sprintf("asks port %q, which the container does not declare (it declares %s)", probe.PortName, portList(c))
	}
	if len(c.Ports) == 0 {
		return ""
	}
	for i := range t.Containers {
		if t.Containers[i].Declares(probe.Port) || slices.Contains(t.Containers[i].Listens, probe.Port) {
			return ""
		}
	}
	return fmt.Sprintf("asks port %d, which the container does not declare (it declares %s)", probe.Port, portList(c))
}

// misses says what is wrong with the port that a probe asks; empty where nothing is, and where
// the last event does not say that nothing listens there: a program may listen on ports that it
// does not declare, and one that is too slow was connected to.
func (u *unhealthy) misses() string {
	if u.event != nil && u.probe.PortName == "" {
		lower := strings.ToLower(u.event.Message)
		if !holdsWord(lower, []string{"connection refused", "failed to connect service"}) {
			return ""
		}
	}
	return wrongPort(u.template, u.spec, u.probe)
}

// portList lists the ports of a container: "http 8080".
func portList(c *model.Container) string {
	words := make([]string, len(c.Ports))
	for i, p := range c.Ports {
		words[i] = strings.TrimSpace(p.Name + " " + strconv.Itoa(int(p.Number)))
	}
	return text.Joined(words, 4)
}

// probeTarget says what a probe asks: "GET /ready on port 8080".
func probeTarget(probe *model.Probe) string {
	port := probe.PortName
	if port == "" {
		port = strconv.Itoa(int(probe.Port))
	}
	switch probe.Type {
	case "http":
		scheme := ""
		if probe.Scheme == "HTTPS" {
			scheme = " by HTTPS"
		}
		return fmt.Sprintf("GET %s on port %s%s", probe.Path, port, scheme)
	case "tcp":
		return "TCP port " + port
	case "grpc":
		return "gRPC on port " + port
	}
	return "a command"
}

var (
	statusCode = regexp.MustCompile(`statuscode: (\d{3})`)
	notFoundIn = regexp.MustCompile(`exec: "([^"]+)": (?:executable file not found|stat [^:]+: no such file)`)
)

// whyUnhealthy says why a probe fails, by its port and by what the kubelet was told
// (pkg/probe/http/http.go, pkg/probe/grpc/grpc.go, pkg/probe/tcp/tcp.go, and the errors
// of Go's net/http, which it repeats).
func whyUnhealthy(u *unhealthy, message string) string {
	probe, lower := u.probe, strings.ToLower(message)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(lower, w) {
				return true
			}
		}
		return false
	}
	if wrong := u.misses(); wrong != "" {
		return wrong
	}
	ask := probeTarget(probe)
	if probe.Type == "exec" {
		m := notFoundIn.FindStringSubmatch(message)
		switch said := afterColon(message); {
		case m != nil:
			return fmt.Sprintf("runs %s, which is not in the image", m[1])
		case has("deadline exceeded", "timed out after", "timeout: "):
			return fmt.Sprintf("runs a command that does not end within %s", text.Counted(int(probe.Timeout), "second"))
		case said != "":
			return fmt.Sprintf("runs a command that fails: %s", said)
		}
		return "runs a command that fails"
	}
	switch code := statusCode.FindStringSubmatch(lower); {
	case code != nil && (code[1] == "400" || has("http request to an https server")) && probe.Scheme == "HTTP" && has("https"):
		return fmt.Sprintf("(%s) asks by HTTP, and the port speaks HTTPS", ask)
	case code != nil && code[1] == "404":
		return fmt.Sprintf("(%s) gets status 404: there is nothing at path %s", ask, probe.Path)
	case code != nil && code[1] == "401":
		return fmt.Sprintf("(%s) gets status 401: path %s needs a login", ask, probe.Path)
	case code != nil && code[1] == "403":
		return fmt.Sprintf("(%s) gets status 403: the program forbids path %s to it", ask, probe.Path)
	case code != nil:
		return fmt.Sprintf("(%s) gets status %s", ask, code[1])
	case has("server gave http response to https client", "does not look like a tls handshake"):
		return fmt.Sprintf("(%s) asks by HTTPS, and the port speaks plain HTTP", ask)
	case has("http request to an https server"):
		return fmt.Sprintf("(%s) asks by HTTP, and the port speaks HTTPS", ask)
	case has("tls: "):
		return fmt.Sprintf("(%s) fails in its TLS handshake: %s", ask, afterColon(message))
	case has("malformed http response", "malformed http status", "http/1.x transport connection broken", "unsolicited response"):
		return fmt.Sprintf("(%s) asks by HTTP, and the port speaks another protocol, such as gRPC", ask)
	case has("unimplemented"):
		return fmt.Sprintf("(%s) fails: the server has no gRPC health service", ask)
	case has("not_serving", "service_unknown"):
		return fmt.Sprintf("(%s) is answered that the service does not serve", ask)
	case probe.Type == "grpc" && has("error reading server preface", "http2", "malformed"):
		return fmt.Sprintf("(%s) asks by gRPC, and the port speaks another protocol", ask)
	case has("connection refused"):
		return fmt.Sprintf("(%s) is refused: nothing listens there%s", ask, u.tooSoon())
	case has("failed to connect service"): // gRPC tries again until its time is up
		return fmt.Sprintf("(%s) is not connected: nothing listens there, or it does not speak gRPC without TLS%s", ask, u.tooSoon())
	case has("deadline exceeded", "timeout", "timed out"):
		beside := ""
		if len(u.spec.Ports) > 0 && wrongPort(u.template, u.spec, probe) != "" {
			beside = fmt.Sprintf(" (the container declares %s)", portList(u.spec))
		}
		return fmt.Sprintf("(%s) is not answered within %s%s%s", ask, text.Counted(int(probe.Timeout), "second"), beside, u.tooSoon())
	case has(": eof", "connection reset"):
		return fmt.Sprintf("(%s) is cut off without an answer: the program drops it, or the port speaks another protocol", ask)
	case message == "":
		return fmt.Sprintf("(%s) does not succeed", ask)
	}
	return fmt.Sprintf("(%s) fails: %s", ask, afterColon(message))
}

// afterColon is what follows "Readiness probe failed:", its first line and no more than
// a summary can hold.
func afterColon(message string) string {
	_, rest, _ := strings.Cut(message, ": ")
	line, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	return strings.TrimRight(cutAt(line, quoted), ". ")
}

// tooSoon says for how long a killed container was left to start, where each run ended
// about then.
func (u *unhealthy) tooSoon() string {
	exit := lastExit(u.status)
	if !u.killed || exit == nil || exit.Started.IsZero() {
		return ""
	}
	ran, allowed := exit.Finished.Sub(exit.Started), time.Duration(u.probe.Patience())*time.Second
	if ran < allowed-time.Duration(u.probe.Period)*time.Second || ran > allowed+2*time.Minute {
		return ""
	}
	return fmt.Sprintf(" within the %s that it allows to start, and each run is ended after %s", text.Duration(allowed), text.Duration(ran))
}

func (u *unhealthy) evidence() (out []finding.Evidence) {
	path := fmt.Sprintf("spec.containers[%s]", u.spec.Name)
	out = append(out, finding.Evidence{Ref: u.pod.Ref(), Path: path + "." + string(u.probe.Role) + "Probe", Value: probeTarget(u.probe), Note: fmt.Sprintf(
		"after %ds, every %ds, %ds for an answer, %s in a row", u.probe.Delay, u.probe.Period, u.probe.Timeout, text.Counted(int(u.probe.Failures), "failure"))})
	if len(u.spec.Ports) > 0 {
		out = append(out, finding.Evidence{Ref: u.pod.Ref(), Path: path + ".ports", Value: portList(u.spec)})
	}
	if u.event != nil {
		out = append(out, eventEvidence(u.event))
	}
	if e := lastExit(u.status); u.killed && e != nil {
		status := fmt.Sprintf("status.containerStatuses[%s]", u.spec.Name)
		note := e.Reason
		if !e.Started.IsZero() {
			note += " after " + e.Finished.Sub(e.Started).Truncate(time.Second).String()
		}
		out = append(out,
			finding.Evidence{Ref: u.pod.Ref(), Path: status + ".lastState.terminated.exitCode", Value: fmt.Sprint(e.Code), Note: strings.TrimSpace(note)},
			finding.Evidence{Ref: u.pod.Ref(), Path: status + ".restartCount", Value: fmt.Sprint(u.status.Restarts)})
	}
	return out
}

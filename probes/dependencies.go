package probes

import (
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// unknownWords are what programs say of a host whose name has no address, in the words of the
// runtimes: libc's getaddrinfo, Go's net, Java's and Node's sockets.
var unknownWords = []string{
	"no such host", "unknown host", "unknownhost", "name or service not known", "temporary failure in name resolution", "enotfound", "eai_again",
	"not resolve", "to resolve", "no address", "could not translate host name", "getaddrinfo", "nxdomain", "bad address", "failed to lookup address",
}

// downWords are what programs say of a host that they cannot reach.
var downWords = append([]string{
	"refused", "econnrefused", "timed out", "timeout", "unreachable", "no route", "unavailable", "could not connect", "cannot connect", "can't connect", "failed to connect",
}, unknownWords...)

// dependencyCauses names the findings on the Services that a container's log says it
// cannot reach, and on the workloads behind them. Those that are not reported are dropped
// when reports are linked.
func dependencyCauses(p *Pass, pod *model.Pod, container string) (out []finding.ID) {
	tail, ok := model.Get[*model.LogTail](p.Snapshot, model.Ref{Kind: model.KindLogTail, Namespace: pod.Namespace, Name: pod.Name + "/" + container})
	if !ok {
		return nil
	}
	if t := tail.Telling; t != nil && t.Class == model.LogUnknown {
		out = lookupCauses(p, pod)
	}
	own := p.Graph.Workload(pod.Ref())
	for _, r := range pod.Refs {
		if r.Type == model.EdgeNames && (r.Container == "" || r.Container == container) {
			out = append(out, reachCauses(p, tail, own, own, r.To, r.Host)...)
		}
	}
	for _, c := range callsOf(p, party{}, pod) {
		if c.holder.Kind == model.KindConfigMap {
			out = append(out, reachCauses(p, tail, own, c.holder, c.to, c.host)...)
		}
	}
	return out
}

// reachCauses names the findings on a Service that a setting of a holder names, where a log
// says that it cannot be reached.
func reachCauses(p *Pass, tail *model.LogTail, own, holder, to model.Ref, host string) (out []finding.ID) {
	if to.Kind != model.KindService || downLine(tail, to) == "" {
		return nil
	}
	out = append(out, finding.IDOf(serviceUnreachableID, to, ""), finding.IDOf(hostDanglingID, holder, host))
	out = append(out, networkCauses(p, own, to)...)
	workloads, _ := p.Graph.Selected(to)
	for _, w := range workloads {
		out = append(out, finding.IDOf(scaledToNothingID, w.Ref(), ""), finding.IDOf(containerFailingID, w.Ref(), ""))
	}
	return out
}

// downLine is a line of a log that says that a Service cannot be reached; empty for none.
func downLine(tail *model.LogTail, service model.Ref) string {
	for _, line := range tail.Lines {
		if !namesHost(line, service.Name) {
			continue
		}
		if holdsWord(strings.ToLower(line), downWords) {
			return line
		}
	}
	return ""
}

// namesHost reports whether a host's name stands in a line as a word of its own.
func namesHost(line, name string) bool {
	for i := 0; ; {
		j := strings.Index(line[i:], name)
		if j < 0 {
			return false
		}
		from, to := i+j, i+j+len(name)
		if (from == 0 || !hostByte(line[from-1])) && (to == len(line) || line[to] == '.' || !hostByte(line[to])) {
			return true
		}
		i = to
	}
}

func hostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_'
}

package probes

import (
	"fmt"
	"regexp"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// gatePatience is how long the controller of a readiness gate may take: load balancers
// register and check a target first.
const gatePatience = 5 * time.Minute

// gateSlot tells what a readiness gate holds back from what a container's probes do.
const gateSlot = "readiness-gate"

// gateUnmet is what the kubelet says of a gate (kubernetes pkg/kubelet/status/generate.go).
var gateUnmet = regexp.MustCompile(`readiness gate "([^"]+)" (?:is not "True", but (\w+)|does not exist)`)

// runGates reports pods whose containers are ready, and which a readiness gate keeps from
// being so.
func runGates(p *Pass) {
	held := podsBySubject(p, func(pod *model.Pod) bool {
		c, all := model.FindCondition(pod.Conditions, "Ready"), model.FindCondition(pod.Conditions, "ContainersReady")
		return c != nil && c.Status == "False" && c.Reason == "ReadinessGatesNotReady" && all != nil && all.Status == "True" && p.After(all.Since, gatePatience)
	})
	for subject, pods := range held {
		pod := pods[0]
		c := model.FindCondition(pod.Conditions, "Ready")
		gate, is := "a readiness gate", "is said to be False"
		if m := gateUnmet.FindStringSubmatch(c.Message); m != nil {
			gate = "readiness gate " + m[1]
			switch set := model.FindCondition(pod.Conditions, m[1]); {
			case set == nil:
				is = "is not set: its controller has not said anything of it"
			case set.Message != "":
				is = fmt.Sprintf("is %s: %s", set.Status, clause(set.Message, ""))
			default:
				is = "is " + set.Status
			}
		}
		f := finding.Finding{
			Subject: subject, Slot: gateSlot, Severity: finding.High, Grade: finding.Proved, Since: c.Since,
			Summary:  fmt.Sprintf("All containers of %s are ready, but %s is not True for %s: it %s.", text.Counted(len(pods), "pod"), gate, text.Plural(len(pods), "it", "them"), is),
			Evidence: []finding.Evidence{{Ref: pod.Ref(), Path: "status.conditions[Ready]", Value: c.Reason, Note: c.Message}},
		}
		for _, other := range p.Graph.Pods(subject) {
			if other.Ready {
				f.Severity = finding.Medium
			}
		}
		p.Report(f)
	}
}

package about

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
)

// Object is what is known of one object.
type Object struct {
	Ref   model.Ref
	State string // in a few words; empty where there are none
	Touch []Touch
	More  int // findings that touch it and are not listed
	Logs  Logs
	Says  []Says // in the order in which they were read, those that tell of something first
}

// Says is what the log of one container says, in words.
type Says struct {
	inspect.LogSaid
	Words    string // empty where nothing tells of anything wrong, or it was not read
	Evidence []finding.Evidence
	Causes   []*finding.Finding // that were found, and would explain it

	mute bool // it has no log yet, so that none was to be read
}

// Of gathers what is known of an object, with what was read of its logs.
func Of(r *engine.Report, ref model.Ref, logs Logs, said []inspect.LogSaid) Object {
	out := Object{Ref: ref, State: stateOf(r, ref), Logs: logs, Says: Said(r, logs, said)}
	out.Touch, out.More = touching(r, ref)
	return out
}

// Said joins what logs say to the objects that they name: what tells of something first,
// then the others, and those that have none yet.
func Said(r *engine.Report, logs Logs, said []inspect.LogSaid) (out []Says) {
	var rest []Says
	for _, s := range said {
		pod, ok := model.Get[*model.Pod](r.Snapshot, s.Pod)
		if s.Telling == nil || !ok {
			rest = append(rest, Says{LogSaid: s})
			continue
		}
		saying := probes.Say(r.Snapshot, r.Graph, probes.Settings{}, r.At, pod, s.Container, s.Telling)
		one := Says{LogSaid: s, Words: saying.Words, Evidence: saying.Evidence}
		known := map[finding.ID]bool{}
		for _, id := range saying.Causes {
			if f := r.Find(id); f != nil && !known[id] {
				known[id] = true
				one.Causes = append(one.Causes, f)
			}
		}
		out = append(out, one)
	}
	for _, s := range logs.Mute {
		rest = append(rest, Says{LogSaid: s, mute: true})
	}
	return append(out, rest...)
}

// Which says whose logs were read: "the newest and the oldest of 5 pods".
func (l Logs) Which() string {
	switch {
	case l.Of == 0:
		return "it has no pods that careen knows of"
	case l.Of == len(l.Pods):
		return "of " + text.Counted(l.Of, "pod")
	case len(l.Pods) == 1:
		return fmt.Sprintf("of the newest of %s", text.Counted(l.Of, "pod"))
	case len(l.Pods) == 2:
		return fmt.Sprintf("of the newest and the oldest of %s", text.Counted(l.Of, "pod"))
	}
	return fmt.Sprintf("of the newest, the oldest and one that is not ready of %s", text.Counted(l.Of, "pod"))
}

// Quiet is what is said of a log that tells of nothing: that it does not, that it is empty,
// or why it is not known.
func (s *Says) Quiet() string {
	switch {
	case s.mute:
		return s.Unread
	case s.Unread != "":
		return "not known: " + s.Unread
	case s.Lines == 0:
		return "its log is empty"
	}
	return fmt.Sprintf("nothing in its last %s tells of anything wrong", text.Counted(s.Lines, "line"))
}

// Unknown reports whether a log should have been read and was not.
func (s *Says) Unknown() bool {
	return s.Unread != "" && !s.mute
}

// stateOf is an object's state in a few words.
func stateOf(r *engine.Report, ref model.Ref) string {
	words := []string{r.Snapshot.Note(ref)}
	pod, ok := model.Get[*model.Pod](r.Snapshot, ref)
	if !ok {
		return words[0]
	}
	for _, c := range pod.Containers {
		state := "waits"
		switch {
		case c.Ready:
			state = "ready"
		case !c.Running.IsZero():
			state = "runs, not ready"
		case c.Exit != nil:
			state = fmt.Sprintf("ended with exit code %d", c.Exit.Code)
		case c.Waiting != nil && c.Waiting.Reason != "":
			state = "waits (" + c.Waiting.Reason + ")"
		}
		if c.Restarts > 0 {
			state += ", " + text.Counted(int(c.Restarts), "restart")
		}
		if c.Init && c.Exit != nil && c.Exit.Code == 0 {
			continue
		}
		words = append(words, c.Name+" "+state)
	}
	if pod.Node != "" {
		words = append(words, "on node "+pod.Node)
	}
	return strings.Join(words, "; ")
}

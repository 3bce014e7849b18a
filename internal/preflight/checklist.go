package preflight

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// The states of a step of a checklist.
const (
	stepDone  = "done"
	stepNext  = "next"
	stepWaits = "waits"
)

// listed is a step of the safe order, read from the cluster: nobody ticks it.
type listed struct {
	name string
	done bool
	note string
}

// checklist is the safe order of a rename: copy, add, verify, remove. Every step is as the
// cluster has it now; the first that is not done is next, and what follows it waits.
func (l *look) checklist(r renamed, secrets []model.Ref) (steps []finding.Evidence, ready bool) {
	list := []listed{l.copied(r, secrets), l.added(r)}
	verify := l.verified()
	verify.done = verify.done && list[1].done
	list = append(list, verify, listed{"remove " + r.from, false, "take the old entry out: what these values do"})
	next := false
	for i, s := range list {
		state := stepWaits
		switch {
		case s.done:
			state = stepDone
		case !next:
			state, next = stepNext, true
			ready = i == len(list)-1
		}
		steps = append(steps, finding.Evidence{Ref: l.releaseRef(), Path: fmt.Sprintf("step %d of %d: %s", i+1, len(list), s.name), Value: state, Note: s.note})
	}
	return steps, ready
}

// copied is the step of the copies: those of the old entry's Secrets under the new name.
func (l *look) copied(r renamed, secrets []model.Ref) listed {
	s := listed{name: "copy the Secrets of " + r.from, done: true}
	var there, lacking []string
	for _, from := range secrets {
		to := from
		if to.Name = strings.Replace(from.Name, r.from, r.to, 1); to.Name == from.Name {
			continue
		}
		if l.Snapshot.Row(to) == nil {
			lacking = append(lacking, to.Name)
		} else {
			there = append(there, to.Name)
		}
	}
	switch {
	case len(lacking) > 0:
		s.done, s.note = false, text.Joined(lacking, 3)+text.Plural(len(lacking), " is", " are")+" not there; this finding's fixes make "+text.Plural(len(lacking), "it", "them")
	case len(there) > 0:
		s.note = text.Joined(there, 3) + text.Plural(len(there), " is", " are") + " there"
	default:
		s.note = "no Secret's name holds " + r.from + ": the program names a new one itself, once the entry is added"
	}
	return s
}

// added is the step of the new entry beside the old one, in the values of today.
func (l *look) added(r renamed) listed {
	s := listed{name: "add " + r.to + " beside it"}
	at := l.stored.Config
	for _, k := range r.path {
		at, _ = at[k].(map[string]any)
	}
	_, old := at[r.from]
	_, s.done = at[r.to]
	s.done = s.done && old
	s.note = fmt.Sprintf("revision %d has %s alone; install values that have both", l.record.Revision, r.from)
	if s.done {
		s.note = fmt.Sprintf("revision %d has both", l.record.Revision)
	}
	return s
}

// verified is the step of the release at work: deployed, and every workload ready.
func (l *look) verified() listed {
	s := listed{name: "verify", done: true, note: "careen verify " + l.Release + " says whether the program works with both"}
	if l.record.Body == nil || l.record.Body.Status != "deployed" {
		s.done = false
		return s
	}
	count := 0
	for _, d := range l.record.Body.Objects {
		if !templates[d.Ref.Kind] {
			continue
		}
		w, ok := model.Get[*model.Workload](l.Snapshot, d.Ref)
		if !ok || w.Ready < w.Desired || w.Desired == 0 {
			s.done, s.note = false, d.Ref.String()+" is not ready; "+s.note
			return s
		}
		count++
	}
	if count > 0 {
		s.note = text.Counted(count, "workload") + " of the release " + text.Plural(count, "is", "are") + " ready"
	}
	return s
}

// removing finds the last step of a rename: an entry is taken out whose successor stands
// beside it in the values of today, and has a copy of one of its Secrets.
func (l *look) removing(secrets []model.Ref) (out []renamed) {
	for _, r := range successorsIn(l.stored.Config, l.Values, nil) {
		for _, from := range secrets {
			to := from
			to.Name = strings.Replace(from.Name, r.from, r.to, 1)
			if to.Name != from.Name && l.Snapshot.Row(to) != nil {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

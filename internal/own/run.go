package own

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cel.dev/cel-go/common/types/ref"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
)

// The bounds of what a rule may cost, in CEL's own units, of which a processor does a few
// million a second: for one object, and for a run, which is a namespace or the cluster,
// by itself and for each of its objects.
const (
	maxCost    = 20_000
	maxRunCost = 2_000_000
	eachCost   = 100
)

// timedEvery is how often a rule is run again that reads the clock.
const timedEvery = time.Minute

// prices are the costs of careen's own functions.
type prices struct{}

// CallCost is that of looking an object up and mirroring it, and of reading a quantity.
func (prices) CallCost(function, _ string, _ []ref.Val, _ ref.Val) *uint64 {
	cost := uint64(1)
	switch {
	case strings.HasPrefix(function, relatedTo):
		cost = 100
	case function == "quantity":
		cost = 10
	}
	return &cost
}

// sweep is one run of a rule.
type sweep struct {
	*compiled
	pass   *probes.Pass
	probe  *probes.Probe
	spent  uint64
	budget uint64
	listed int
	failed failures
}

// run looks at every object of the rule's kind.
func (c *compiled) run(pass *probes.Pass, p *probes.Probe) {
	s := &sweep{compiled: c, pass: pass, probe: p}
	if c.timed {
		pass.Wake(pass.Now.Add(timedEvery))
	}
	spaces := s.spaces()
	s.budget = maxRunCost
	for _, sp := range spaces {
		s.budget += eachCost * uint64(len(sp.Tables[c.kind]))
	}
	for _, sp := range spaces {
		for _, row := range sp.Tables[c.kind] {
			if s.spent > s.budget {
				s.failed.stopped(row.Base().Ref())
				continue
			}
			s.object(row)
		}
	}
	s.failed.report(pass, c.kind, p.Worst)
}

// spaces are those that the run is about.
func (s *sweep) spaces() (out []*model.Space) {
	if s.probe.Scope == probes.Namespace || !model.Lookup(s.kind).Namespaced {
		return []*model.Space{s.pass.Space}
	}
	for _, name := range append(s.pass.Namespaces(), "") { // custom resources may stand in none
		if sp := s.pass.Snapshot.Space(name); sp != nil {
			out = append(out, sp)
		}
	}
	return out
}

// object looks at one object.
func (s *sweep) object(row model.Row) {
	about := row.Base().Ref()
	if why := s.offer.Cut(row); why != "" {
		s.pass.BlindTo(about.Kind, about.Namespace, why)
		return
	}
	o := s.offer.Of(row)
	if o == nil {
		return
	}
	l := &look{pass: s.pass, native: s.native}
	in := map[string]any{object: o, now: s.pass.Now, looked: l}
	value, err := s.value(s.when, in)
	switch {
	case err != nil && l.unread != nil:
		s.pass.Blind(l.unread.Kind, l.unread.Namespace)
	case err != nil:
		s.failed.add(about, err)
	case value.Value() == true && s.listed >= s.probe.Most:
		s.pass.More(1)
	case value.Value() == true:
		s.listed++
		s.pass.Report(s.found(about, in, l))
	}
}

// value evaluates an expression; what it cost counts for the run.
func (s *sweep) value(p program, in map[string]any) (ref.Val, error) {
	value, details, err := p.Eval(in)
	if details != nil && details.ActualCost() != nil {
		s.spent += *details.ActualCost()
	}
	return value, err
}

// found is the finding about an object.
func (s *sweep) found(about model.Ref, in map[string]any, l *look) finding.Finding {
	f := finding.Finding{Subject: about, Severity: s.probe.Worst, Grade: s.grade(), Rests: l.absent}
	for _, x := range s.facts {
		if value, err := s.value(x.value, in); err == nil {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: about, Path: x.path, Value: shown(value)})
		}
	}
	f.Evidence = append(f.Evidence, l.evidence()...)
	if len(f.Evidence) == 0 {
		f.Evidence = []finding.Evidence{{Ref: about, Path: "when", Value: sanitize.Line(s.when.source, maxShown), Note: "the rule holds for it"}}
	}
	f.Summary = sentence(s.text)
	if s.said.Program != nil {
		value, err := s.value(s.said, in)
		if err != nil {
			f.Summary = sentence(s.title)
			f.Evidence = append(f.Evidence, finding.Evidence{Path: "messageExpression", Value: plainError(err), Note: "so the title stands in the place of the message"})
		} else {
			f.Summary = sentence(fmt.Sprint(value.Value()))
		}
	}
	return f
}

// maxSummary bounds a message, in bytes.
const maxSummary = 500

// sentence is one line that ends in a full stop.
func sentence(words string) string {
	words = strings.TrimSpace(sanitize.Line(words, maxSummary))
	if words != "" && !strings.HasSuffix(words, ".") {
		words += "."
	}
	return words
}

// failures are the objects that a rule could not be evaluated for.
type failures struct {
	about []model.Ref
	said  string // of the first
	count int
}

// namedFailures is how many objects are named for which a rule failed.
const namedFailures = 3

func (f *failures) add(about model.Ref, err error) {
	if f.count++; f.said == "" && err != nil {
		f.said = plainError(err)
	}
	if len(f.about) < namedFailures {
		f.about = append(f.about, about)
	}
}

// stopped adds an object that was not looked at, since those before cost too much.
func (f *failures) stopped(about model.Ref) {
	f.add(about, nil)
	f.said = "the rule costs too much, and was stopped"
}

// report makes one finding of them: what the rule would have said is unknown.
func (f *failures) report(pass *probes.Pass, kind model.Kind, worst finding.Severity) {
	if f.count == 0 {
		return
	}
	out := finding.Finding{
		Subject: model.Ref{Kind: kind, Name: "*"}, Slot: "evaluation", Severity: worst, Grade: finding.Unknown,
		Summary: fmt.Sprintf("The rule cannot be evaluated for %s: %s.", text.Counted(f.count, "object"), strings.TrimSuffix(f.said, ".")),
	}
	for _, about := range f.about {
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: about, Path: "when", Note: "for example"})
	}
	pass.Report(out)
}

// plainError is what went wrong, in one line.
func plainError(err error) string {
	for _, prefix := range []string{"no such key: ", "index out of bounds: "} {
		if i := strings.Index(err.Error(), prefix); i >= 0 {
			return sanitize.Line(err.Error()[i:], maxShown)
		}
	}
	if strings.Contains(err.Error(), "actual cost limit exceeded") {
		return fmt.Sprintf("it costs more than %s", text.Count(maxCost))
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return sanitize.Line(err.Error(), maxShown)
}

package repair

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Plan is what would be written, and everything to know before it is. A Mender makes
// it, and it is applied once.
type Plan struct {
	Title     string
	Risk      finding.Risk
	Choices   []Choice // the findings that it fixes; none for an undo, and for what the operator asked for without one
	Writes    []*Write
	Asks      []Ask // values to be typed before it can be applied
	Identity  string
	Rights    []Right
	Reverters []Reverter
	Conflicts []Conflict // whose next server-side apply meets what the plan wrote
	Context   string     // of the kubeconfig
	Server    string
	Notes     []string
	Undo      []string // how it is taken back, and what cannot be
	Proof     Proof
	Journal   JournalPlan
	Confirm   string // the name to be typed before it is applied; empty for none
	UndoOf    string // the entry that it takes back
	Finishes  string // the entry that it finishes
	Foreign   bool   // takes back an entry that was not applied from here

	readOnly bool
	stands   string // why what the server would store does not help; empty where it does
	entry    *Entry // what is journalled; for Finishes the entry that stands there
	undone   *Entry // the entry of UndoOf
	steps    []plannedStep
	scrub    *scrubber
	started  bool
	numbers  []int  // of Finishes: the numbers in the entry of the plan's writes
	resumed  *Write // the last write of the entry that was done before
}

// Proof is what must hold after a plan was applied.
type Proof struct {
	Text     string          `json:"text"`
	Within   time.Duration   `json:"within"`
	Hold     time.Duration   `json:"hold,omitempty"`     // for how long it must hold without a break
	Findings []finding.ID    `json:"findings,omitempty"` // they must be gone
	Checks   []finding.Check `json:"checks,omitempty"`
}

// JournalPlan says where the entry would stand.
type JournalPlan struct {
	Namespace string
	Why       string // why there, where it is not the subject's own namespace
	Missing   string // the right that is missing; empty where it can be written
}

// proofWithin is how long a proof may take where the fix does not say.
const proofWithin = 30 * time.Second

// Plan plans one fix of one finding; an empty fix is the first. The error is
// ErrUnknownFix or a *Refusal.
func (m *Mender) Plan(ctx context.Context, report *engine.Report, f *finding.Finding, fix string, in Inputs) (*Plan, error) {
	return m.PlanMany(ctx, report, []Choice{{f, fix}}, in)
}

// PlanMany plans fixes of several findings as one plan.
func (m *Mender) PlanMany(ctx context.Context, report *engine.Report, choices []Choice, in Inputs) (*Plan, error) {
	var list []intent
	for _, c := range choices {
		f := report.Find(c.Finding.ID())
		if f == nil {
			return nil, refuse("The finding %s is gone: there is nothing to fix.", c.Finding.ID())
		}
		fix, err := fixOf(f, c.Fix)
		if err != nil {
			return nil, err
		}
		list = append(list, intent{f.Subject, f, fix})
	}
	return m.plan(ctx, report, list, in)
}

// intent is a fix to plan, and what calls for it.
type intent struct {
	subject model.Ref
	finding *finding.Finding // nil where the operator asked for it without one
	fix     *finding.Fix
}

func (m *Mender) plan(ctx context.Context, report *engine.Report, list []intent, in Inputs) (*Plan, error) {
	v := newView(m)
	e := &expander{view: v, report: report, inputs: in, stamp: m.now()}
	p := m.newPlan(ctx, v)
	var titles []string
	for i, it := range list {
		e.choice, e.asked = i, it.finding == nil
		for _, step := range it.fix.Steps {
			if err := e.expand(ctx, step); err != nil {
				return nil, asRefusal(err)
			}
			p.steps = append(p.steps, plannedOf(i, step))
		}
		p.Risk = max(p.Risk, it.fix.Risk)
		title := it.fix.Title
		if it.finding != nil && it.finding.Prevents(it.fix.ID) {
			title = "Prevention: " + title
		}
		titles = append(titles, title)
		p.Proof.add(it)
		p.tell(it.fix)
		if it.finding != nil {
			p.Choices = append(p.Choices, Choice{it.finding, it.fix.ID})
		}
	}
	if err := e.tellOfVolumes(ctx); err != nil {
		return nil, asRefusal(err)
	}
	p.Writes, p.Asks = e.writes, e.asks
	p.Undo = append(p.Undo, e.undo...)
	p.Proof.Checks = append(p.Proof.Checks, e.checks...)
	p.Notes = append(p.Notes, e.notes...)
	if len(p.Writes) == 0 {
		return nil, refuse("There is nothing to write: the cluster is as the fix would leave it. %s", strings.Join(e.notes, " "))
	}
	p.Title = titles[0]
	if len(titles) > 1 {
		p.Title = fmt.Sprintf("%d fixes: %s", len(titles), strings.Join(titles, "; "))
	}
	subject := list[0].subject.Name
	for _, w := range p.Writes {
		if w.Verb == Uninstall { // whoever asks for it
			p.Risk, subject = finding.Destructive, w.Ref.Name
		}
	}
	if p.Risk == finding.Destructive {
		p.Confirm = subject
		if len(list) > 1 {
			p.Confirm = fmt.Sprintf("%d findings", len(list))
		}
	}
	p.Journal.Namespace, p.Journal.Why = journalNamespace(list, p.Writes)
	if err := p.complete(m); err != nil {
		return nil, err
	}
	if err := m.preview(ctx, v, p); err != nil {
		return nil, err
	}
	p.tryStored(report, list)
	return p, nil
}

func (m *Mender) newPlan(ctx context.Context, v *view) *Plan {
	return &Plan{
		readOnly: m.readOnly, scrub: v.scrub, Identity: m.identity(ctx),
		Context: sanitize.Line(m.context, 256), Server: sanitize.Line(m.server, 256),
	}
}

// complete makes the journal entry of a plan. What is written is what an entry may hold,
// so that nothing is done that careen would refuse to take back.
func (p *Plan) complete(m *Mender) error {
	for i, w := range p.Writes {
		strays := w.strays(p.UndoOf != "")
		if err := w.agrees(); err != nil {
			strays = err.Error()
		}
		if strays != "" {
			return refuse("Write %d, %s %s, is none that careen makes: %s.", i+1, w.Verb, w.Ref, strays)
		}
	}
	p.entry = m.newEntry(p)
	return nil
}

// ConfirmReason says why a name has to be typed; empty where none has.
func (p *Plan) ConfirmReason() string {
	switch {
	case p.Confirm == "":
		return ""
	case p.Foreign:
		return "this entry was not applied from here"
	}
	return "this is destructive"
}

// preview fills in what the server and the objects say about the plan.
func (m *Mender) preview(ctx context.Context, v *view, p *Plan) error {
	for _, w := range p.Writes {
		p.Reverters = append(append(p.Reverters, w.reverters...), revertersOf(w)...)
		if p.UndoOf == "" {
			p.Conflicts = append(p.Conflicts, w.conflicts()...)
		}
	}
	p.Reverters = compact(p.Reverters)
	m.askRights(ctx, p)
	m.dryRun(ctx, p)
	return ctx.Err()
}

// journalNamespace is the subject's namespace; for a cluster-scoped subject that of
// the nearest object of the finding, else default.
func journalNamespace(list []intent, writes []*Write) (namespace, why string) {
	for _, it := range list {
		if ns := it.subject.Namespace; ns != "" {
			return ns, ""
		}
	}
	for _, it := range list {
		if it.finding == nil {
			continue
		}
		for _, ev := range it.finding.Evidence {
			if ev.Ref.Namespace != "" {
				return ev.Ref.Namespace, fmt.Sprintf("the namespace of %s, since %s is in none", ev.Ref, it.subject)
			}
		}
	}
	for _, w := range writes {
		if w.Ref.Namespace != "" {
			return w.Ref.Namespace, fmt.Sprintf("the namespace of %s", w.Ref)
		}
	}
	return "default", "since no object of the fix is in a namespace"
}

// Blocked lists why the plan cannot be applied as it stands, best reason first.
// Asks and Confirm are not among them.
func (p *Plan) Blocked() []string {
	var out []string
	if p.readOnly {
		out = append(out, "This session is read-only: no write leaves it, and no dry run was sent.")
	}
	for _, r := range p.Rights {
		if r.Answer == No && !r.Journal {
			out = append(out, fmt.Sprintf("%s may not %s.", p.Identity, r))
		}
	}
	if p.stands != "" {
		out = append(out, p.stands)
	}
	for i, w := range p.Writes {
		if w.dryRun.State == Refused {
			out = append(out, fmt.Sprintf("The server refuses write %d, %s %s: %s", i+1, w.Verb, w.Ref, w.dryRun.Text))
		}
	}
	return out
}

func asRefusal(err error) error {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return &Refusal{Reason: err.Error(), Err: err}
}

package command

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/preflight"
	"github.com/careen-tui/careen/internal/repair"
)

// seenWithin is how long what was just written may take to be seen.
const seenWithin = 30 * time.Second

// prevent plans what prevents a finding of a preflight, applies it where that was
// consented to, and looks whether it is still foretold.
func (p *preflightFlags) prevent(ss *session, result *preflight.Result, again func() (*preflight.Result, error)) error {
	id := finding.ID(p.fix)
	f := result.Report.Find(id)
	if f == nil {
		return missing(ss.document(result.Report), p.fix)
	}
	r := &repairing{session: ss, mender: ss.mender()}
	plan, err := r.mender.Plan(ss.ctx, result.Report, f, p.choose, repair.Inputs{})
	if err != nil {
		return ss.refused(err)
	}
	if err := r.finish(plan, &p.consent, f); err != nil || !p.consent.yes || !slices.Contains(plan.Proof.Findings, id) {
		return err // a prevention for later leaves what is foretold as it is
	}
	deadline := time.Now().Add(seenWithin)
	for {
		if result, err = again(); err != nil {
			return err
		}
		left := result.Report.Find(id)
		switch {
		case left == nil:
			fmt.Fprintf(ss.Err, "%s is foretold no longer.\n", id)
			return nil
		case left.Grade == finding.Inferred: // it rests on the values, which nothing here changes
			fmt.Fprintf(ss.Err, "The plan was applied; preflight still says: %s\n", left.Summary)
			return nil
		case time.Now().After(deadline):
			return &exitError{codeRefused, fmt.Errorf("applied, but it is still foretold: %s", left.Summary)}
		}
		select {
		case <-ss.ctx.Done():
			return &exitError{codeInterrupted, nil}
		case <-time.After(time.Second):
		}
	}
}

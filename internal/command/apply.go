package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/styled"
)

// consent are the flags with which a plan is applied.
type consent struct {
	yes, withoutUndo bool
	confirm          string
	commands         bool

	other string // the flag that chooses another fix
}

func (c *consent) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&c.yes, "yes", false, "apply the plan and prove it; without it the plan is shown, and nothing is written")
	f.StringVar(&c.confirm, "confirm", "", "the name that a plan asks for: a destructive one, or the undo of what was not applied from here")
	f.BoolVar(&c.withoutUndo, "without-undo", false, "apply even where the journal entry cannot be written, so that it cannot be undone")
	f.BoolVar(&c.commands, "commands", false, "print the plan as kubectl and helm commands instead; secret values stand in none")
}

// given reports whether any of the flags was used.
func (c *consent) given() bool { return c.yes || c.withoutUndo || c.commands || c.confirm != "" }

// check refuses flags that contradict each other.
func (c *consent) check() error {
	if c.yes && c.commands {
		return usageError(errors.New("--commands only prints the plan, --yes applies it: use one of them"))
	}
	return nil
}

// repairing is a session on which a plan is made and applied.
type repairing struct {
	*session
	mender *repair.Mender
	engine *engine.Engine // nil where no finding must be seen to go
}

// repairing connects. With look the chosen probes run until the session ends.
func (ss *session) repairing(look bool) (*repairing, error) {
	what := extent{mode: connect.ReadWrite, kinds: []model.Kind{model.KindNamespace}}
	if look {
		what.kinds = kindsOf(ss.probes)
	}
	if err := ss.read(what); err != nil {
		return nil, err
	}
	r := &repairing{session: ss, mender: ss.mender()}
	if look {
		r.engine = engine.Start(ss.ctx, ss.live, engine.Options{Probes: ss.probes, Settings: ss.settings, Log: ss.log})
	}
	return r, nil
}

// mender makes what plans and applies on this connection.
func (ss *session) mender() *repair.Mender {
	return repair.New(ss.conn, repair.Options{Version: built().Version, Namespaces: ss.namespaces})
}

// show prints a plan.
func (r *repairing) show(p *repair.Plan, c *consent) {
	if c.commands {
		fmt.Fprintln(r.Out, strings.Join(p.Commands(), "\n"))
		return
	}
	fmt.Fprint(r.Out, styled.Plain(p.Text()))
}

// carryOut applies a plan and proves it.
func (r *repairing) carryOut(p *repair.Plan, c *consent) error {
	tell := func(p repair.Progress) {
		if p.Write > 0 && !p.Done {
			fmt.Fprintf(r.Err, "%d/%d %s\n", p.Write, p.Of, p.Text)
		} else if p.Text != "" && !p.Done {
			fmt.Fprintln(r.Err, p.Text)
		}
	}
	result, err := r.mender.Apply(r.ctx, p, repair.Consent{Confirm: c.confirm, WithoutUndo: c.withoutUndo}, tell)
	if err != nil {
		if p.Confirm != "" && c.confirm != p.Confirm {
			fmt.Fprintf(r.Err, "Here it is typed as --confirm %q.\n", p.Confirm)
		}
		fmt.Fprint(r.Out, styled.Plain(result.Text()))
		return r.refused(err)
	}
	var latest func() *engine.Report
	if r.engine != nil {
		latest = r.engine.Latest
	}
	o, err := r.mender.Verify(r.ctx, result, latest, tell)
	fmt.Fprint(r.Out, styled.Plain(append(result.Text(), o.Text()...)))
	switch {
	case r.ctx.Err() != nil:
		return &exitError{codeInterrupted, nil}
	case !o.Confirmed:
		return &exitError{codeRefused, errors.New("applied, not confirmed: " + strings.Join(o.Wrong, "; "))}
	case err != nil:
		return &exitError{codeRefused, err}
	}
	return nil
}

// finish shows a plan, and applies it where it was consented to. f is the finding whose
// other plans are to be mentioned; nil for none.
func (r *repairing) finish(p *repair.Plan, c *consent, f *finding.Finding) error {
	r.show(p, c)
	if !c.yes {
		r.mention(f, p, c.other)
		return nil
	}
	return r.carryOut(p, c)
}

// mention says on stderr how to go on from a plan that was only shown.
func (r *repairing) mention(f *finding.Finding, p *repair.Plan, flag string) {
	fmt.Fprintln(r.Err, "Nothing was written; --yes applies this plan.")
	if p.Confirm != "" {
		fmt.Fprintf(r.Err, "It needs --confirm %q as well: %s.\n", p.Confirm, p.ConfirmReason())
	}
	if f == nil || len(p.Choices) != 1 {
		return
	}
	for i, other := range f.Plans() {
		word := "Another fix"
		if i >= len(f.Fixes) {
			word = "A prevention"
		}
		if other.ID != p.Choices[0].Fix {
			fmt.Fprintf(r.Err, "%s: %s %s  %s (%s)\n", word, flag, other.ID, other.Title, other.Risk)
		}
	}
}

// refused gives an error of package repair its exit code.
func (ss *session) refused(err error) error {
	var refusal *repair.Refusal
	switch {
	case errors.Is(err, repair.ErrUnknownFix), errors.Is(err, repair.ErrUnknownEntry):
		return usageError(err)
	case errors.As(err, &refusal) && ss.ctx.Err() == nil:
		return &exitError{codeRefused, err}
	}
	return ss.requestError(err, codeRefused)
}

// ask reads the values that a plan wants: masked from a terminal, else a line each
// from standard input.
func ask(s Streams, list []repair.Ask) (map[repair.Ask]string, error) {
	values := map[repair.Ask]string{}
	lines := bufio.NewReader(s.In)
	for _, a := range list {
		if term.IsTerminal(int(s.In.Fd())) {
			fmt.Fprintf(s.Err, "%s, key %s (not shown): ", a.Ref, a.Key)
			b, err := term.ReadPassword(int(s.In.Fd()))
			fmt.Fprintln(s.Err)
			if err != nil {
				return nil, fmt.Errorf("reading the value of %s: %w", a.Key, err)
			}
			values[a] = string(b)
			continue
		}
		line, err := lines.ReadString('\n')
		if err != nil && (!errors.Is(err, io.EOF) || line == "") {
			return nil, fmt.Errorf("reading the value of %s from standard input, a line each: %w", a.Key, err)
		}
		values[a] = strings.TrimSuffix(line, "\n")
	}
	return values, nil
}

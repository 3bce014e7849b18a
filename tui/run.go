package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

// Options are how the interface is started.
type Options struct {
	Session                     // the cluster to look at first
	Namespaces []string         // those chosen at first; none for all
	Severity   finding.Severity // the threshold at first; 0 for all
	ReadOnly   bool
	Keys       *keymap.Map     // nil for the defaults
	Probes     []*probes.Probe // those that run, for the command palette
	NoColor    bool
	Theme      string              // full, basic or none: how many colours; empty or auto for what the environment says
	Columns    map[string][]string // of the panes that are not to have their own, by id
	Filters    []views.SavedFilter // of the configuration, to be chosen from
	ASCII      bool
	AsOf       time.Time // the moment that a file shows; zero for a live cluster
	FPS        int       // frames a second at most; 0 for 60, or 15 over SSH
	Mouse      bool
	Version    string // of careen, for notes

	// Recording says of a session that is a recording how far the cluster is that Coming
	// tells of; both are empty for any other.
	Recording string
	Coming    <-chan Arrival

	// Contexts are other clusters to look at. Without them there is no choice.
	Contexts Contexts
	// Clusters are many to choose from, side by side; nil for one. With them Session may
	// be the zero value: the operator enters one.
	Clusters Clusters

	Environ []string  // nil for the process's own
	Input   io.Reader // nil for the terminal
	Output  io.Writer // nil for the terminal
}

// How Run ends otherwise than by the operator.
var (
	ErrInterrupted = errors.New("interrupted")           // by a signal
	ErrCrashed     = errors.New("the interface crashed") // a fault of careen's
)

// Slow is the most frames a second that are sent over SSH.
const (
	fast = 60
	slow = 15
)

// Run shows the interface until the operator quits, a signal comes or ctx ends.
// The terminal is restored on every way out. Signals end its context and reach the
// library by that alone: its own handler waits for ever for an event loop that ctx has
// ended already.
func Run(outer context.Context, o Options) error {
	ctx, cancel := signal.NotifyContext(outer, os.Interrupt, syscall.SIGHUP, syscall.SIGTERM)
	defer cancel()
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	term := readTerminal(o.Environ)
	m := newModel(ctx, o, term)
	fps := o.FPS
	if fps <= 0 {
		fps = fast
		if term.remote {
			fps = slow
		}
	}
	opts := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithEnvironment(o.Environ), tea.WithColorProfile(m.profile()),
	}
	if o.Input != nil {
		opts = append(opts, tea.WithInput(o.Input))
	}
	if o.Output != nil {
		opts = append(opts, tea.WithOutput(o.Output))
	}
	_, err := m.program(fps, opts...).Run()
	m.cadence.end()
	interrupted := ctx.Err() != nil
	cancel() // a plan under way stops before its next step, and its journal entry says so
	m.work.wait(stopGrace)
	if m.end != nil {
		m.end()
	}
	switch {
	case err == nil:
		return nil
	case interrupted && errors.Is(err, tea.ErrProgramKilled) && !errors.Is(err, tea.ErrProgramPanic):
		return ErrInterrupted
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("%w: %w", ErrCrashed, err)
	}
	return fmt.Errorf("running the interface: %w", err)
}

// profile tells the renderer how many colours there are. The themes use no more;
// without this it would find out by itself, running other programs to do so.
func (m *model) profile() colorprofile.Profile {
	switch m.terminal.colours {
	case widget.Many:
		return colorprofile.ANSI256
	case widget.Few:
		return colorprofile.ANSI
	case widget.NoColours:
	}
	return colorprofile.ASCII
}

// clock tells the time by which ages are written.
func (o Options) clock() func() time.Time {
	if o.AsOf.IsZero() {
		return time.Now
	}
	return func() time.Time { return o.AsOf }
}

// localZone is the operator's time zone.
func localZone() *time.Location { return time.Local }

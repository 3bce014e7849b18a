package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/tui"
	"github.com/careen-tui/careen/views"
)

// options are the flags that all commands share.
type options struct {
	kube       *genericclioptions.ConfigFlags
	namespaces []string
	all        bool
	readOnly   bool

	only, skip []string
	severity   string
	settings   probes.Settings
	readyLogs  bool

	ascii, noColor, plain, mouse bool
	fps                          int
	logFile                      string
	verbose                      bool
	logToStderr                  bool // of a command that keeps no log file unless it is told to

	timeout              time.Duration
	contexts             []string // patterns of contexts, for a look at many clusters
	parallel             int
	from                 string // a snapshot or dump in the place of a cluster
	at                   time.Time
	configFile, baseline string
	config               *config.File
	catalogue            *catalogue.Catalogue // with the probes of the configuration
	base                 *config.Baseline     // of --baseline; nil without
	known                *config.Known        // waivers and baseline

	byHelm    bool  // Helm runs careen as its plugin
	helmError error // what of Helm's variables cannot be taken
}

func newOptions() *options {
	kube := genericclioptions.NewConfigFlags(true)
	kube.Namespace = nil // ours may be repeated
	return &options{kube: kube, settings: probes.Defaults, timeout: time.Minute, parallel: defaultParallel, catalogue: catalogue.With(nil)}
}

func (o *options) bind(root *cobra.Command) {
	f := root.PersistentFlags()
	o.kube.AddFlags(f)
	f.StringArrayVarP(&o.namespaces, "namespace", "n", nil, "look at this namespace; may be repeated")
	f.BoolVarP(&o.all, "all-namespaces", "A", false, "look at every namespace that may be read (the default)")
	f.BoolVar(&o.readOnly, "read-only", readOnlyByEnvironment(), "let no write leave the process, nor a dry run (also CAREEN_READ_ONLY=1)")
	f.StringArrayVar(&o.only, "probe", nil, "run this probe only; may be repeated")
	f.StringArrayVar(&o.skip, "skip-probe", nil, "leave this probe out; may be repeated")
	f.StringVar(&o.severity, "severity", "low", "show findings from this level on: critical, high, medium, low")
	for _, t := range probes.Thresholds {
		f.DurationVar(t.Of(&o.settings), t.Name, t.Default, t.Help)
	}
	f.BoolVar(&o.readyLogs, "ready-logs", false, "read the logs of ready containers as well, of one pod of each workload (500 at most): the errors that they keep logging")
	f.BoolVar(&o.ascii, "ascii", false, "draw with ASCII only")
	f.BoolVar(&o.noColor, "no-color", noColor(), "draw without colour (also NO_COLOR, TERM=dumb)")
	f.BoolVar(&o.plain, "plain", false, "talk in lines, with numbered choices, and never redraw: for screen readers (also TERM=dumb)")
	f.BoolVar(&o.mouse, "mouse", false, "take mouse clicks and the wheel")
	f.IntVar(&o.fps, "fps", 0, "frames a second at most (60, over SSH 15)")
	f.StringVar(&o.configFile, "config", "", "configuration file (default $XDG_CONFIG_HOME/careen/config.yaml)")
	f.StringVar(&o.baseline, "baseline", "", "a JSON report whose findings are known and do not count")
	f.StringVar(&o.logFile, "log-file", "", "where messages go (default $XDG_STATE_HOME/careen/careen.log)")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "log more; never a secret byte")
	for name, value := range sameEverywhere {
		f.Lookup(name).DefValue = value
	}
	o.takeHelm(f)
}

// sameEverywhere is what the help and the docs say of defaults that depend on the
// environment, so that a release tells nothing of where it was made.
var sameEverywhere = map[string]string{"cache-dir": "$HOME/.kube/cache", "read-only": "false", "no-color": "false"}

// complete reads the configuration and checks what the flag parser cannot. A
// threshold given as a flag wins over the configuration's.
func (o *options) complete(cmd *cobra.Command) error {
	if err := o.scope(cmd); err != nil {
		return err
	}
	file, err := config.Load(o.configFile, catalogue.IDs(), views.PaneColumns())
	if err != nil {
		return usageError(err)
	}
	o.config, o.catalogue = file, catalogue.With(file.Probes)
	for _, th := range file.Thresholds {
		if flag := cmd.Flags().Lookup(th.Name); flag != nil && !flag.Changed {
			if err := flag.Value.Set(th.Value.String()); err != nil {
				return usageError(fmt.Errorf("%s: %w", th.Where, err))
			}
		}
	}
	if o.baseline != "" {
		if o.base, err = config.LoadBaseline(o.baseline); err != nil {
			return usageError(err)
		}
	}
	o.known = config.NewKnown(file.Waivers, o.base, time.Now())
	if err := o.checkContexts(cmd); err != nil {
		return err
	}
	return o.check()
}

func (o *options) check() error {
	if o.all && len(o.namespaces) > 0 {
		return usageError(errors.New("-A and -n cannot be used together: name namespaces, or look at all"))
	}
	for _, n := range o.namespaces {
		if len(validation.IsDNS1123Label(n)) > 0 {
			return usageError(fmt.Errorf("-n %q: not a valid namespace name (repeat -n for several namespaces)", n))
		}
	}
	for _, t := range probes.Thresholds {
		if d := *t.Of(&o.settings); d < 0 {
			return usageError(fmt.Errorf("--%s %s: a threshold cannot be negative", t.Name, d))
		}
	}
	if o.timeout < 0 {
		return usageError(fmt.Errorf("--timeout %s: a time limit cannot be negative", o.timeout))
	}
	if !o.at.IsZero() && o.from == "" {
		return usageError(errors.New("--at goes with --from: a cluster is looked at as it is now"))
	}
	if o.fps < 0 {
		return usageError(fmt.Errorf("--fps %d: frames per second cannot be negative", o.fps))
	}
	if _, err := finding.ParseSeverity(o.severity); err != nil {
		return usageError(fmt.Errorf("--severity: %w", err))
	}
	return o.checkProbes()
}

// checkProbes refuses an id that is neither a probe's nor a check's of preflight or
// forecast.
func (o *options) checkProbes() error {
	for _, id := range slices.Concat(o.only, o.skip) {
		if _, ok := o.catalogue.Find(finding.ProbeID(id)); !ok {
			return usageError(o.catalogue.Unknown(id))
		}
	}
	return nil
}

// bindFrom adds --from to a command that can look at a file.
func (o *options) bindFrom(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.from, "from", "", "look at this instead of a cluster: a snapshot of careen, or any dump (a file, a folder, an archive; - for standard input)")
	cmd.Flags().Var((*moment)(&o.at), "at", "with --from: the moment as of which to look (RFC 3339; default: the newest time in the dump)")
}

// moment is a flag that takes a time.
type moment time.Time

func (m *moment) String() string {
	if time.Time(*m).IsZero() {
		return ""
	}
	return time.Time(*m).Format(time.RFC3339)
}

func (m *moment) Set(text string) error {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("%q is not a time such as 2026-01-02T15:04:05Z", text)
	}
	*m = moment(t)
	return nil
}

func (*moment) Type() string { return "time" }

// bindTimeout adds --timeout to a command that reads a cluster.
func (o *options) bindTimeout(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&o.timeout, "timeout", time.Minute, "how long reading a cluster may take; what was not read by then is unknown")
}

// least is the level from which findings are shown.
func (o *options) least() finding.Severity {
	s, _ := finding.ParseSeverity(o.severity)
	return s
}

// wanted reports whether --probe and --skip-probe leave a probe.
func (o *options) wanted(id finding.ProbeID) bool {
	return (len(o.only) == 0 || slices.Contains(o.only, string(id))) && !slices.Contains(o.skip, string(id))
}

// chosen are those of the probes and checks that report there which --probe and
// --skip-probe leave.
func (o *options) chosen(where catalogue.Where) ([]*probes.Probe, error) {
	if err := o.checkProbes(); err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(o.catalogue.In(where), func(p *probes.Probe) bool { return !o.wanted(p.ID) })
	if len(list) == 0 {
		return nil, usageError(o.noneLeft(where))
	}
	return list, nil
}

// noneLeft says why --probe and --skip-probe leave nothing: the probes that are named
// report elsewhere, or they are left out again.
func (o *options) noneLeft(where catalogue.Where) error {
	for _, id := range o.only {
		if e, ok := o.catalogue.Find(finding.ProbeID(id)); ok && e.Where&where == 0 {
			return fmt.Errorf("--probe %s: this command does not run it (it is reported by: %s)", id, strings.Join(e.Where.Commands(), ", "))
		}
	}
	return errors.New("--probe and --skip-probe leave no probe to run")
}

// asciiFor reports whether to draw with ASCII only: where that was asked for, or where
// w is a terminal whose locale is not UTF-8. A file or a pipe takes UTF-8.
func (o *options) asciiFor(w io.Writer) bool {
	return o.ascii || isTerminal(w) && !tui.UTF8(os.Environ())
}

// readOnlyByEnvironment fails closed: whatever is set means read-only, unless it says
// no in so many words.
func readOnlyByEnvironment() bool {
	switch strings.ToLower(strings.TrimSpace(os.Getenv("CAREEN_READ_ONLY"))) {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}

func noColor() bool { return os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" }

package command

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/preflight"
	"github.com/careen-tui/careen/internal/preflight/box"
)

// preflightFlags are the flags of preflight alone, named as Helm names them.
type preflightFlags struct {
	reportFlags
	chartFlags
	dryRun   bool
	requests bool

	fix, choose string // a finding to be prevented, and the id of the fix
	consent     consent
}

func newPreflight(s Streams, o *options) *cobra.Command {
	p := &preflightFlags{consent: consent{other: "--choose"}}
	cmd := &cobra.Command{
		Use:   "preflight RELEASE CHART",
		Short: "What would go wrong with a release, before anything is installed",
		Long: `preflight renders CHART (a folder, an archive or an OCI reference) with Helm's engine
against the live cluster and reports what would go wrong: accounts, secrets, classes and
kinds that would be missing, objects that belong to somebody else, PVCs of an earlier installation under
the names that the chart generates, what the acting identity may not do, what admission
would refuse. For a release that is there already it also says what an upgrade changes.

A chart is somebody else's program, so it runs apart: in a process of careen's own without
network, files and credentials, with at most 512 MiB, 30 seconds, 5000 objects and 64 MiB
of output. What its templates look up is read with your rights; values of Secrets among it
are shown nowhere. Documents that its schema refers to outside the chart are not read, and
links that lead out of a chart's folder are refused.

Nothing is written: every request is a read, an access review, or a create that the
server is told not to keep (dryRun=All; --read-only and --server-dry-run=false leave
those out).

With --fix ID it plans what prevents a finding before anything is installed, and with
--yes applies it; then it looks again. What it wrote can be taken back: see careen journal.

With --installer it judges the rights of another: those of a pipeline's account, for one.
Dry runs are sent as you all the same.

Exit codes are those of audit; with --fix those of careen fix.`,
		Args: exactArgs(2, "the name of a release, and a chart"),
		RunE: o.foretelling(catalogue.Preflight, s, func(ss *session, args []string) error { return p.run(ss, args[0], args[1]) }),
	}
	p.reportFlags.bind(cmd)
	f := cmd.Flags()
	p.chartFlags.bind(f)
	f.BoolVar(&p.dryRun, "server-dry-run", true, "ask the server's admission with dryRun=All")
	f.StringVar(&p.fix, "fix", "", "the id of a finding: plan what prevents it, and apply it with --yes")
	f.StringVar(&p.choose, "choose", "", "with --fix: the id of another of its fixes than the first")
	p.consent.bind(cmd)
	f.BoolVar(&p.requests, "show-requests", false, "print on stderr every request that left the process, by verb and resource")
	return cmd
}

func (p *preflightFlags) run(ss *session, release, ref string) error {
	if err := errors.Join(p.check(), p.consent.check()); err != nil {
		return err
	}
	switch {
	case p.fix == "" && (p.choose != "" || p.consent.given()):
		return usageError(errors.New("--choose, --yes, --confirm, --without-undo and --commands go with --fix"))
	case p.fix != "" && ss.readOnly && p.consent.yes:
		return &exitError{codeRefused, errors.New("this session is read-only (--read-only, or CAREEN_READ_ONLY): nothing is applied")}
	}
	namespace, err := ss.oneNamespace()
	if err != nil {
		return err
	}
	chart, values, err := p.load(ss.ctx, release, ref)
	if err != nil {
		if ss.ctx.Err() != nil {
			return &exitError{codeInterrupted, err}
		}
		return usageError(err)
	}
	defer chart.Close()
	ss.log.Debug("the chart is rendered in a process of its own", "held to", chart.Enforced())
	if p.requests {
		defer ss.showRequests()
	}
	if err := ss.read(extent{mode: p.mode(), kinds: preflight.Kinds(), namespaces: []string{namespace}}); err != nil {
		return err
	}
	foretell := func() (*preflight.Result, error) { return p.foretold(ss, release, namespace, chart, values) }
	result, err := foretell()
	if err != nil {
		return err
	}
	if p.fix != "" {
		return p.prevent(ss, result, foretell)
	}
	p.name = "careen-preflight-" + release
	return p.foretell(ss, result.Report, result.Changes)
}

// foretold runs a preflight over the cluster as it is now. Its error has its exit code.
func (p *preflightFlags) foretold(ss *session, release, namespace string, chart *box.Box, values map[string]any) (*preflight.Result, error) {
	snap, _ := ss.live.Snapshot()
	in := p.input(release, namespace, chart, values)
	in.Snapshot, in.Conn, in.DryRun, in.Settings, in.Now = snap, ss.conn, ss.conn.Guard().Mode().DryRuns(), ss.settings, ss.now()
	result, err := preflight.Run(ss.ctx, in)
	var server *preflight.ServerError
	var of *box.Error
	switch {
	case errors.As(err, &server) && apierrors.IsForbidden(err):
		return nil, ss.requestError(err, codePartial)
	case errors.As(err, &server):
		return nil, ss.requestError(err, codeUnreachable)
	case err != nil && ss.ctx.Err() != nil:
		return nil, &exitError{codeInterrupted, err}
	case errors.As(err, &of):
		return nil, usageError(err)
	}
	return result, err
}

// mode is the widest that preflight asks for; --read-only narrows it.
func (p *preflightFlags) mode() connect.Mode {
	switch {
	case p.fix != "": // as careen fix: the plan asks the server, and is applied with --yes alone
		return connect.ReadWrite
	case p.dryRun:
		return connect.ReadAndDryRun
	}
	return connect.ReadOnly
}

// helmDriver is the kind in which Helm keeps records, by its environment.
func helmDriver() model.Kind {
	if strings.EqualFold(os.Getenv("HELM_DRIVER"), "configmap") {
		return model.KindConfigMap
	}
	return model.KindSecret
}

package command

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/inspect/client"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/internal/verify"
	"github.com/careen-tui/careen/probes"
)

// verifyFlags are the flags of verify alone.
type verifyFlags struct {
	reportFlags
	files    []string
	revision int
	wait     time.Duration
}

func newVerify(s Streams, o *options) *cobra.Command {
	v := &verifyFlags{}
	cmd := &cobra.Command{
		Use:   "verify [RELEASE | KIND/NAME | -f MANIFESTS]",
		Short: "After a deploy: wait until the truth is known, and say it",
		Long: `verify waits until a deploy is known to be well or not: the release's record is
deployed, every object of its manifest is live and ready, its hooks have ended well, and
no probe finds anything wrong with them, or anything new in the namespace since the
deploy began. It also looks at one object (deployment/web), or at the objects of
manifests that another tool applied (-f). Nothing is written.

It ends when everything has been well for 5 seconds; when something is wrong and nothing
has moved for 10; or after --timeout, and then what it still waited for is wrong.

Exit codes: 0 well; 1 not, with the cause; 2 usage; 3 the cluster cannot be reached;
4 well as far as could be looked; 130 interrupted.`,
		Example: `  helm upgrade web ./chart && careen verify web
  careen verify web --revision 7 --timeout 10m -o junit > verify.xml
  kubectl apply -f manifests/ && careen verify -f manifests/`,
		Args:              atMostOneArg("the name of a release, or an object as KIND/NAME"),
		ValidArgsFunction: o.completeReleases,
		RunE:              o.foretelling(catalogue.Live|catalogue.Verify, s, v.run),
	}
	v.bind(cmd)
	f := cmd.Flags()
	f.StringArrayVarP(&v.files, "filename", "f", nil, "manifests that were applied: a file, a folder, or - for standard input; may be repeated")
	f.IntVar(&v.revision, "revision", 0, "the revision that must be deployed (default: the newest)")
	f.DurationVar(&v.wait, "timeout", 5*time.Minute, "how long to wait; 0 judges what is there at once")
	return cmd
}

func (v *verifyFlags) run(ss *session, args []string) error {
	if err := v.check(); err != nil {
		return err
	}
	switch {
	case v.wait < 0:
		return usageError(fmt.Errorf("--timeout %s: a time limit cannot be negative", v.wait))
	case v.revision < 0:
		return usageError(fmt.Errorf("--revision %d: revisions begin with 1", v.revision))
	case len(args)+len(v.files) == 0:
		return usageError(errors.New("verify needs the name of a release, an object as KIND/NAME, or -f with manifests"))
	case len(args) > 0 && len(v.files) > 0:
		return usageError(errors.New("name a release or an object, or use -f: not both"))
	}
	target, err := v.target(ss, args)
	if err != nil {
		return err
	}
	if target.Release == "" && v.revision > 0 {
		return usageError(errors.New("--revision goes with a release"))
	}
	ss.readOnly = true
	if err := ss.read(extent{mode: connect.ReadOnly, kinds: kindsOf(ss.probes), namespaces: []string{target.Namespace}}); err != nil {
		return err
	}
	eng := engine.Start(ss.ctx, ss.live, engine.Options{Probes: live(ss.probes), Settings: ss.settings, Log: ss.log})
	defer eng.Stop()
	first, err := eng.First(ss.ctx)
	if err != nil {
		return err
	}
	if err := v.deployed(first, target); err != nil {
		return err
	}
	verdict, err := verify.Wait(ss.ctx, verify.Options{
		Target: *target, Reader: client.New(ss.conn), Latest: eng.Latest, Timeout: v.wait, Least: v.least(),
		Tell: func(now *verify.Verdict) { fmt.Fprintln(ss.Err, now.Line()) },
	})
	if err != nil {
		return &exitError{codeInterrupted, err}
	}
	r := *eng.Latest()
	out := &engine.Report{Seq: r.Seq, At: r.At, Snapshot: r.Snapshot, Graph: r.Graph, Findings: ss.kept(verdict.Findings())}
	if v.name = "careen-verify"; target.Release != "" {
		v.name += "-" + target.Release
	}
	return v.write(ss, ss.document(out))
}

// least is the level from which a finding of a probe says that the deploy is not well.
func (v *verifyFlags) least() finding.Severity {
	if v.level.None {
		return finding.Critical + 1
	}
	return v.level.Level
}

// live are the probes that run over a cluster: checks have no Run.
func live(list []*probes.Probe) (out []*probes.Probe) {
	for _, p := range list {
		if p.Run != nil {
			out = append(out, p)
		}
	}
	return out
}

// target is what the command line names.
func (v *verifyFlags) target(ss *session, args []string) (*verify.Target, error) {
	namespace, err := ss.oneNamespace()
	if err != nil {
		return nil, err
	}
	t := &verify.Target{Namespace: namespace, Revision: v.revision}
	if len(args) == 0 {
		t.Objects, err = manifests(ss.Streams, v.files)
		return t, err
	}
	if word, name, isObject := strings.Cut(args[0], "/"); isObject {
		kind, ok := model.KindNamed(strings.ToLower(word))
		if !ok {
			return nil, usageError(fmt.Errorf("%s: careen knows no kind %q (custom resources: -f with their manifests)", args[0], word))
		}
		ref := model.Ref{Kind: kind, Name: name}
		if model.Lookup(kind).Namespaced {
			ref.Namespace = namespace
		}
		t.Objects = []inspect.Object{{Ref: ref}}
		return t, nil
	}
	if err := chartutil.ValidateReleaseName(args[0]); err != nil {
		return nil, usageError(fmt.Errorf("%q is not a valid release name: %w", args[0], err))
	}
	t.Release = args[0]
	return t, nil
}

// deployed refuses a release that is not there and that nothing says will come.
func (v *verifyFlags) deployed(r *engine.Report, t *verify.Target) error {
	if t.Release == "" || v.revision > 0 || r.Snapshot.Release(t.Namespace, t.Release) != nil {
		return nil
	}
	if known, _ := r.Snapshot.Knows(model.KindRecord, t.Namespace); !known {
		return nil
	}
	var names []string
	for _, rel := range r.Snapshot.Space(t.Namespace).Releases() {
		names = append(names, rel.Name)
	}
	return usageError(fmt.Errorf("there is no release %s in namespace %s%s", t.Release, t.Namespace, text.DidYouMean(t.Release, names)))
}

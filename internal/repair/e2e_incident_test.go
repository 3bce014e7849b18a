//go:build e2e

package repair

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"helm.sh/helm/v3/pkg/action"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/probes"
)

// onlooker is a careen that watches the whole cluster.
type onlooker struct{ *engine.Engine }

func watchAll(t *testing.T) *onlooker {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(true)
	*flags.KubeConfig = plane.Cluster(t).Kubeconfig
	ctx, cancel := context.WithCancel(context.Background())
	conn, err := connect.Open(flags, connect.Options{Mode: connect.ReadWrite, Agent: "careen/test"})
	if err != nil {
		t.Fatal(err)
	}
	source, err := cluster.Open(ctx, conn, cluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); source.Close() })
	if err := source.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	settings := probes.Settings{StuckAfter: time.Second, TerminatingAfter: time.Minute, StaleAfter: time.Second, OrphanAfter: time.Second}
	o := &onlooker{engine.Start(ctx, source, engine.Options{Probes: probes.All(), Settings: settings})}
	if _, err := o.First(ctx); err != nil {
		t.Fatal(err)
	}
	return o
}

// finding waits for a finding whose id, slot aside, is this one, until its fixes have
// stayed the same for a while: some depend on what has become ready meanwhile.
func (o *onlooker) finding(t *testing.T, id string) (*engine.Report, *finding.Finding) {
	t.Helper()
	const calm = 2 * time.Second
	var r *engine.Report
	var f *finding.Finding
	var fixes []string
	var since time.Time
	eventually(t, "finding "+id, func() bool {
		r = o.Latest()
		i := slices.IndexFunc(r.Findings, func(f *finding.Finding) bool { return demo.Matches(id, string(f.ID())) })
		if i < 0 {
			fixes = nil
			return false
		}
		f = r.Findings[i]
		var now []string
		for _, fix := range f.Fixes {
			now = append(now, fix.ID)
		}
		if !slices.Equal(now, fixes) {
			fixes, since = now, time.Now()
		}
		return len(fixes) > 0 && time.Since(since) > calm
	})
	return r, f
}

func planted(t *testing.T, id string) *bed {
	t.Helper()
	incident, ok := demo.Find(id)
	if !ok {
		t.Fatalf("no incident %s", id)
	}
	config := plane.Config(t, "")
	p, err := demo.NewPlanter(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := incident.Plant(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	b := &bed{t: t, ns: incident.Namespaces[0], kube: plane.Client(t)}
	b.Mender = b.mender(config)
	return b
}

// incidentKinds are what the fixes of incidents touch. ReplicaSets come and go with
// every rollout, and are compared by none.
var incidentKinds = []model.Kind{
	model.KindSecret, model.KindConfigMap, model.KindServiceAccount, model.KindRole, model.KindRoleBinding,
	model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet, model.KindClaim,
}

// TestEveryFixOfTheIncidents applies each alternative of each finding, proves it,
// takes it back, and compares the cluster with what it was.
func TestEveryFixOfTheIncidents(t *testing.T) {
	look := watchAll(t)
	for _, c := range []struct {
		incident string
		findings []string
		apart    model.Kind // what controllers make while the fix stands, and keep
		then     func(*bed) // what must work once the first fix was applied again
	}{
		{"vault", []string{"service-account-missing:vault/Deployment/common-vault", "service-account-missing:vault/StatefulSet/vault-raft"}, model.KindClaim, nil},
		{"review", []string{"release-stuck:review/Release/review-app", "helm-cannot-update-records:review/ServiceAccount/ci"}, "", upgrades("review-app")},
		{"staging", []string{"release-stuck:staging/Release/storefront"}, "", upgrades("storefront")},
		{"legacy", []string{"release-stuck:legacy/Release/billing"}, "", nil},
		{"metrics", []string{"member-list-stale:metrics/ConfigMap/vm-vmstorage-env"}, "", nil},
		{"warehouse", []string{"claim-orphan:warehouse/PersistentVolumeClaim/data-reports-postgresql-0"}, "", nil},
		{"devlake", []string{"claim-older-than-owner:devlake/PersistentVolumeClaim/"}, "", nil},
		{"keep", []string{"api-read-secret-missing:keep/Deployment/keep-backend"}, "", nil},
	} {
		t.Run(c.incident, func(t *testing.T) {
			t.Parallel() // each in namespaces of its own; most of the time is waiting
			b := planted(t, c.incident)
			for _, id := range c.findings {
				if incident, _ := demo.Find(c.incident); strings.HasSuffix(id, "/") {
					id = incident.Findings[0]
				}
				_, f := look.finding(t, id)
				for i, fix := range f.Fixes {
					if i > 0 && f.Subject.Kind == model.KindStatefulSet || strings.HasPrefix(id, "claim-older") && i > 0 {
						continue // its pods, or the age of its claim, outlast the undo of the first
					}
					if i > 0 && strings.HasPrefix(fix.ID, "copy-") {
						continue // as the first, and a minute long
					}
					t.Run(string(f.Probe)+"/"+fix.ID, func(t *testing.T) {
						b.t = t
						b.mendAndUndo(look, id, fix.ID, c.apart)
					})
				}
			}
			if c.then == nil {
				return
			}
			t.Run("then", func(t *testing.T) {
				b.t = t
				report, f := look.finding(t, c.findings[0])
				p, err := b.Plan(t.Context(), report, f, "", Inputs{})
				if err != nil {
					t.Fatal(err)
				}
				r := b.apply(p)
				c.then(b)
				if _, err := b.UndoPlan(t.Context(), r.Entry); err == nil || !strings.Contains(err.Error(), "changed by") {
					t.Errorf("taking back what Helm has changed since: %v", err)
				}
			})
		})
	}
}

func (b *bed) mendAndUndo(look *onlooker, id, fix string, apart model.Kind) {
	t := b.t
	report, f := look.finding(t, id)
	kinds := slices.DeleteFunc(slices.Clone(incidentKinds), func(k model.Kind) bool { return k == apart })
	was := b.state(kinds...)
	values := map[Ask]string{}
	p, err := b.Plan(t.Context(), report, f, fix, Inputs{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range p.Asks {
		values[a] = sentinel
	}
	if len(p.Asks) > 0 {
		if p, err = b.Plan(t.Context(), report, f, fix, Inputs{Values: values}); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("\n%s\n%s", styled.Plain(p.Text()), strings.Join(p.Commands(), "\n"))
	r, err := b.Apply(t.Context(), p, Consent{Confirm: p.Confirm}, func(p Progress) { t.Log(p.Text) })
	if err != nil {
		t.Fatalf("%v\n%s", err, styled.Plain(r.Text()))
	}
	o, err := b.Verify(t.Context(), r, look.Latest, func(p Progress) { t.Log(p.Text) })
	if err != nil || !o.Confirmed {
		t.Errorf("not confirmed after %s: %v %v", o.After, o.Wrong, err)
	}
	b.seen(p, r)
	u, err := b.UndoPlan(t.Context(), r.Entry)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", styled.Plain(u.Text()))
	ur := b.apply(u)
	if o, err := b.Verify(t.Context(), ur, nil, nil); err != nil || !o.Confirmed {
		t.Errorf("undo not confirmed: %v %v", o.Wrong, err)
	}
	b.seen(u, ur)
	now := b.state(kinds...)
	if p.Writes[0].Verb == Rollback { // Helm's history goes on; what it declares is as it was
		for _, state := range []stateOf{was, now} {
			for ref := range state {
				if _, _, ok := model.ParseRecordName(ref.Name); ok {
					delete(state, ref)
				}
			}
		}
	}
	b.same(was, now)
	switch {
	case f.Probe == probes.ClaimOlderThanOwner.ID: // a claim that was made again is younger than its owner
	case f.Probe == probes.ConfigNewerThanProcess.ID, fix == "nudge": // nobody takes back a restart, or what an operator wrote
	default:
		look.mendable(t, id) // it is back, maybe with other fixes: what ran meanwhile counts
	}
}

// seen looks for every secret value of the demo in what a plan shows and leaves.
func (b *bed) seen(p *Plan, r *Result) {
	b.t.Helper()
	b.noSentinel(p, r)
	text := styled.Plain(p.Text()) + strings.Join(p.Commands(), "\n") + styled.Plain(r.Text())
	for _, s := range demo.Sentinels {
		for _, form := range spellings(s) {
			if strings.Contains(text, form) {
				b.t.Errorf("%q is seen", form)
			}
		}
	}
}

// upgrades tells that a real helm upgrade of a release works, which then is undone
// by nobody.
func upgrades(name string) func(*bed) {
	return func(b *bed) {
		cfg, err := b.helm(&Write{Ref: model.Ref{Kind: model.KindRelease, Namespace: b.ns, Name: name}})
		if err != nil {
			b.t.Fatal(err)
		}
		last, err := cfg.Releases.Last(name)
		if err != nil {
			b.t.Fatal(err)
		}
		up := action.NewUpgrade(cfg)
		up.Namespace = b.ns
		if _, err := up.Run(name, last.Chart, last.Config); err != nil {
			b.t.Errorf("helm upgrade after the fix: %v", err)
		}
	}
}

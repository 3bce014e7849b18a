package views

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/views/viewtest"
)

// inspector is an Inspector that answers at once: with err where that is set. It may be
// asked by several at once.
type inspector struct {
	mu    sync.Mutex
	err   error
	asked []string
	value []byte // of any key
	log   []string
}

func (f *inspector) answer(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, what)
	return f.err
}

func (f *inspector) YAML(_ context.Context, ref model.Ref) (*inspect.Document, error) {
	return sampleDocument(ref), f.answer("yaml")
}

func (f *inspector) Events(context.Context, model.Ref, []model.Ref) (*inspect.Events, error) {
	return &inspect.Events{List: []inspect.Event{
		{Warning: true, Reason: "BackOff", Message: "Back-off restarting failed container 数据 in pod " + strings.Repeat("long-", 20), Count: 41, First: ago(time.Hour), Last: ago(time.Minute), Source: "kubelet", Field: "spec.containers{app}"},
		{Reason: "Scheduled", Message: "Successfully assigned", Count: 1, First: ago(2 * time.Hour), Last: ago(2 * time.Hour), Source: "default-scheduler"},
	}, Left: true}, f.answer("events")
}

func (f *inspector) Logs(_ context.Context, _ inspect.LogAsk, sink func([]string)) error {
	if f.log != nil {
		sink(f.log)
	}
	return f.answer("logs")
}

func (f *inspector) Said(_ context.Context, runs []inspect.LogRun) []inspect.LogSaid {
	err := f.answer("said")
	out := make([]inspect.LogSaid, len(runs))
	for i, run := range runs {
		switch out[i].LogRun = run; {
		case err != nil:
			out[i].Unread = err.Error()
		case i == 0:
			out[i].Telling, out[i].At = &model.Telling{Class: model.LogRefused, Line: "数据 dial tcp: db:5432: connection refused", Host: "db", Port: 5432}, ago(3*time.Minute)
		default:
			out[i].Lines = 12
		}
	}
	return out
}

func (f *inspector) Reveal(context.Context, model.Ref, string) (inspect.Value, error) {
	return inspect.NewValue(f.value), f.answer("reveal")
}

func (f *inspector) Compare(_ context.Context, a, b model.Ref) (*inspect.Comparison, error) {
	return inspect.Compare(a, b,
		map[string][]byte{"a": []byte("1"), "密码": []byte("2"), "pw": []byte("x")}, map[string][]byte{"a": []byte("1"), "密码": []byte("3"), "pw": []byte("x\n"), "new": nil}), f.answer("compare")
}

func (f *inspector) History(_ context.Context, rel *model.Release) (*inspect.History, error) {
	return &inspect.History{Release: rel.Ref(), Revisions: []inspect.Revision{
		{
			Number: 3, Label: "deployed", Status: "deployed", Description: "Upgrade complete", Chart: "vault", Version: "5.1.0", App: "1.18", Updated: ago(4 * time.Minute), Read: true,
			Hooks: []model.Hook{{Ref: model.Ref{Kind: model.KindJob, Namespace: "vault", Name: "migrate-数据"}, Events: []string{"pre-upgrade"}, Phase: "Failed", Started: ago(5 * time.Minute), Done: ago(4 * time.Minute)}},
			Notes: []string{"Thank you for installing 数据平台.", "", "  kubectl -n vault get pods"}, Objects: []model.Declared{{Ref: vaultAccount}},
			Values: []inspect.Setting{{Path: "image.tag", Text: inspect.Hidden}, {Path: "ui.enabled", Text: "true"}},
		},
		{Number: 2, Label: "superseded", Status: "deployed", Description: "Upgrade complete", Chart: "vault", Version: "5.0.0", Updated: ago(90 * time.Hour), Read: true},
		{Number: 1, Label: "superseded", Problem: "the record's gzip data is cut short", Updated: ago(900 * time.Hour), Read: true},
	}}, f.answer("history")
}

func (f *inspector) Diff(context.Context, *model.Record, *model.Record) (*inspect.Difference, []styled.Line, error) {
	d := sampleDifference()
	return &d, []styled.Line{styled.Of(styled.Removed, "- image.tag: (masked, before)"), styled.Of(styled.Added, "+ image.tag: (masked, after)")}, f.answer("diff")
}

func (f *inspector) Live(context.Context, *model.Record) (*inspect.Live, error) {
	return &inspect.Live{Revision: 3, Read: viewtest.Now, Drift: sampleDifference(), States: []inspect.State{
		{Ref: vaultDeployment, Status: "InProgress", Message: "Available: 0/2"},
		{Ref: vaultAccount, Status: "NotFound"},
		{Ref: model.Ref{Kind: model.KindConfigMap, Namespace: "vault", Name: "数据"}, Status: "Current", Keep: true},
	}}, f.answer("live")
}

func (f *inspector) Leaving(context.Context, *model.Snapshot, model.Ref) ([]inspect.Leaving, error) {
	return []inspect.Leaving{
		{Ref: vaultDeployment, Verb: "medium", Text: "Claim data-0 stays, with 50Gi.", Serious: true},
		{Ref: vaultAccount, Verb: "delete"},
		{Ref: vaultDeployment, Verb: "leave", Text: "50Gi"},
	}, f.answer("leaving")
}

func (f *inspector) Kinds(context.Context) ([]inspect.Served, error) {
	return []inspect.Served{
		{Kind: model.KindPod, Version: "v1", Resource: "pods", Short: []string{"po"}, Namespaced: true},
		{Kind: "ValidatingAdmissionPolicy.admissionregistration.k8s.io", Version: "v1", Resource: "validatingadmissionpolicies"},
		{Kind: "Cluster.x.example", Version: "v1", Resource: "clusters", Short: []string{"cl"}, Namespaced: true},
	}, f.answer("kinds")
}

func (f *inspector) List(_ context.Context, kind model.Kind, _ []string) (*inspect.Listing, error) {
	return &inspect.Listing{Read: viewtest.Now, Left: true, Objects: []inspect.Listed{
		{Ref: model.Ref{Kind: kind, Name: "no-latest"}, Created: ago(time.Hour), Says: "validations 1, 数据 x"},
		{Ref: model.Ref{Kind: kind, Name: "quota-数据"}, Created: ago(20 * time.Hour)},
	}}, f.answer("list")
}

func (f *inspector) Object(_ context.Context, ref model.Ref) (model.Row, error) {
	return &model.Object{Meta: model.Meta{
		Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name, Created: ago(time.Hour),
		Refs: []model.Reference{{Type: model.EdgeMentions, To: vaultAccount, Path: "spec.account"}},
	}, Detail: "Ready"}, f.answer("object")
}

func (f *inspector) Usage(_ context.Context, ref model.Ref) (*inspect.Usages, error) {
	out := &inspect.Usages{Of: map[model.Ref]inspect.Usage{}, Read: viewtest.Now}
	for i := range 2 {
		out.Of[model.Ref{Kind: model.KindPod, Namespace: "metrics", Name: fmt.Sprintf("vmstorage-%d", i)}] = inspect.Usage{Millis: int64(250 * (i + 1)), Bytes: int64(300<<20) >> i}
	}
	return out, f.answer("usage")
}

func (f *inspector) Lately(context.Context, []model.Ref) (timeline.Asked, error) {
	return timeline.Asked{}, f.answer("lately")
}

var (
	vaultDeployment = model.Ref{Kind: model.KindDeployment, Namespace: "vault", Name: "common-vault"}
	vaultAccount    = model.Ref{Kind: model.KindServiceAccount, Namespace: "vault", Name: "vault-svc"}
	vaultRelease    = model.Ref{Kind: model.KindRelease, Namespace: "vault", Name: "common-vault"}
)

func ago(d time.Duration) time.Time { return viewtest.Now.Add(-d) }

func sampleDocument(ref model.Ref) *inspect.Document {
	d := &inspect.Document{Ref: ref, UID: "uid-" + ref.Name, ResourceVersion: "48213", Read: viewtest.Now, Masked: 2}
	for _, l := range []string{
		"apiVersion: apps/v1", "kind: Deployment", "metadata:", "  annotations:", "    团队: 数据平台", "  name: " + ref.Name, "spec:", "  template:", "    spec:",
		"      containers:", "      - image: registry.example/" + strings.Repeat("very-long-", 20) + "name:1.4.0", "        env:", "        - name: DB_PASSWORD",
		"          value: (masked)", "        command: ['sh', '-c', 'echo: yes']",
	} {
		d.Lines = append(d.Lines, styled.L(l))
	}
	return d
}

func sampleDifference() inspect.Difference {
	return inspect.Difference{From: "revision 2", To: "revision 3", Same: 4, Unread: []string{"revision 3: document 4 is not valid YAML"}, Parts: []inspect.Part{
		{Ref: vaultDeployment, What: inspect.ChangedObject, Lines: []styled.Line{styled.Of(styled.Muted, "@@ -12,3 +12,3 @@"), styled.L("       - name: vault"), styled.Of(styled.Removed, "-        image: vault:1.17 数据"), styled.Of(styled.Added, "+        image: vault:1.18")}},
		{Ref: vaultAccount, What: inspect.Missing},
	}}
}

// do reads what a pane asks for, there and then, and returns what else it asked for.
func do(r Request) Request {
	switch r := r.(type) {
	case Fetch:
		r.Read(context.Background(), func(show func() Request) { do(show()) })
		return nil
	case All:
		for _, one := range r {
			do(one)
		}
		return nil
	}
	return r
}

// open is a page with all that it reads when it is opened.
func open(p Pane) Pane {
	if s, ok := p.(Starter); ok {
		do(s.Start())
	}
	return p
}

// inspected is a report in which the pods have containers, and the stale list was
// written after it went stale; what the watches do not keep can be read.
func inspected(t testing.TB) (*Env, *inspector) {
	env, f := loadedEnv(t), &inspector{value: []byte("not-a-real-one\n数据\n"), log: []string{"starting", "数据平台 connected", "password=**** " + strings.Repeat("x", 300), "listening"}}
	env.Inspector = f
	list, _ := model.Get[*model.ConfigMap](env.Report.Snapshot, model.Ref{Kind: model.KindConfigMap, Namespace: "metrics", Name: "vm-vmstorage-env"})
	list.Changed = ago(61 * time.Minute)
	for _, row := range env.Report.Snapshot.Space("metrics").Tables[model.KindPod] {
		pod := row.(*model.Pod)
		pod.Template.Containers = []model.Container{{Name: "vmstorage"}, {Name: "backup"}}
		pod.Containers = []model.ContainerStatus{
			{Name: "vmstorage", Ready: true, Running: ago(time.Hour)},
			{Name: "backup", Restarts: 4, Waiting: &model.Waiting{Reason: "CrashLoopBackOff"}, LastExit: &model.Exit{Code: 1, Finished: ago(time.Minute)}},
		}
	}
	env.Seen = func() []timeline.Entry {
		return []timeline.Entry{{At: ago(62*time.Minute + 6*time.Second), Ref: vminsert, What: "spec.replicas 2 -> 3", By: "kubectl (scale)", Source: timeline.Seen, Change: true}}
	}
	return env, f
}

var vminsert = model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "vminsert"}

package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/openreports"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/probes"
)

// bad finds every ConfigMap that is called bad-something, and is of an age.
var bad = &probes.Probe{
	ID: "config-bad", Doc: "It is bad\nIt is.", Worst: finding.High, Needs: []model.Kind{model.KindConfigMap},
	Run: func(p *probes.Pass) {
		for c := range model.Each[*model.ConfigMap](p.Space, model.KindConfigMap) {
			if strings.HasPrefix(c.Name, "bad") {
				p.Report(finding.Finding{Subject: c.Ref(), Severity: finding.High, Grade: finding.Proved, Summary: "It is bad."})
			}
		}
	},
}

// world is an API server, and agents that look at it.
type world struct {
	*testing.T
	*apitest.Server
	kubeconfig string
	log        safeBuffer
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newWorld(t *testing.T, namespaces ...string) *world {
	t.Helper()
	w := &world{T: t, Server: apitest.New(t)}
	w.kubeconfig = w.Kubeconfig(t, "test")
	for _, ns := range namespaces {
		w.Put(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: "+ns+"}\nstatus: {phase: Active}")
	}
	return w
}

// install serves an API, and says so in definitions.
func (w *world) install(v openreports.Variant) {
	w.Helper()
	for _, k := range kindsOf(v) {
		w.Serve(k)
	}
	for _, resource := range []string{v.Resource, v.Clusters} {
		w.do(http.MethodPost, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", map[string]any{
			"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": resource + "." + v.Group()},
		})
	}
}

func (w *world) uninstall(v openreports.Variant) {
	w.Helper()
	for _, k := range kindsOf(v) {
		w.Withdraw(k)
	}
	for _, resource := range []string{v.Resource, v.Clusters} {
		w.do(http.MethodDelete, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"+resource+"."+v.Group(), nil)
	}
}

func kindsOf(v openreports.Variant) []model.KindInfo {
	return []model.KindInfo{
		{Kind: model.Kind(v.Kind + "." + v.Group()), Group: v.Group(), Version: v.Version(), Resource: v.Resource, Namespaced: true},
		{Kind: model.Kind(v.Cluster + "." + v.Group()), Group: v.Group(), Version: v.Version(), Resource: v.Clusters},
	}
}

// do sends a request as somebody else.
func (w *world) do(method, path string, body any) {
	w.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	r, err := http.NewRequestWithContext(w.Context(), method, w.URL+path, bytes.NewReader(raw))
	if err != nil {
		w.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		text, _ := io.ReadAll(resp.Body)
		w.Fatalf("%s %s: %s %s", method, path, resp.Status, text)
	}
}

func (w *world) configMap(namespace, name string) {
	w.Helper()
	w.do(http.MethodPost, "/api/v1/namespaces/"+namespace+"/configmaps", map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name, "namespace": namespace, "creationTimestamp": "2026-01-02T15:04:05Z"},
	})
}

func (w *world) removeConfigMap(namespace, name string) {
	w.Helper()
	w.do(http.MethodDelete, "/api/v1/namespaces/"+namespace+"/configmaps/"+name, nil)
}

// running is an agent that runs.
type running struct {
	*Agent
	url  string
	conn *connect.Connection
	end  func() error
}

// start runs an agent.
func (w *world) start(publish Publish, scope ...string) *running {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	flags := genericclioptions.NewConfigFlags(false)
	flags.KubeConfig = &w.kubeconfig
	conn, err := connect.Open(flags, connect.Options{Mode: connect.ReadAndWrite, Writes: Writes(publish, "home"), Agent: "careen/test"})
	if err != nil {
		w.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&w.log, nil))
	source, err := cluster.Open(ctx, conn, cluster.Options{Namespaces: scope, Kinds: []model.Kind{model.KindConfigMap, model.KindNamespace, model.KindCRD}, Log: log})
	if err != nil {
		w.Fatal(err)
	}
	list := []*probes.Probe{bad}
	a, err := newAgent(Options{
		Source: source, Conn: conn, Publish: publish, Scope: scope, Namespace: "home", Version: "v1.2.3", Log: log, Report: report.Options{Probes: list, Version: "v1.2.3"},
		Start: func(ctx context.Context, observe func(time.Duration)) *engine.Engine {
			return engine.Start(ctx, source, engine.Options{Probes: list, Observe: observe})
		},
		Document: func(r *engine.Report) *report.Document { return report.New(r, r.At, r.At, finding.Low, nobody{}) },
	})
	if err != nil {
		w.Fatal(err)
	}
	a.pub.every, a.tempo = 20*time.Millisecond, tempo{3 * time.Second, 2 * time.Second, 200 * time.Millisecond}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- a.run(ctx, l) }()
	end := sync.OnceValue(func() error {
		cancel()
		err := <-done
		source.Close()
		return err
	})
	w.Cleanup(func() { _ = end() })
	return &running{a, "http://" + l.Addr().String(), conn, end}
}

type nobody struct{}

func (nobody) Why(*finding.Finding) string { return "" }

// writes counts what an agent sent that is no read, but for renewals of the Lease.
func (r *running) writes() (out string) {
	for _, c := range r.conn.Guard().Requests() {
		switch c.Verb {
		case "create", "update", "delete":
			if c.Resource != "leases" && c.Resource != "selfsubjectreviews" && c.Resource != "selfsubjectaccessreviews" {
				out += fmt.Sprintf("%s %s %d\n", c.Verb, c.Resource, c.N)
			}
		}
	}
	return out
}

// lists counts the lists that an agent sent.
func (r *running) lists() (n int) {
	for _, c := range r.conn.Guard().Requests() {
		if c.Verb == "list" {
			n += c.N
		}
	}
	return n
}

func (r *running) get(t *testing.T, path string) (code int, body string) {
	t.Helper()
	resp, err := http.Get(r.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

// reports are the objects of a resource, by namespace and name: what they say.
func (w *world) reports(resource, group string) map[string]string {
	out := map[string]string{}
	for key, o := range w.Objects(resource, group) {
		raw, err := json.Marshal(o["results"])
		if err != nil {
			w.Fatal(err)
		}
		var results []openreports.Result
		if err := json.Unmarshal(raw, &results); err != nil {
			w.Fatal(err)
		}
		for _, r := range results {
			out[key] += r.Properties["id"] + " "
		}
		out[key] = strings.TrimSpace(out[key])
	}
	return out
}

// watching waits until so many agents are told of what changes.
func (w *world) watching(agents int) {
	w.Helper()
	w.until("watches", func() (bool, string) {
		a, b := w.Watched("configmaps", ""), w.Watched("customresourcedefinitions", "apiextensions.k8s.io")
		return a == agents && b == agents, fmt.Sprint(a, b)
	})
}

// await waits until the reports of a resource are those.
func (w *world) await(resource, group string, want map[string]string) {
	w.Helper()
	w.until(fmt.Sprintf("%s to be %v", resource, want), func() (bool, string) {
		have := w.reports(resource, group)
		return fmt.Sprint(have) == fmt.Sprint(want), fmt.Sprint(have)
	})
}

// until waits until something holds.
func (w *world) until(what string, holds func() (bool, string)) {
	w.Helper()
	apitest.Await(w.T, what, func() (bool, string) {
		ok, have := holds()
		return ok, have + "\n" + w.log.String()
	})
}

// said waits until the log holds a text.
func (w *world) said(text string) {
	w.Helper()
	w.until("the log to say "+text, func() (bool, string) { return strings.Contains(w.log.String(), text), "" })
}

package dump

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

var newest = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// TestEveryToolsDumpIsTheSameCluster reads one cluster as each tool writes it, from a
// folder and from each kind of archive.
func TestEveryToolsDumpIsTheSameCluster(t *testing.T) {
	for tool, files := range layouts(t) {
		for form, path := range forms(t, files) {
			t.Run(tool+" as "+form, func(t *testing.T) {
				file, err := Open(path, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if len(file.Problems) > 0 || !file.Now.Equal(newest) {
					t.Errorf("problems %q, now %s", file.Problems, file.Now)
				}
				r := engine.Look(file.Snapshot, probes.All(), probes.Defaults, file.Now)
				for _, id := range []finding.ID{"reference-missing:shop/Deployment/web#Secret/gone", "api-read-secret-missing:shop/Pod/web-1"} {
					if f := r.Find(id); f == nil || f.Grade != finding.Proved {
						t.Errorf("%s: %+v", id, f)
					}
				}
				for kind, known := range map[model.Kind]bool{model.KindSecret: true, model.KindNode: true, model.KindServiceAccount: true, model.KindStatefulSet: false, model.KindVolume: false} {
					if ok, why := file.Snapshot.Knows(kind, "shop"); ok != known {
						t.Errorf("%s known %v: %s", kind, ok, why)
					}
				}
				if ok, _ := file.Snapshot.Knows(model.KindSecret, "elsewhere"); ok {
					t.Error("a namespace that the dump does not hold is known")
				}
			})
		}
	}
}

// open reads text as a file of that name, and returns all that is said of it.
func open(t *testing.T, name, text string) (*model.Snapshot, []string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := Open(path, Options{})
	if err != nil {
		return nil, nil, err
	}
	return file.Snapshot, slices.Concat(file.Problems, file.Notes), nil
}

// folder reads files by their names.
func folder(t *testing.T, files map[string]string) *archive.File {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAnEmptyFileSaysThatThereAreNone(t *testing.T) {
	pods := func(namespaces ...string) string {
		var items []string
		for _, ns := range namespaces {
			items = append(items, strings.ReplaceAll(pod, `"a"`, fmt.Sprintf("%q", ns)))
		}
		return `{"apiVersion":"v1","kind":"List","items":[` + strings.Join(items, ",") + `]}`
	}
	empty := `{"apiVersion":"v1","kind":"List","items":[]}`
	for name, c := range map[string]struct {
		files       map[string]string
		here, else_ bool // whether Secrets are known in a, and in c
	}{
		"beside pods of two namespaces": {map[string]string{"pods.json": pods("a", "b"), "secrets.json": empty}, true, true},
		"beside pods of one":            {map[string]string{"pods.json": pods("a"), "secrets.json": empty}, true, false},
		"in a folder that is one":       {map[string]string{"pods.json": pods("a", "b"), "a/secrets.json": empty}, true, false},
		"in a folder that is none":      {map[string]string{"x/pods.json": pods("a", "b"), "x/secrets.json": empty}, true, true},
		"typed":                         {map[string]string{"x/pods.json": pods("a", "b"), "x/y.json": `{"apiVersion":"v1","items":[],"kind":"SecretList"}`}, true, true},
		"YAML":                          {map[string]string{"x/pods.json": pods("a", "b"), "x/secrets.yaml": "apiVersion: v1\nitems: []\nkind: List\n"}, true, true},
		"no list at all":                {map[string]string{"x/pods.json": pods("a", "b"), "x/secrets.yaml": ""}, false, false},
		"cut short":                     {map[string]string{"x/pods.json": pods("a", "b"), "x/secrets.json": empty[:len(empty)-3]}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			snap := folder(t, c.files).Snapshot
			here, _ := snap.Knows(model.KindSecret, "a")
			elsewhere, _ := snap.Knows(model.KindSecret, "c")
			if here != c.here || elsewhere != c.else_ {
				t.Errorf("known in a %v, in c %v", here, elsewhere)
			}
		})
	}
}

func TestAListSaysOfWhichNamespacesItIs(t *testing.T) {
	secret := func(ns, name string) string {
		return fmt.Sprintf(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":%q,"namespace":%q}}`, name, ns)
	}
	pod := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"b"}}`
	list := func(items ...string) string {
		return `{"apiVersion":"v1","kind":"List","items":[` + strings.Join(items, ",") + `]}`
	}
	for name, c := range map[string]struct {
		file, text  string
		here, else_ bool // whether Secrets are known in a, and in c
	}{
		"of all namespaces":                           {"x.json", list(secret("a", "x"), secret("b", "x")), true, true},
		"of one namespace":                            {"x.json", list(secret("a", "x")), true, false},
		"another kind shows the scope":                {"x.json", list(secret("a", "x"), pod), true, true},
		"one object alone":                            {"x.json", secret("a", "x"), false, false},
		"objects after each other":                    {"x.json", secret("a", "x") + "\n" + secret("b", "x"), false, false},
		"typed":                                       {"x.json", `{"apiVersion":"v1","kind":"SecretList","items":[{"metadata":{"name":"x","namespace":"a"}},{"metadata":{"name":"x","namespace":"b"}}]}`, true, true},
		"typed, at its end":                           {"x.json", `{"apiVersion":"v1","items":[{"metadata":{"name":"x","namespace":"a"}},{"metadata":{"name":"x","namespace":"b"}}],"kind":"SecretList"}`, true, true},
		"typed, at its end, YAML":                     {"x.yaml", "apiVersion: v1\nitems:\n  - metadata:\n      name: x\n      namespace: a\n  - metadata:\n      name: x\n      namespace: b\nkind: SecretList\n", true, true},
		"two lists of one each":                       {"x.json", list(secret("a", "x")) + list(strings.Replace(pod, `"b"`, `"c"`, 1)), true, false},
		"a list within a list":                        {"x.json", list(list(secret("a", "x"), secret("b", "x"))), true, true},
		"an item that cannot be read":                 {"x.yaml", "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: x, namespace: a}\n- [\nkind: List\n", false, false},
		"YAML":                                        {"x.yaml", "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: x\n    namespace: a\n- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: x\n    namespace: b\nkind: List\nmetadata:\n  resourceVersion: \"\"\n", true, true},
		"YAML after a warning, with carriage returns": {"x.yaml", "Warning: policy/v1beta1 is deprecated\r\n\ufeffapiVersion: v1\r\nitems:\r\n- apiVersion: v1\r\n  kind: Secret\r\n  metadata:\r\n    name: x\r\n    namespace: a\r\nkind: List\r\n", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			snap, problems, err := open(t, c.file, c.text)
			if err != nil {
				t.Fatal(err)
			}
			here, _ := snap.Knows(model.KindSecret, "a")
			elsewhere, _ := snap.Knows(model.KindSecret, "c")
			if here != c.here || elsewhere != c.else_ || len(problems) > 0 && !strings.Contains(name, "cannot be read") {
				t.Errorf("known in a %v, in c %v; problems %q; %+v", here, elsewhere, problems, snap.Namespaces())
			}
		})
	}
}

func TestOldVersionsAreRead(t *testing.T) {
	snap, problems, err := open(t, "old.yaml", `
apiVersion: apps/v1beta2
kind: Deployment
metadata: {name: a, namespace: ns1}
spec: {replicas: 2, template: {spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: i, namespace: ns1}
spec: {rules: [{host: h, http: {paths: [{backend: {serviceName: web, servicePort: 80}}]}}]}
---
apiVersion: events.k8s.io/v1
kind: Event
metadata: {name: e, namespace: ns1}
type: Warning
reason: FailedCreate
note: text
regarding: {apiVersion: v1, kind: Pod, name: p, namespace: ns1}
deprecatedLastTimestamp: "2026-01-02T15:00:00Z"
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: h, namespace: ns1}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, targetCPUUtilizationPercentage: 80}
---
apiVersion: batch/v2alpha1
kind: CronJob
metadata: {name: c, namespace: ns1}
`)
	if err != nil {
		t.Fatal(err)
	}
	get := func(kind model.Kind, name string) model.Row {
		return snap.Row(model.Ref{Kind: kind, Namespace: "ns1", Name: name})
	}
	if w, ok := get(model.KindDeployment, "a").(*model.Workload); !ok || w.Desired != 2 {
		t.Errorf("deployment %+v", w)
	}
	if i := get(model.KindIngress, "i"); i == nil || len(i.Base().Refs) != 1 || i.Base().Refs[0].To.Name != "web" {
		t.Errorf("ingress %+v", i)
	}
	if e, ok := get(model.KindEvent, "e").(*model.Event); !ok || e.Message != "text" || e.About.Name != "p" || e.Last.IsZero() {
		t.Errorf("event %+v", e)
	}
	if get(model.KindHPA, "h") == nil {
		t.Error("no autoscaler")
	}
	if get(model.KindCronJob, "c") != nil || !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, "CronJob c: version batch/v2alpha1 cannot be read") }) {
		t.Errorf("problems %q", problems)
	}
}

func TestTheNewestOfTwoCounts(t *testing.T) {
	pod := func(version, node string) string {
		return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"a","resourceVersion":%q},"spec":{"nodeName":%q}}`, version, node)
	}
	snap, problems, err := open(t, "x.json", pod("9", "old")+pod("10", "new")+pod("8", "older"))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := model.Get[*model.Pod](snap, model.Ref{Kind: model.KindPod, Namespace: "a", Name: "p"})
	if p.Node != "new" || len(problems) != 1 || !strings.Contains(problems[0], "held more than once") {
		t.Errorf("%s, %q", p.Node, problems)
	}
}

func TestNoSecretByteIsKept(t *testing.T) {
	for _, files := range layouts(t) {
		file, err := Open(forms(t, files)["folder"], Options{})
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%+v", maps.Collect(maps.All(file.Snapshot.Spaces))); strings.Contains(text, "sentinel") {
			t.Error("a Secret's value is in the snapshot")
		}
	}
}

// TestScalarsAreReadAsKubernetesReadsThem reads words that YAML 1.1 takes for booleans
// where they are not quoted: Kubernetes, which quotes them, refuses them otherwise.
func TestScalarsAreReadAsKubernetesReadsThem(t *testing.T) {
	text := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"n\"\n  namespace: \"y\"\ndata:\n  \"y\": \"n\"\n  \"n\": \"on\"\n  \"on\": \"0x1\"\n  no.yaml: |\n    on: off\n    - x\n    ---\n"
	snap, said, err := open(t, "x.yaml", text+"---\n"+strings.ReplaceAll(text, `"`, ""))
	if err != nil {
		t.Fatal(err)
	}
	c, ok := model.Get[*model.ConfigMap](snap, model.Ref{Kind: model.KindConfigMap, Namespace: "y", Name: "n"})
	if !ok || len(said) != 1 || !strings.Contains(said[0], "x.yaml:15: ConfigMap: metadata.name is false, which is not text") {
		t.Fatalf("%v: %q", snap.Namespaces(), said)
	}
	var got []string
	for _, k := range c.Keys {
		got = append(got, fmt.Sprint(k.Name, k.Size))
	}
	if strings.Join(got, " ") != "n2 no.yaml16 on3 y1" {
		t.Errorf("keys %q", got)
	}
}

// TestWhatWasTakenOutIsHidden reads Secrets and ConfigMaps as tools redact them.
func TestWhatWasTakenOutIsHidden(t *testing.T) {
	items := []string{}
	for name, data := range map[string]string{
		"stars": `"data":{"k":"***HIDDEN***"}`, "empty": `"data":{"k":""}`, "null": `"data":{"k":null}`, "word": `"data":{"k":"UkVEQUNURUQ="}`,
		"angle": `"data":{"k":"<redacted>"}`, "length": `"data":{"k":"[REDACTED 12 bytes]"}`, "whole": `"data":{"k":"c2VjcmV0"}`, "stripped": `"type":"Opaque"`,
	} {
		items = append(items, fmt.Sprintf(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":%q,"namespace":"a"},%s}`, name, data))
	}
	items = append(items, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"a"},"data":{"empty":"","k":"***HIDDEN***"}}`)
	items = append(items, `{"apiVersion":"v1","kind":"Secret","type":"helm.sh/release.v1","metadata":{"name":"sh.helm.release.v1.web.v1","namespace":"a","labels":{"owner":"helm","name":"web","version":"1","status":"deployed"}},"data":{"release":""}}`)
	snap, said, err := open(t, "x.json", `{"apiVersion":"v1","kind":"List","items":[`+strings.Join(items, ",")+`]}`)
	if err != nil || len(said) > 0 {
		t.Fatal(err, said)
	}
	for s := range model.Each[*model.Secret](snap.Space("a"), model.KindSecret) {
		hidden := s.Name != "whole" && s.Name != "stripped"
		if s.Stripped != (s.Name == "stripped") || !s.Stripped && (len(s.Keys) != 1 || s.Keys[0].Hidden != hidden) || (s.Hash == "") != (hidden || s.Stripped) {
			t.Errorf("%s: %+v", s.Name, s)
		}
	}
	c, _ := model.Get[*model.ConfigMap](snap, model.Ref{Kind: model.KindConfigMap, Namespace: "a", Name: "c"})
	if len(c.Keys) != 2 || c.Keys[0].Hidden || !c.Keys[1].Hidden {
		t.Errorf("%+v", c.Keys)
	}
	if ok, why := snap.Knows(model.KindRecord, "a"); ok || !strings.Contains(why, "without what is in them") {
		t.Errorf("records known %v: %s", ok, why)
	}
}

// TestTheMomentIsTheNewestOfTheDump takes no time of the future, and --at before all.
func TestTheMomentIsTheNewestOfTheDump(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json")
	text := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"a","creationTimestamp":"2026-01-02T10:00:00Z","deletionTimestamp":"2026-01-02T19:00:00Z"},"status":{"startTime":"2026-01-02T15:04:05Z","conditions":[{"lastProbeTime":"2999-01-01T00:00:00Z"}]}}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	for want, o := range map[time.Time]Options{newest: {}, at: {At: at}} {
		if file, err := Open(path, o); err != nil || !file.Now.Equal(want) {
			t.Errorf("%v, %v, want %s", file, err, want)
		}
	}
}

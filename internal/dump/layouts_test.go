package dump

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/model"
)

// sample is a small cluster: objects by kind and namespace.
const sample = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, creationTimestamp: "2026-01-02T10:00:00Z"}
---
apiVersion: v1
kind: Namespace
metadata: {name: other, creationTimestamp: "2026-01-02T10:00:00Z"}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {conditions: [{type: Ready, status: "True", lastHeartbeatTime: "2026-01-02T15:04:05Z"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, creationTimestamp: "2026-01-02T11:00:00Z"}
spec:
  replicas: 1
  selector: {matchLabels: {a: web}}
  template: {metadata: {labels: {a: web}}, spec: {containers: [{name: web, image: w, envFrom: [{secretRef: {name: gone}}]}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, uid: u1, labels: {a: web}}
spec: {containers: [{name: web, image: w}]}
status: {phase: Running, containerStatuses: [{name: web, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]}
---
apiVersion: v1
kind: Secret
metadata: {name: there, namespace: shop}
data: {password: c2VudGluZWwtZHVtcA==}
---
apiVersion: v1
kind: Secret
metadata: {name: there, namespace: other}
data: {a: c2VudGluZWwtZHVtcA==}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-root-ca.crt, namespace: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-root-ca.crt, namespace: other}
`

const sampleLog = "starting\nsecrets \"db-keys\" not found\n"

type object = map[string]any

func sampleObjects(t *testing.T) (out []object) {
	t.Helper()
	for _, doc := range strings.Split(sample, "\n---\n") {
		var o object
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			t.Fatal(err)
		}
		out = append(out, o)
	}
	return out
}

func kindIn(o object) model.KindInfo {
	info, _ := model.Info(model.Kind(o["kind"].(string)))
	return info
}

func namespaceIn(o object) string {
	ns, _ := o["metadata"].(object)["namespace"].(string)
	return ns
}

func nameIn(o object) string { return o["metadata"].(object)["name"].(string) }

// grouped are the objects by plural and namespace, with the empty ones of kinds whose
// files a tool writes all the same.
func grouped(list []object, empty ...string) map[[2]string][]object {
	out := map[[2]string][]object{}
	for _, plural := range empty {
		for _, ns := range []string{"shop", "other"} {
			out[[2]string{plural, ns}] = []object{}
		}
	}
	for _, o := range list {
		key := [2]string{kindIn(o).Resource, namespaceIn(o)}
		out[key] = append(out[key], o)
	}
	return out
}

func listOf(items []object) object { return object{"apiVersion": "v1", "kind": "List", "items": items} }

func asJSON(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(b)
}

func asYAML(v any) string {
	b, err := yaml.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

var everywhere = []string{"pods", "deployments", "secrets", "configmaps", "serviceaccounts"}

// layouts are the same cluster as each tool would write it: files by name.
func layouts(t *testing.T) map[string]map[string]string {
	list := sampleObjects(t)
	info, gathered, bundle, loose := map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}
	for key, items := range grouped(list, everywhere...) {
		plural, ns := key[0], key[1]
		k, _ := model.Info(kindNamed(plural))
		group := k.Group
		if group == "" {
			group = "core"
		}
		if ns == "" {
			info[plural+".json"] = asJSON(listOf(items))
			bundle["bundle/cluster-resources/"+plural+".json"] = asJSON(listOf(items))
			for _, o := range items {
				gathered[fmt.Sprintf("gather/quay-sha/cluster-scoped-resources/%s/%s/%s.yaml", group, plural, nameIn(o))] = "---\n" + asYAML(o)
			}
			loose[plural+".yaml"] = asYAML(listOf(items))
			continue
		}
		info[ns+"/"+plural+".json"] = asJSON(listOf(items))
		bundle["bundle/cluster-resources/"+plural+"/"+ns+".json"] = asJSON(listOf(items))
		gathered[fmt.Sprintf("gather/quay-sha/namespaces/%s/%s/%s.yaml", ns, group, plural)] = "---\n" + asYAML(listOf(items))
		loose[ns+"/"+plural+".yaml"] = asYAML(listOf(items))
	}
	info["shop/web-1/logs.txt"] = "==== START logs for container web of pod shop/web-1 ====\nup\n==== END logs for container web of pod shop/web-1 ====\n"
	info["shop/web-1/web-previous.txt"] = sampleLog
	gathered["gather/quay-sha/namespaces/shop/pods/web-1/web/web/logs/previous.log"] = sampleLog
	bundle["bundle/cluster-resources/pods/logs/shop/web-1/web-previous.log"] = sampleLog
	bundle["bundle/cluster-resources/pods-errors.json"] = "{}"
	loose["shop/web-1/web-previous.log"] = sampleLog
	return map[string]map[string]string{
		"kubectl cluster-info dump": info, "must-gather": gathered, "support bundle": bundle, "a folder of kubectl get": loose,
	}
}

// forms write files as a folder and as each kind of archive; the path is what is opened.
func forms(t *testing.T, files map[string]string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var tarred, zipped bytes.Buffer
	tw, zw := tar.NewWriter(&tarred), zip.NewWriter(&zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		write("folder/"+name, []byte(text))
		if err := tw.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		_, _ = tw.Write([]byte(text))
		w, err := zw.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(text))
	}
	tw.Close()
	zw.Close()
	var gz bytes.Buffer
	g := gzip.NewWriter(&gz)
	_, _ = g.Write(tarred.Bytes())
	g.Close()
	return map[string]string{
		"folder": filepath.Join(dir, "folder"), "tar": write("d.tar", tarred.Bytes()), "tar.gz": write("d.tgz", gz.Bytes()), "zip": write("d.zip", zipped.Bytes()),
	}
}

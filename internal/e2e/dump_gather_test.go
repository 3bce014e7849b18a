//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/model"
)

// gathered is what a tool that makes dumps reads of a cluster.
type gathered struct {
	objects map[place][]map[string]any
	logs    map[instance]string
	kinds   map[string]schema.GroupVersionResource // by plural
}

// place is a plural and a namespace, which is empty for cluster-scoped kinds.
type place struct{ plural, namespace string }

// instance is a container's present or previous run.
type instance struct {
	namespace, pod, container string
	previous                  bool
}

// gather reads all objects that careen reads, custom resources too, and the logs of all
// containers.
func gather(t *testing.T) *gathered {
	t.Helper()
	g := &gathered{objects: map[place][]map[string]any{}, logs: map[instance]string{}, kinds: map[string]schema.GroupVersionResource{}}
	client, err := dynamic.NewForConfig(shared.Config(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	var namespaces []string
	list := func(gvr schema.GroupVersionResource, plural string, namespaced bool) *unstructured.UnstructuredList {
		all, err := client.Resource(gvr).List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		g.kinds[plural] = gvr
		if !namespaced {
			g.objects[place{plural, ""}] = nil
		}
		for _, ns := range namespaces {
			if namespaced {
				g.objects[place{plural, ns}] = nil // what is empty has a file as well
			}
		}
		for _, o := range all.Items {
			at := place{plural, o.GetNamespace()}
			g.objects[at] = append(g.objects[at], o.Object)
		}
		return all
	}
	for _, info := range model.Builtin {
		all := list(schema.GroupVersionResource{Group: info.Group, Version: info.Version, Resource: info.Resource}, info.Resource, info.Namespaced)
		switch info.Kind {
		case model.KindNamespace:
			for _, o := range all.Items {
				namespaces = append(namespaces, o.GetName())
			}
		case model.KindCRD:
			for _, o := range all.Items {
				group, _, _ := unstructured.NestedString(o.Object, "spec", "group")
				plural, _, _ := unstructured.NestedString(o.Object, "spec", "names", "plural")
				scope, _, _ := unstructured.NestedString(o.Object, "spec", "scope")
				versions, _, _ := unstructured.NestedSlice(o.Object, "spec", "versions")
				version := versions[0].(map[string]any)["name"].(string)
				list(schema.GroupVersionResource{Group: group, Version: version, Resource: plural}, plural+"."+group, scope == "Namespaced")
			}
		}
	}
	g.readLogs(t)
	return g
}

func (g *gathered) readLogs(t *testing.T) {
	pods := shared.Client(t).CoreV1()
	list, err := pods.Pods("").List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list.Items {
		for _, c := range slices.Concat(p.Spec.InitContainers, p.Spec.Containers) {
			for _, previous := range []bool{false, true} {
				text, err := pods.Pods(p.Namespace).GetLogs(p.Name, &corev1.PodLogOptions{Container: c.Name, Previous: previous}).DoRaw(context.WithoutCancel(t.Context()))
				if err == nil {
					g.logs[instance{p.Namespace, p.Name, c.Name, previous}] = string(text)
				}
			}
		}
	}
}

// bare is an object as printers write it, without managed fields.
func bare(o map[string]any) map[string]any {
	out := maps.Clone(o)
	meta, _ := out["metadata"].(map[string]any)
	meta = maps.Clone(meta)
	delete(meta, "managedFields")
	out["metadata"] = meta
	return out
}

func listed(kind string, items []map[string]any) map[string]any {
	if items == nil {
		items = []map[string]any{}
	}
	return map[string]any{"apiVersion": "v1", "kind": kind, "metadata": map[string]any{"resourceVersion": ""}, "items": items}
}

func bares(list []map[string]any) (out []map[string]any) {
	for _, o := range list {
		out = append(out, bare(o))
	}
	return out
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "    ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func asYAML(t *testing.T, v any) string {
	t.Helper()
	b, err := yaml.Marshal(v)
	if err != nil { // control characters, which YAML takes only as escapes
		return strings.ReplaceAll(asJSON(t, v), "\x7f", `\u007f`)
	}
	return string(b)
}

// kubectlGet is one list of everything: kubectl get KINDS -A --show-managed-fields -o json.
func (g *gathered) kubectlGet(t *testing.T) map[string]string {
	var all []map[string]any
	for _, items := range g.objects {
		all = append(all, items...)
	}
	return map[string]string{"all.json": asJSON(t, listed("List", all))}
}

// clusterInfo is what kubectl cluster-info dump --all-namespaces writes, with further
// files of the same kind beside its own.
func (g *gathered) clusterInfo(t *testing.T) map[string]string {
	out := map[string]string{}
	for at, items := range g.objects {
		name := strings.Replace(at.plural, "replicationcontrollers", "replication-controllers", 1) + ".json"
		out[filepath.Join(at.namespace, name)] = asJSON(t, listed("List", items))
	}
	for of, text := range g.logs {
		if !of.previous {
			name := filepath.Join(of.namespace, of.pod, "logs.txt")
			head := fmt.Sprintf("logs for container %s of pod %s/%s ====\n", of.container, of.namespace, of.pod)
			out[name] += "==== START " + head + text + "==== END " + head
		}
	}
	return out
}

// mustGather is what oc adm must-gather writes.
func (g *gathered) mustGather(t *testing.T) map[string]string {
	out := map[string]string{"must-gather.log": "gathering\n", "timestamp": "2026\n"}
	root := "must-gather.local.1/quay-io-sha256/"
	for at, items := range g.objects {
		group := g.kinds[at.plural].Group
		plural, _, _ := strings.Cut(at.plural, ".")
		if group == "" {
			group = "core"
		}
		if at.namespace != "" {
			out[root+"namespaces/"+at.namespace+"/"+group+"/"+plural+".yaml"] = "---\n" + asYAML(t, listed("List", items))
			continue
		}
		for _, o := range items {
			name := o["metadata"].(map[string]any)["name"].(string)
			out[root+"cluster-scoped-resources/"+group+"/"+plural+"/"+name+".yaml"] = "---\n" + asYAML(t, o)
		}
	}
	for of, text := range g.logs {
		name := "current.log"
		if of.previous {
			name = "previous.log"
		}
		out[root+"namespaces/"+of.namespace+"/pods/"+of.pod+"/"+of.container+"/"+of.container+"/logs/"+name] = text
	}
	return out
}

// bundle is what troubleshoot's clusterResources and logs collectors write, which read no
// Secrets; managed fields are left out.
func (g *gathered) bundle(t *testing.T) map[string]string {
	out := map[string]string{"support-bundle/version.yaml": "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec: {versionNumber: 0.1.0}\n"}
	root := "support-bundle/cluster-resources/"
	for at, items := range g.objects {
		name := root + at.plural
		switch {
		case at.plural == "secrets":
			continue
		case strings.Contains(at.plural, "."):
			name = root + "custom-resources/" + at.plural
		}
		if at.namespace != "" {
			name += "/" + at.namespace
		}
		out[name+".json"] = asJSON(t, listed("List", bares(items)))
	}
	for of, text := range g.logs {
		name := of.container
		if of.previous {
			name += "-previous"
		}
		out[root+"pods/logs/"+of.namespace+"/"+of.pod+"/"+name+".log"] = text
	}
	return out
}

// inFolder writes files below a new folder.
func inFolder(t *testing.T, files map[string]string) string {
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
	return dir
}

// inArchive writes files into a new .tar.gz.
func inArchive(t *testing.T, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	z.Close()
	path := filepath.Join(t.TempDir(), "dump.tar.gz")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

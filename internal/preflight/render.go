package preflight

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/model"
	careenrelease "github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Serving is what a server serves.
type Serving struct {
	Capabilities *chartutil.Capabilities
	kinds        map[served]kind
	partly       bool // some group did not answer
}

type served struct{ apiVersion, kind string }

type kind struct {
	resource   string
	namespaced bool
}

// Ask reads the server's version and the kinds that it serves.
func Ask(client discovery.DiscoveryInterface) (*Serving, error) {
	version, err := client.ServerVersion()
	if err != nil {
		return nil, fmt.Errorf("asking for the server's version: %w", err)
	}
	s := &Serving{kinds: map[served]kind{}}
	_, lists, err := client.ServerGroupsAndResources()
	if err != nil {
		if !discovery.IsGroupDiscoveryFailedError(err) {
			return nil, fmt.Errorf("asking for the kinds that the server serves: %w", err)
		}
		s.partly = true
	}
	s.learn(lists)
	versions, err := action.GetVersionSet(&known{client, lists})
	if err != nil {
		return nil, err
	}
	s.Capabilities = &chartutil.Capabilities{
		APIVersions: versions,
		KubeVersion: chartutil.KubeVersion{Version: version.GitVersion, Major: version.Major, Minor: version.Minor},
		HelmVersion: chartutil.DefaultCapabilities.HelmVersion,
	}
	return s, nil
}

func (s *Serving) learn(lists []*metav1.APIResourceList) {
	for _, list := range lists {
		for _, r := range list.APIResources {
			if !strings.Contains(r.Name, "/") {
				s.kinds[served{list.GroupVersion, r.Kind}] = kind{r.Name, r.Namespaced}
			}
		}
	}
}

// known answers Helm's question about versions with what was asked already.
type known struct {
	discovery.DiscoveryInterface
	lists []*metav1.APIResourceList
}

func (k *known) ServerGroupsAndResources() ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	groups, err := k.ServerGroups()
	if err != nil {
		return nil, nil, err
	}
	out := make([]*metav1.APIGroup, 0, len(groups.Groups))
	for i := range groups.Groups {
		out = append(out, &groups.Groups[i])
	}
	return out, k.lists, nil
}

// Object is one object that a chart declares.
type Object struct {
	*unstructured.Unstructured
	Ref      model.Ref
	Resource string // plural; empty where the server does not serve the kind
	Source   string // the template
	Hook     *release.Hook
	CRD      bool // it stands in the chart's crds folder
}

// Namespaced tells whether the object lives in a namespace.
func (o *Object) Namespaced() bool { return o.Ref.Namespace != "" }

// Rendered is what a chart declares.
type Rendered struct {
	Chart    *chart.Chart
	Objects  []*Object // in Helm's order of installation, hooks and definitions too
	Manifest string
	Hooks    []*release.Hook
}

// Request is what to render.
type Request struct {
	Chart              *chart.Chart
	Values             map[string]any
	Release, Namespace string
	Upgrade            bool
	Revision           int
	Config             *rest.Config // for lookup
	Serving            *Serving
}

// Render renders a chart as an install or upgrade would. The chart is changed by it:
// dependencies that conditions turn off are taken out.
func Render(r Request) (*Rendered, error) {
	if want := r.Chart.Metadata.KubeVersion; want != "" && !chartutil.IsCompatibleRange(want, r.Serving.Capabilities.KubeVersion.String()) {
		return nil, fmt.Errorf("the chart wants Kubernetes %s, the server is %s", want, r.Serving.Capabilities.KubeVersion.String())
	}
	if err := chartutil.ProcessDependenciesWithMerge(r.Chart, r.Values); err != nil {
		return nil, fmt.Errorf("resolving the chart's dependencies: %w", err)
	}
	values, err := chartutil.ToRenderValues(r.Chart, r.Values, chartutil.ReleaseOptions{
		Name: r.Release, Namespace: r.Namespace, Revision: max(r.Revision, 1), IsInstall: !r.Upgrade, IsUpgrade: r.Upgrade,
	}, r.Serving.Capabilities)
	if err != nil {
		return nil, fmt.Errorf("the values do not fit the chart: %w", err)
	}
	files, err := engine.New(r.Config).Render(r.Chart, values)
	if err != nil {
		return nil, fmt.Errorf("rendering the chart: %w", err)
	}
	return assemble(files, r)
}

// assemble sorts rendered files into objects and hooks.
func assemble(files map[string]string, r Request) (*Rendered, error) {
	for name := range files {
		if path.Base(name) == "NOTES.txt" {
			delete(files, name)
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, fmt.Errorf("reading the rendered chart: %w", err)
	}
	out := &Rendered{Chart: r.Chart, Hooks: hooks}
	for _, crd := range r.Chart.CRDObjects() {
		if err := out.add(string(crd.File.Data), crd.Filename, nil, true, r); err != nil {
			return nil, err
		}
	}
	var manifest strings.Builder
	for _, m := range manifests {
		fmt.Fprintf(&manifest, "---\n# Source: %s\n%s\n", m.Name, m.Content)
		if err := out.add(m.Content, m.Name, nil, false, r); err != nil {
			return nil, err
		}
	}
	for _, h := range hooks {
		if !slices.Contains(h.Events, release.HookTest) {
			if err := out.add(h.Manifest, h.Path, h, false, r); err != nil {
				return nil, err
			}
		}
	}
	out.Manifest = manifest.String()
	out.resolve(r)
	return out, nil
}

// add reads the documents of a template.
func (out *Rendered) add(text, source string, hook *release.Hook, crd bool, r Request) error {
	for _, doc := range split(text) {
		var m map[string]any
		if err := yaml.Unmarshal(doc, &m); err != nil {
			return fmt.Errorf("%s renders to what is no YAML: %w", source, err)
		}
		u := &unstructured.Unstructured{Object: m}
		if len(m) == 0 {
			continue
		}
		if u.IsList() {
			list, err := u.ToList()
			if err != nil {
				return fmt.Errorf("%s renders to a list that is none: %w", source, err)
			}
			for i := range list.Items {
				out.Objects = append(out.Objects, &Object{Unstructured: &list.Items[i], Source: source, Hook: hook, CRD: crd})
			}
			continue
		}
		if u.GetAPIVersion() == "" || u.GetKind() == "" || u.GetName() == "" && u.GetGenerateName() == "" {
			return fmt.Errorf("%s renders to an object without apiVersion, kind or name", source)
		}
		out.Objects = append(out.Objects, &Object{Unstructured: u, Source: source, Hook: hook, CRD: crd})
	}
	return nil
}

func split(text string) (docs [][]byte) {
	for doc := range strings.SplitSeq("\n"+text, "\n---") {
		if len(bytes.TrimSpace([]byte(doc))) > 0 {
			docs = append(docs, []byte(doc))
		}
	}
	return docs
}

// resolve fills in references and namespaces. A definition of the chart itself
// serves its kind too.
func (out *Rendered) resolve(r Request) {
	kinds := r.Serving.kinds
	own := map[served]kind{}
	for _, o := range out.Objects {
		if o.GetKind() != "CustomResourceDefinition" {
			continue
		}
		group, _, _ := unstructured.NestedString(o.Object, "spec", "group")
		plural, _, _ := unstructured.NestedString(o.Object, "spec", "names", "plural")
		name, _, _ := unstructured.NestedString(o.Object, "spec", "names", "kind")
		scope, _, _ := unstructured.NestedString(o.Object, "spec", "scope")
		versions, _, _ := unstructured.NestedSlice(o.Object, "spec", "versions")
		for _, v := range versions {
			if m, ok := v.(map[string]any); ok {
				own[served{fmt.Sprintf("%s/%v", group, m["name"]), name}] = kind{plural, scope == "Namespaced"}
			}
		}
	}
	for _, o := range out.Objects {
		key := served{o.GetAPIVersion(), o.GetKind()}
		k, ok := kinds[key]
		if !ok {
			k, ok = own[key]
		}
		o.Resource = k.resource
		name := o.GetName()
		if name == "" {
			name = o.GetGenerateName()
		}
		// A chart is a stranger's: what is shown of it is harmless from here on.
		o.Source = sanitize.Line(o.Source, 500)
		o.Ref = model.Ref{Kind: careenrelease.KindOf(sanitize.Line(o.GetAPIVersion(), 317), sanitize.Line(o.GetKind(), 100)), Name: sanitize.Line(name, 253)}
		namespaced := k.namespaced
		if info, builtin := model.Info(o.Ref.Kind); !ok && builtin {
			namespaced = info.Namespaced
		}
		if namespaced || !ok && o.GetNamespace() != "" {
			if o.GetNamespace() == "" {
				o.SetNamespace(r.Namespace)
			}
			o.Ref.Namespace = sanitize.Line(o.GetNamespace(), 253)
		}
	}
}

package box

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"
)

// render renders the chart as an install or an upgrade would.
func (s *server) render(r *Request) (*done, error) {
	c, err := s.chart()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	files, references, err := s.execute(c, r)
	if err != nil {
		return nil, err
	}
	d := &done{References: references}
	if r.Twice && time.Since(begun) < patience/10 {
		d.Varying = s.varying(files, r)
	}
	out := &output{server: s}
	manifest, hooks, err := out.assemble(c, files)
	if err != nil {
		return nil, err
	}
	d.RecordSize, d.Largest, err = record(c, r, manifest, hooks)
	return d, err
}

// execute runs the templates. The chart is changed by it: dependencies that
// conditions turn off are taken out.
func (s *server) execute(c *chart.Chart, r *Request) (map[string]string, []Reference, error) {
	capabilities := &chartutil.Capabilities{
		KubeVersion: r.Kubernetes, APIVersions: r.APIVersions, HelmVersion: chartutil.DefaultCapabilities.HelmVersion,
	}
	if wanted := c.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, r.Kubernetes.String()) {
		return nil, nil, fmt.Errorf("the chart needs Kubernetes %s, and the server is %s", wanted, r.Kubernetes.String())
	}
	values := copied(r.Values)
	if err := chartutil.ProcessDependenciesWithMerge(c, values); err != nil {
		return nil, nil, fmt.Errorf("resolving the chart's dependencies: %w", err)
	}
	const withoutSchemas = true // which would be read from anywhere
	top, err := chartutil.ToRenderValuesWithSchemaValidation(c, values, chartutil.ReleaseOptions{
		Name: r.Release, Namespace: r.Namespace, Revision: max(r.Revision, 1), IsInstall: !r.Upgrade, IsUpgrade: r.Upgrade,
	}, capabilities, withoutSchemas)
	if err != nil {
		return nil, nil, fmt.Errorf("the values do not fit the chart: %w", err)
	}
	v := &validation{}
	if merged, ok := top["Values"].(chartutil.Values); ok {
		v.chart(c, merged)
	}
	if len(v.problems) > 0 {
		return nil, nil, fmt.Errorf("the values do not fit the chart's schema:\n%s", strings.Join(v.problems, "\n"))
	}
	files, err := engine.RenderWithClientProvider(c, top, &cluster{s.parent, 0})
	if err != nil {
		return nil, nil, fmt.Errorf("rendering the chart: %w", err)
	}
	size := 0
	for name, text := range files {
		if size += len(text); size > maxOutput {
			return nil, nil, fmt.Errorf("the chart renders to more than %d MiB", maxOutput>>20)
		}
		if path.Base(name) == "NOTES.txt" {
			delete(files, name)
		}
	}
	return files, v.references, nil
}

// varying names the templates that render to something else the second time: they
// make up passwords, certificates or names, or print the time.
func (s *server) varying(files map[string]string, r *Request) (names []string) {
	c, err := s.chart()
	if err != nil {
		return nil
	}
	again, _, err := s.execute(c, r)
	if err != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if files[name] != again[name] {
			names = append(names, name)
		}
	}
	return names
}

// assemble sorts what was rendered as Helm does, and sends its objects. It returns
// what of it a record holds.
func (out *output) assemble(c *chart.Chart, files map[string]string) (string, []*release.Hook, error) {
	documents := 0
	for _, text := range files {
		documents += strings.Count(text, "\n---")
	}
	if documents > 4*maxObjects { // many of them may be empty
		return "", nil, errTooMany
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return "", nil, fmt.Errorf("reading the rendered chart: %w", err)
	}
	for _, crd := range c.CRDObjects() {
		if err := out.add(string(crd.File.Data), Object{Source: crd.Filename, CRD: true}); err != nil {
			return "", nil, err
		}
	}
	var manifest strings.Builder
	for _, m := range manifests {
		fmt.Fprintf(&manifest, "---\n# Source: %s\n%s\n", m.Name, m.Content)
		if err := out.add(m.Content, Object{Source: m.Name}); err != nil {
			return "", nil, err
		}
	}
	for _, h := range hooks {
		if slices.Contains(h.Events, release.HookTest) {
			continue
		}
		hook := &Hook{Weight: h.Weight}
		for _, e := range h.Events {
			hook.Events = append(hook.Events, e.String())
		}
		if err := out.add(h.Manifest, Object{Source: h.Path, Hook: hook}); err != nil {
			return "", nil, err
		}
	}
	return manifest.String(), hooks, nil
}

var errTooMany = fmt.Errorf("the chart renders to more than %d objects", maxObjects)

// copied is a deep copy of values: Helm changes what it is given.
func copied(in map[string]any) map[string]any {
	out := make(map[string]any, len(in))
	for k, v := range in {
		out[k] = copiedValue(v)
	}
	return out
}

func copiedValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return copied(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = copiedValue(v[i])
		}
		return out
	}
	return v
}

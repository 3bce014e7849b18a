package demo

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/kube"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"
	"helm.sh/helm/v3/pkg/storage/driver"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/resource"

	engine "github.com/careen-tui/careen/internal/render"
)

// newest returns the newest release of the name, and the one that is deployed, which an
// upgrade starts from.
func (d *deployment) newest() (last, deployed *release.Release, err error) {
	last, err = d.Releases.Last(d.name)
	switch {
	case errors.Is(err, driver.ErrReleaseNotFound):
		return nil, nil, driver.NewErrNoDeployedReleases(d.name)
	case err != nil:
		return nil, nil, err
	case last.Info.Status.IsPending():
		return nil, nil, errors.New("another operation (install/upgrade/rollback) is in progress")
	case last.Info.Status == release.StatusDeployed:
		return last, last, nil
	}
	deployed, err = d.Releases.Deployed(d.name)
	if errors.Is(err, driver.ErrNoDeployedReleases) && (last.Info.Status == release.StatusFailed || last.Info.Status == release.StatusSuperseded) {
		return last, last, nil
	}
	return last, deployed, err
}

// render renders a release's chart into its manifest, its hooks and its notes.
func (d *deployment) render(rel *release.Release, o chartutil.ReleaseOptions) error {
	if err := chartutil.ProcessDependenciesWithMerge(rel.Chart, rel.Config); err != nil {
		return err
	}
	capabilities, err := d.capabilities()
	if err != nil {
		return err
	}
	o.Name, o.Namespace, o.Revision = rel.Name, rel.Namespace, rel.Version
	top, err := chartutil.ToRenderValues(rel.Chart, rel.Config, o, capabilities)
	if err != nil {
		return err
	}
	files, err := engine.Chart(rel.Chart, top, nil)
	if err != nil {
		return err
	}
	notes := path.Join(rel.Chart.Name(), "templates", "NOTES.txt")
	rel.Info.Notes = files[notes]
	maps.DeleteFunc(files, func(name, _ string) bool { return path.Base(name) == "NOTES.txt" })
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, m := range manifests {
		fmt.Fprintf(&b, "---\n# Source: %s\n%s\n", m.Name, m.Content)
	}
	rel.Hooks, rel.Manifest = hooks, b.String()
	return nil
}

func (d *deployment) capabilities() (*chartutil.Capabilities, error) {
	served, err := d.RESTClientGetter.ToDiscoveryClient()
	if err != nil {
		return nil, err
	}
	served.Invalidate()
	version, err := served.ServerVersion()
	if err != nil {
		return nil, fmt.Errorf("could not get server version from Kubernetes: %w", err)
	}
	versions, err := action.GetVersionSet(served)
	if err != nil {
		return nil, fmt.Errorf("could not get apiVersions from Kubernetes: %w", err)
	}
	return &chartutil.Capabilities{
		APIVersions: versions, HelmVersion: chartutil.DefaultCapabilities.HelmVersion,
		KubeVersion: chartutil.KubeVersion{Version: version.GitVersion, Major: version.Major, Minor: version.Minor},
	}, nil
}

// build makes a release's objects, and marks them as its own.
func (d *deployment) build(rel *release.Release) (kube.ResourceList, error) {
	const validated = false // against the server's OpenAPI: the server validates anyway
	list, err := d.KubeClient.Build(strings.NewReader(rel.Manifest), validated)
	if err != nil {
		return nil, err
	}
	return list, list.Visit(func(info *resource.Info, err error) error {
		if err != nil {
			return err
		}
		return owned(info.Object, rel)
	})
}

var accessor = meta.NewAccessor()

const (
	managedBy   = "app.kubernetes.io/managed-by"
	byHelm      = "Helm"
	nameOf      = "meta.helm.sh/release-name"
	namespaceOf = "meta.helm.sh/release-namespace"
)

func owned(object runtime.Object, rel *release.Release) error {
	labels, err := accessor.Labels(object)
	if err != nil {
		return err
	}
	annotations, err := accessor.Annotations(object)
	if err != nil {
		return err
	}
	both := func(a, b map[string]string) map[string]string {
		out := map[string]string{}
		maps.Copy(out, a)
		maps.Copy(out, b)
		return out
	}
	if err := accessor.SetLabels(object, both(labels, map[string]string{managedBy: byHelm})); err != nil {
		return err
	}
	return accessor.SetAnnotations(object, both(annotations, map[string]string{nameOf: rel.Name, namespaceOf: rel.Namespace}))
}

// missing are the resources of a list that another does not have.
func missing(from, of kube.ResourceList) (list kube.ResourceList) {
	key := func(r *resource.Info) string {
		kind := r.Object.GetObjectKind().GroupVersionKind()
		return strings.Join([]string{kind.GroupVersion().String(), kind.Kind, r.Namespace, r.Name}, "/")
	}
	has := map[string]bool{}
	for _, r := range from {
		has[key(r)] = true
	}
	for _, r := range of {
		if !has[key(r)] {
			list.Append(r)
		}
	}
	return list
}

// existing are those that are there already, and the release's own; one that is not its
// own is an error.
func existing(resources kube.ResourceList, rel *release.Release) (list kube.ResourceList, err error) {
	err = resources.Visit(func(info *resource.Info, err error) error {
		if err != nil {
			return err
		}
		_, kind := info.Mapping.GroupVersionKind.ToAPIVersionAndKind()
		what := fmt.Sprintf("%s %q in namespace %q", kind, info.Name, info.Namespace)
		object, err := resource.NewHelper(info.Client, info.Mapping).Get(info.Namespace, info.Name)
		switch {
		case apierrors.IsNotFound(err):
			return nil
		case err != nil:
			return fmt.Errorf("could not get information about the resource %s: %w", what, err)
		}
		labels, err := accessor.Labels(object)
		if err != nil {
			return err
		}
		annotations, err := accessor.Annotations(object)
		if err != nil {
			return err
		}
		if labels[managedBy] != byHelm || annotations[nameOf] != rel.Name || annotations[namespaceOf] != rel.Namespace {
			return fmt.Errorf("%s exists and cannot be imported into the current release: invalid ownership metadata", what)
		}
		list.Append(info)
		return nil
	})
	return list, err
}

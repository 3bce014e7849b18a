package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/kube"
	"helm.sh/helm/v3/pkg/release"
)

// deployment does what helm install and helm upgrade do, without the flags that no
// incident needs. The steps and their order, what is written down and in which words, are
// those of Helm 3.22 (pkg/action, install.go and upgrade.go); the records, the client and
// the waiting are Helm's own. It is not Helm's action itself because that renders by
// text/template, with which the linker can leave out no method of the whole program
// (package template).
type deployment struct {
	*action.Configuration
	helm helm
	name string
}

// install is action.Install.RunWithContext.
func (d *deployment) install(ctx context.Context, c *chart.Chart, v values) (*release.Release, error) {
	if err := d.KubeClient.IsReachable(); err != nil {
		return nil, err
	}
	if err := chartutil.ValidateReleaseName(d.name); err != nil {
		return nil, fmt.Errorf("release name %q: %w", d.name, err)
	}
	if history, err := d.Releases.History(d.name); err == nil && len(history) > 0 {
		return nil, errors.New("cannot re-use a name that is still in use")
	}
	now := d.Now()
	rel := &release.Release{
		Name: d.name, Namespace: d.helm.namespace, Chart: c, Config: v, Version: 1,
		Info: &release.Info{FirstDeployed: now, LastDeployed: now, Status: release.StatusUnknown},
	}
	if err := d.render(rel, chartutil.ReleaseOptions{IsInstall: true}); err != nil {
		rel.SetStatus(release.StatusFailed, "failed to render resource: "+err.Error())
		return rel, err
	}
	rel.SetStatus(release.StatusPendingInstall, "Initial install underway")
	resources, err := d.build(rel)
	if err != nil {
		return nil, fmt.Errorf("unable to build kubernetes objects from release manifest: %w", err)
	}
	adopted, err := existing(resources, rel)
	if err != nil {
		return nil, fmt.Errorf("Unable to continue with install: %w", err) //nolint:staticcheck // Helm's words
	}
	if err := d.Releases.Create(rel); err != nil {
		return rel, err
	}
	err = within(ctx, func() error { return d.performInstall(rel, adopted, resources) })
	if err != nil {
		rel.SetStatus(release.StatusFailed, fmt.Sprintf("Release %q failed: %s", d.name, err))
		d.record(rel)
	}
	return rel, err
}

func (d *deployment) performInstall(rel *release.Release, adopted, resources kube.ResourceList) error {
	if err := d.runHooks(rel, release.HookPreInstall); err != nil {
		return fmt.Errorf("failed pre-install: %w", err)
	}
	var err error
	switch {
	case len(resources) == 0:
	case len(adopted) == 0:
		_, err = d.KubeClient.Create(resources)
	default:
		_, err = d.KubeClient.Update(adopted, resources, false)
	}
	if err != nil {
		return err
	}
	if err := d.runHooks(rel, release.HookPostInstall); err != nil {
		return fmt.Errorf("failed post-install: %w", err)
	}
	rel.SetStatus(release.StatusDeployed, d.described("Install complete"))
	d.record(rel)
	return nil
}

// upgrade is action.Upgrade.RunWithContext.
func (d *deployment) upgrade(ctx context.Context, c *chart.Chart, v values) (*release.Release, error) {
	if err := d.KubeClient.IsReachable(); err != nil {
		return nil, err
	}
	if err := chartutil.ValidateReleaseName(d.name); err != nil {
		return nil, fmt.Errorf("release name is invalid: %s", d.name)
	}
	last, current, err := d.newest()
	if err != nil {
		return nil, err
	}
	if len(v) == 0 && len(current.Config) > 0 {
		v = current.Config
	}
	rel := &release.Release{
		Name: d.name, Namespace: current.Namespace, Chart: c, Config: v, Version: last.Version + 1, Labels: last.Labels,
		Info: &release.Info{
			FirstDeployed: current.Info.FirstDeployed, LastDeployed: d.Now(), Status: release.StatusPendingUpgrade, Description: "Preparing upgrade",
		},
	}
	if err := d.render(rel, chartutil.ReleaseOptions{IsUpgrade: true}); err != nil {
		return nil, err
	}
	old, err := d.KubeClient.Build(strings.NewReader(current.Manifest), false)
	if err != nil {
		return rel, fmt.Errorf("unable to build kubernetes objects from current release manifest: %w", err)
	}
	target, err := d.build(rel)
	if err != nil {
		return rel, fmt.Errorf("unable to build kubernetes objects from new release manifest: %w", err)
	}
	adopted, err := existing(missing(old, target), rel)
	if err != nil {
		return nil, fmt.Errorf("Unable to continue with update: %w", err) //nolint:staticcheck // Helm's words
	}
	for _, r := range adopted {
		old.Append(r)
	}
	if err := d.Releases.Create(rel); err != nil {
		return nil, err
	}
	err = within(ctx, func() error { return d.performUpgrade(current, rel, old, target) })
	if err != nil {
		rel.Info.Status, rel.Info.Description = release.StatusFailed, fmt.Sprintf("Upgrade %q failed: %s", d.name, err)
		d.record(rel)
		return rel, err
	}
	return rel, d.Releases.Update(rel)
}

func (d *deployment) performUpgrade(current, rel *release.Release, old, target kube.ResourceList) error {
	if err := d.runHooks(rel, release.HookPreUpgrade); err != nil {
		return fmt.Errorf("pre-upgrade hooks failed: %w", err)
	}
	if _, err := d.KubeClient.Update(old, target, false); err != nil {
		d.record(current)
		return err
	}
	if err := d.runHooks(rel, release.HookPostUpgrade); err != nil {
		return fmt.Errorf("post-upgrade hooks failed: %w", err)
	}
	current.Info.Status = release.StatusSuperseded
	d.record(current)
	rel.Info.Status, rel.Info.Description = release.StatusDeployed, d.described("Upgrade complete")
	return nil
}

func (d *deployment) described(otherwise string) string {
	if d.helm.about != "" {
		return d.helm.about
	}
	return otherwise
}

// record updates a release's record. As in Helm, what cannot be written down is not told.
func (d *deployment) record(rel *release.Release) {
	if err := d.Releases.Update(rel); err != nil {
		d.Log("warning: Failed to update release %s: %s", rel.Name, err)
	}
}

// within returns when work does, or when ctx ends: the work goes on then.
func within(ctx context.Context, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-done:
		return err
	}
}

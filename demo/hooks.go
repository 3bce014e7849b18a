package demo

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/kube"
	"helm.sh/helm/v3/pkg/release"
	helmtime "helm.sh/helm/v3/pkg/time"
)

// runHooks is execHook of Helm (pkg/action/hooks.go), but for the logs of hooks, which no
// chart here asks for.
func (d *deployment) runHooks(rel *release.Release, event release.HookEvent) error {
	var hooks []*release.Hook
	for _, h := range rel.Hooks {
		if slices.Contains(h.Events, event) {
			hooks = append(hooks, h)
		}
	}
	slices.SortStableFunc(hooks, func(a, b *release.Hook) int {
		if a.Weight != b.Weight {
			return a.Weight - b.Weight
		}
		return strings.Compare(a.Name, b.Name)
	})
	for i, h := range hooks {
		if err := d.runHook(rel, h, event); err != nil {
			if errors.Is(err, errHookFailed) {
				for _, before := range hooks[:i] {
					if err := d.deleteHook(before, release.HookSucceeded); err != nil {
						return err
					}
				}
			}
			return err
		}
	}
	for _, h := range slices.Backward(hooks) {
		if err := d.deleteHook(h, release.HookSucceeded); err != nil {
			return err
		}
	}
	return nil
}

// errHookFailed is in the error of a hook that was made, and did not complete.
var errHookFailed = errors.New("the hook failed")

type hookFailure struct{ error }

func (f hookFailure) Unwrap() []error { return []error{f.error, errHookFailed} }

func (d *deployment) runHook(rel *release.Release, h *release.Hook, event release.HookEvent) error {
	if len(h.DeletePolicies) == 0 {
		h.DeletePolicies = []release.HookDeletePolicy{release.HookBeforeHookCreation}
	}
	if err := d.deleteHook(h, release.HookBeforeHookCreation); err != nil {
		return err
	}
	resources, err := d.KubeClient.Build(strings.NewReader(h.Manifest), true)
	if err != nil {
		return fmt.Errorf("unable to build kubernetes object for %s hook %s: %w", event, h.Path, err)
	}
	h.LastRun = release.HookExecution{StartedAt: helmtime.Now(), Phase: release.HookPhaseRunning}
	d.record(rel)
	h.LastRun.Phase = release.HookPhaseUnknown // unless something is known below
	if _, err := d.KubeClient.Create(resources); err != nil {
		h.LastRun.CompletedAt, h.LastRun.Phase = helmtime.Now(), release.HookPhaseFailed
		return fmt.Errorf("warning: Hook %s %s failed: %w", event, h.Path, err)
	}
	err = d.KubeClient.WatchUntilReady(resources, d.helm.timeout)
	h.LastRun.CompletedAt = helmtime.Now()
	if err != nil {
		h.LastRun.Phase = release.HookPhaseFailed
		if err := d.deleteHook(h, release.HookFailed); err != nil {
			d.Log("error deleting the hook resource on hook failure: %v", err)
		}
		return hookFailure{err}
	}
	h.LastRun.Phase = release.HookPhaseSucceeded
	return nil
}

// deleteHook deletes a hook that has that policy, and waits until it is gone.
func (d *deployment) deleteHook(h *release.Hook, policy release.HookDeletePolicy) error {
	if h.Kind == "CustomResourceDefinition" || !slices.Contains(h.DeletePolicies, policy) {
		return nil
	}
	resources, err := d.KubeClient.Build(strings.NewReader(h.Manifest), false)
	if err != nil {
		return fmt.Errorf("unable to build kubernetes object for deleting hook %s: %w", h.Path, err)
	}
	if _, errs := d.KubeClient.Delete(resources); len(errs) > 0 {
		return errors.Join(errs...)
	}
	if client, ok := d.KubeClient.(kube.InterfaceExt); ok {
		return client.WaitForDelete(resources, d.helm.timeout)
	}
	return nil
}

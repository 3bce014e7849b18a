package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/kube"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"
	"k8s.io/client-go/rest"
)

// values are what a person would put into values.yaml.
type values = map[string]any

// helm is Helm's client in one namespace, as one account. Its methods do what the
// commands of the same name do.
type helm struct {
	planter   *Planter
	config    *rest.Config
	namespace string
	driver    string
	timeout   time.Duration
	about     string
}

var nameFieldManager = sync.OnceFunc(func() {
	if kube.ManagedFieldsManager == "" {
		kube.ManagedFieldsManager = "helm"
	}
})

func (p *Planter) helm(namespace string) helm {
	nameFieldManager()
	return helm{planter: p, config: p.config, namespace: namespace, driver: "secret", timeout: patience}
}

func (h helm) as(config *rest.Config) helm {
	h.config = config
	return h
}

// storing keeps the records as HELM_DRIVER says.
func (h helm) storing(driver string) helm {
	h.driver = driver
	return h
}

// described is helm's --description.
func (h helm) described(text string) helm {
	h.about = text
	return h
}

func (h helm) open() (*action.Configuration, error) {
	configuration := &action.Configuration{}
	g := getter{config: h.config, namespace: h.namespace, served: h.planter.served, mapper: h.planter.mapper}
	quiet := func(string, ...any) {}
	if err := configuration.Init(g, h.namespace, h.driver, quiet); err != nil {
		return nil, fmt.Errorf("preparing Helm for namespace %s: %w", h.namespace, err)
	}
	return configuration, nil
}

func (h helm) install(ctx context.Context, name, chartName string, v values) (*release.Release, error) {
	configuration, err := h.open()
	if err != nil {
		return nil, err
	}
	loaded, err := Chart(chartName)
	if err != nil {
		return nil, err
	}
	install := action.NewInstall(configuration)
	install.ReleaseName, install.Namespace = name, h.namespace
	install.Timeout, install.Description = h.timeout, h.about
	install.DisableOpenAPIValidation = true
	done, err := install.RunWithContext(ctx, loaded, v)
	if err != nil {
		return done, fmt.Errorf("helm install %s: %w", name, err)
	}
	return done, nil
}

func (h helm) upgrade(ctx context.Context, name, chartName string, v values) (*release.Release, error) {
	configuration, err := h.open()
	if err != nil {
		return nil, err
	}
	loaded, err := Chart(chartName)
	if err != nil {
		return nil, err
	}
	upgrade := action.NewUpgrade(configuration)
	upgrade.Namespace = h.namespace
	upgrade.Timeout = h.timeout
	upgrade.DisableOpenAPIValidation = true
	done, err := upgrade.RunWithContext(ctx, name, loaded, v)
	if err != nil {
		return done, fmt.Errorf("helm upgrade %s: %w", name, err)
	}
	return done, nil
}

// upgradeInstall is helm upgrade --install: it looks into the history, and installs
// where there is none.
func (h helm) upgradeInstall(ctx context.Context, name, chartName string, v values) (*release.Release, error) {
	configuration, err := h.open()
	if err != nil {
		return nil, err
	}
	_, err = configuration.Releases.History(name)
	switch {
	case errors.Is(err, driver.ErrReleaseNotFound):
		return h.install(ctx, name, chartName, v)
	case err != nil:
		return nil, fmt.Errorf("helm upgrade --install %s: %w", name, err)
	}
	return h.upgrade(ctx, name, chartName, v)
}

func (h helm) uninstall(name string) error {
	configuration, err := h.open()
	if err != nil {
		return err
	}
	uninstall := action.NewUninstall(configuration)
	uninstall.Timeout = h.timeout
	if _, err := uninstall.Run(name); err != nil {
		return fmt.Errorf("helm uninstall %s: %w", name, err)
	}
	return nil
}

// installReady installs, and returns when the release's workloads are ready.
func (h helm) installReady(ctx context.Context, name, chartName string, v values) error {
	if _, err := h.install(ctx, name, chartName, v); err != nil {
		return err
	}
	return h.planter.awaitReady(ctx, h.namespace)
}

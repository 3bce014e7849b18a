// Package helm gives Helm's own actions what they work with.
package helm

import (
	"fmt"
	"io"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/kube"
	"helm.sh/helm/v3/pkg/storage"
	"helm.sh/helm/v3/pkg/storage/driver"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

// Configuration is what action.Configuration.Init makes, for records in Secrets, or in
// ConfigMaps where inConfigMaps. Init itself knows databases as well, which careen does
// not reach: without it the linker leaves their drivers out.
func Configuration(getter genericclioptions.RESTClientGetter, namespace string, inConfigMaps bool, log action.DebugLog) (*action.Configuration, error) {
	client := &kube.Client{Factory: factory{getter}, Log: log}
	typed, err := client.Factory.KubernetesClientSet()
	if err != nil {
		return nil, fmt.Errorf("preparing Helm: %w", err)
	}
	var records driver.Driver
	if inConfigMaps {
		d := driver.NewConfigMaps(typed.CoreV1().ConfigMaps(namespace))
		d.Log, records = log, d
	} else {
		d := driver.NewSecrets(typed.CoreV1().Secrets(namespace))
		d.Log, records = log, d
	}
	return &action.Configuration{
		RESTClientGetter: getter, KubeClient: client, Releases: storage.Init(records), Log: log,
		HookOutputFunc: func(_, _, _ string) io.Writer { return io.Discard },
	}, nil
}

package project

import (
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/careen-tui/careen/internal/hosts"
)

const (
	maxRegistries    = 64
	maxDockerConfigs = 256 << 10 // bytes of one that is looked at
)

// registries are the hosts that a pull secret holds logins for, and nothing else of
// it: the names of its auths, which may be URLs.
func registries(o *corev1.Secret) (out []string) {
	var config struct {
		Auths map[string]struct{} `json:"auths"`
	}
	switch o.Type {
	case corev1.SecretTypeDockerConfigJson:
		raw := o.Data[corev1.DockerConfigJsonKey]
		if len(raw) > maxDockerConfigs || json.Unmarshal(raw, &config) != nil {
			return nil
		}
	case corev1.SecretTypeDockercfg:
		raw := o.Data[corev1.DockerConfigKey]
		if len(raw) > maxDockerConfigs || json.Unmarshal(raw, &config.Auths) != nil {
			return nil
		}
	}
	for key := range config.Auths {
		if host := name(hosts.Authority(key)); host != "" && !slices.Contains(out, host) {
			out = append(out, host)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), maxRegistries)]
}

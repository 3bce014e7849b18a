package standin

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// reference is a pod's mention of a Secret or a ConfigMap.
type reference struct {
	secret   bool
	name     string
	keys     []string // that must be in it
	optional bool
	volume   string // the volume that it fills, if it does
}

func secretReference(name string, optional *bool, keys ...string) reference {
	return reference{secret: true, name: name, keys: keys, optional: optional != nil && *optional}
}

func configMapReference(name string, optional *bool, keys ...string) reference {
	return reference{name: name, keys: keys, optional: optional != nil && *optional}
}

// environmentReferences are those of a container's environment, in the order in
// which a kubelet resolves them.
func environmentReferences(container corev1.Container) []reference {
	var out []reference
	for _, from := range container.EnvFrom {
		if r := from.ConfigMapRef; r != nil {
			out = append(out, configMapReference(r.Name, r.Optional))
		}
		if r := from.SecretRef; r != nil {
			out = append(out, secretReference(r.Name, r.Optional))
		}
	}
	for _, variable := range container.Env {
		if variable.ValueFrom == nil {
			continue
		}
		if r := variable.ValueFrom.ConfigMapKeyRef; r != nil {
			out = append(out, configMapReference(r.Name, r.Optional, r.Key))
		}
		if r := variable.ValueFrom.SecretKeyRef; r != nil {
			out = append(out, secretReference(r.Name, r.Optional, r.Key))
		}
	}
	return out
}

// volumeReferences are those of a pod's volumes, without the authority that
// every pod has.
func volumeReferences(pod *corev1.Pod) []reference {
	var out []reference
	add := func(volume string, r reference) {
		r.volume = volume
		out = append(out, r)
	}
	for _, volume := range pod.Spec.Volumes {
		if r := volume.Secret; r != nil {
			add(volume.Name, secretReference(r.SecretName, r.Optional, paths(r.Items)...))
		}
		if r := volume.ConfigMap; r != nil {
			add(volume.Name, configMapReference(r.Name, r.Optional, paths(r.Items)...))
		}
		if volume.Projected == nil {
			continue
		}
		for _, source := range volume.Projected.Sources {
			if r := source.Secret; r != nil {
				add(volume.Name, secretReference(r.Name, r.Optional, paths(r.Items)...))
			}
			if r := source.ConfigMap; r != nil && r.Name != rootCA {
				add(volume.Name, configMapReference(r.Name, r.Optional, paths(r.Items)...))
			}
		}
	}
	return out
}

func paths(items []corev1.KeyToPath) []string {
	var out []string
	for _, item := range items {
		out = append(out, item.Key)
	}
	return out
}

// check returns nil when the reference can be resolved in the namespace, and
// otherwise what a kubelet says of it.
func (r reference) check(ctx context.Context, client kubernetes.Interface, namespace string) error {
	has, err := r.read(ctx, client, namespace)
	if err != nil {
		if r.optional && apierrors.IsNotFound(err) {
			return nil
		}
		return plainNotFound(err, r)
	}
	if r.optional {
		return nil
	}
	for _, key := range r.keys {
		if has(key) {
			continue
		}
		switch {
		case r.volume != "" && r.secret:
			return fmt.Errorf("references non-existent secret key: %s", key)
		case r.volume != "":
			return fmt.Errorf("configmap references non-existent config key: %s", key)
		case r.secret:
			return fmt.Errorf("couldn't find key %v in Secret %v/%v", key, namespace, r.name)
		default:
			return fmt.Errorf("couldn't find key %v in ConfigMap %v/%v", key, namespace, r.name)
		}
	}
	return nil
}

func (r reference) read(ctx context.Context, client kubernetes.Interface, namespace string) (func(string) bool, error) {
	if r.secret {
		secret, err := client.CoreV1().Secrets(namespace).Get(ctx, r.name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		return func(key string) bool { _, ok := secret.Data[key]; return ok }, nil
	}
	config, err := client.CoreV1().ConfigMaps(namespace).Get(ctx, r.name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return func(key string) bool {
		_, text := config.Data[key]
		_, binary := config.BinaryData[key]
		return text || binary
	}, nil
}

// plainNotFound says what a kubelet says, which reads through a cache whose errors
// call a kind by its singular: secret "x" not found.
func plainNotFound(err error, r reference) error {
	if !apierrors.IsNotFound(err) {
		return err
	}
	kind := "configmap"
	if r.secret {
		kind = "secret"
	}
	return errors.New(kind + fmt.Sprintf(" %q not found", r.name))
}

package project

import (
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
)

func TestOfAPullSecretTheHostsAreKept(t *testing.T) {
	const sentinel = "S3ntin3lV4lue"
	for _, tt := range []struct {
		name, typ, key, text string
		want                 []string
	}{
		{"json", string(corev1.SecretTypeDockerConfigJson), corev1.DockerConfigJsonKey, `{"auths":{"https://index.docker.io/v1/":{"auth":"` + sentinel + `"},"ghcr.io":{"password":"` + sentinel + `"},"https://x:` + sentinel + `@quay.io/acme":{}}}`, []string{"ghcr.io", "index.docker.io", "quay.io"}},
		{"the old form", string(corev1.SecretTypeDockercfg), corev1.DockerConfigKey, `{"registry.example:5000":{"auth":"` + sentinel + `"}}`, []string{"registry.example:5000"}},
		{"no JSON", string(corev1.SecretTypeDockerConfigJson), corev1.DockerConfigJsonKey, sentinel, nil},
		{"another type", "Opaque", corev1.DockerConfigJsonKey, `{"auths":{"ghcr.io":{}}}`, nil},
		{"too large", string(corev1.SecretTypeDockerConfigJson), corev1.DockerConfigJsonKey, `{"auths":{"ghcr.io":{}},"x":"` + strings.Repeat("y", maxDockerConfigs) + `"}`, nil},
	} {
		row, _ := New([]byte("salt")).Object(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s", Namespace: "n"}, Type: corev1.SecretType(tt.typ), Data: map[string][]byte{tt.key: []byte(tt.text)}})
		if got := row.(*model.Secret).Registries; !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

package connect

import (
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func TestGetterIsGuardedAndInItsNamespace(t *testing.T) {
	url, reached := counting(t)
	g := connection(t, &rest.Config{Host: url}, ReadOnly).Getter("prod")
	if ns, overridden, err := g.ToRawKubeConfigLoader().Namespace(); ns != "prod" || !overridden || err != nil {
		t.Errorf("namespace %q, %v, %v", ns, overridden, err)
	}
	c, err := g.ToRESTConfig()
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CoreV1().Secrets("prod").Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s"}}, metav1.CreateOptions{})
	var refused *RefusedError
	if !errors.As(err, &refused) || reached.Load() != 0 {
		t.Errorf("a create left: %v", err)
	}
}

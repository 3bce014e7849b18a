package cluster

import (
	"errors"
	"testing"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/internal/model"
)

func TestGetterIsGuardedAndInItsNamespace(t *testing.T) {
	f := newFake(t)
	s := f.open(Options{Kinds: []model.Kind{model.KindNamespace}, Mode: ReadOnly}, quietFor)
	g := s.Getter("prod")
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
	_, err = client.CoreV1().Secrets("prod").Create(t.Context(), &core.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s"}}, metav1.CreateOptions{})
	var refused *RefusedError
	if !errors.As(err, &refused) || f.sent("create secrets") != 0 {
		t.Errorf("a create left: %v", err)
	}
}

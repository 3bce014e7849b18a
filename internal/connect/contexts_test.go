package connect

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"k8s.io/cli-runtime/pkg/genericclioptions"
)

const twoOfEach = `apiVersion: v1
kind: Config
clusters:
- {name: a, cluster: {server: "https://A.example:443/"}}
- {name: a-again, cluster: {server: "https://a.example"}}
- {name: b, cluster: {server: "https://b.example"}}
users:
- {name: ci, user: {token: x}}
- {name: ci-again, user: {token: x}}
- {name: admin, user: {token: other}}
contexts:
- {name: one, context: {cluster: a, user: ci}}
- {name: other-namespace, context: {cluster: a, user: ci, namespace: shop}}
- {name: other-names, context: {cluster: a-again, user: ci-again}}
- {name: other-user, context: {cluster: a, user: admin}}
- {name: other-server, context: {cluster: b, user: ci}}
- {name: dangling, context: {cluster: gone, user: ci}}
- {name: dangling-too, context: {cluster: gone, user: ci}}
- {name: no-user, context: {cluster: a}}
- {name: lost-user, context: {cluster: a, user: gone}}
`

func TestContextsThatAreTheSame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte(twoOfEach), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &path
	c, err := ReadContexts(flags)
	if err != nil {
		t.Fatal(err)
	}
	if names := c.Names(); len(names) != 9 || !slices.IsSorted(names) {
		t.Errorf("%q", names)
	}
	if c.Server("other-server") != "https://b.example" || c.Server("dangling") != "" || c.User("one") != "ci" || c.Cluster("nosuch") != "" {
		t.Error("what a context names")
	}
	for name, want := range map[string]bool{
		"one": true, "other-namespace": true, "other-names": true,
		"other-user": false, "other-server": false, "dangling": false, "no-user": false, "lost-user": false,
	} {
		if c.Same("one", name) != want || c.Same(name, "one") != want {
			t.Errorf("one and %s are the same: %v", name, !want)
		}
	}
	if c.Same("dangling", "dangling-too") {
		t.Error("contexts that lead nowhere are the same")
	}
}

func TestAKubeconfigThatIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte("not: [yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &path
	if _, err := ReadContexts(flags); !errors.Is(err, ErrConfig) {
		t.Errorf("%v", err)
	}
}

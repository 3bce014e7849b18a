package release_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// withManifest is a record in namespace ns that holds the manifest.
func withManifest(t testing.TB, manifest string) []byte {
	t.Helper()
	text, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	return pack(fmt.Sprintf(`{"name":"a","info":{"status":"deployed"},"chart":{},"manifest":%s,"namespace":"ns"}`, text))
}

func TestManifestObjects(t *testing.T) {
	for _, c := range []struct {
		name, manifest string
		want           []string // "Kind namespace/name", with ! for keep
		trouble        string
	}{
		{"nothing", "", nil, ""},
		{"comments only", "---\n# Source: a\n---\n\n# b\n", nil, ""},
		{"no separator first", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b", []string{"Secret ns/a", "ConfigMap ns/b"}, ""},
		{"windows line ends", "---\r\napiVersion: v1\r\nkind: Secret\r\nmetadata:\r\n  name: a\r\n", []string{"Secret ns/a"}, ""},
		{"byte order mark", "\ufeffapiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n", []string{"Secret ns/a"}, ""},
		{"comments and quotes", "apiVersion: 'v1' # one\nkind: \"Secret\"\nmetadata: # two\n  # three\n  name: a # four\n  namespace:   b  \n", []string{"Secret b/a"}, ""},
		{"separator with a comment", "--- # first\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n", []string{"Secret ns/a"}, ""},
		{"flow style", `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","annotations":{"helm.sh/resource-policy":"keep"}}}`, []string{"!Secret ns/a"}, ""},
		{"flow metadata", "kind: Secret\napiVersion: v1\nmetadata: {name: a, namespace: c}\n", []string{"Secret c/a"}, ""},
		{"quoted keys", "\"apiVersion\": v1\n\"kind\": Secret\n\"metadata\":\n  \"name\": a\n", []string{"Secret ns/a"}, ""},
		{"anchors", "apiVersion: v1\nkind: Secret\nmetadata:\n  labels:\n    app: &n a\n  name: *n\n", []string{"Secret ns/a"}, ""},
		{"name on the next line", "apiVersion: v1\nkind: Secret\nmetadata:\n  name:\n    a\n", []string{"Secret ns/a"}, ""},
		{"indented as a whole", "  apiVersion: v1\n  kind: Secret\n  metadata:\n    name: a\n", []string{"Secret ns/a"}, ""},
		{"deep indents", "apiVersion: v1\nkind: Secret\nmetadata:\n        annotations:\n             helm.sh/resource-policy: Keep\n        name: a\n", []string{"!Secret ns/a"}, ""},
		{"policy elsewhere", "apiVersion: v1\nkind: Secret\nmetadata:\n  labels:\n    helm.sh/resource-policy: keep\n  name: a\n", []string{"Secret ns/a"}, ""},
		{"block scalars", "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: |\n    kind: Secret\n    ---\n    metadata:\n      name: z\nmetadata:\n  annotations:\n    note: |\n      name: y\n      helm.sh/resource-policy: keep\n  name: a\n", []string{"ConfigMap ns/a"}, ""},
		{"lists as deep as their key", "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  finalizers:\n  - x/y\n  name: a\nsecrets:\n- name: b\n- kind: c\n", []string{"ServiceAccount ns/a"}, ""},
		{"a list", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: ConfigMapList\n  items:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: b}\n", []string{"Secret ns/a", "ConfigMap ns/b"}, ""},
		{"an empty list", "apiVersion: v1\nkind: List\nitems: []\n", nil, ""},
		{"cluster scope", doc("rbac.authorization.k8s.io/v1", "ClusterRole", "a") + doc("storage.k8s.io/v1", "CSIDriver", "b") + "  namespace: c\n", []string{"ClusterRole a", "CSIDriver b"}, ""},
		{"groups", doc("extensions/v1beta1", "Ingress", "a") + doc("serving.knative.dev/v1", "Service", "b") + doc("autoscaling/v2beta2", "HorizontalPodAutoscaler", "c") + doc("resource.k8s.io/v1", "ResourceClaim", "d"), []string{"Ingress ns/a", "Service.serving.knative.dev ns/b", "HorizontalPodAutoscaler ns/c", "ResourceClaim ns/d"}, ""},
		{"no name", doc("v1", "Secret", "a") + "---\napiVersion: v1\nkind: Secret\n" + doc("v1", "Secret", "c"), []string{"Secret ns/a", "Secret ns/c"}, "document 3 of the manifest names no kind or no name"},
		{"not YAML", "---\nfoo: [\n---\n\tbar\n", nil, "document 2 of the manifest is not valid YAML, and 1 more cannot be read"},
		{"not an object", "just words\n", nil, "document 1 of the manifest names no kind or no name"},
		{"odd types", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  annotations: [1]\n", []string{"Secret ns/a"}, ""},
		{"a large odd document", "{" + strings.Repeat("# hunter2\n", 60_000) + "}", nil, "document 1 of the manifest is too large to be parsed"},
		{"hostile names", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"a\\e[31mb\"\n", []string{"Secret ns/ab"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := release.Decode(withManifest(t, c.manifest), "")
			var got []string
			for _, o := range body.Objects {
				s := o.Ref.String()
				if o.Keep {
					s = "!" + s
				}
				got = append(got, s)
			}
			if body.Problem != "" || !reflect.DeepEqual(got, c.want) || body.ManifestError != c.trouble {
				t.Errorf("got %q, trouble %q, problem %q", got, body.ManifestError, body.Problem)
			}
		})
	}
}

func TestManifestKeepsSoManyObjects(t *testing.T) {
	var text strings.Builder
	for i := range 2500 {
		text.WriteString(doc("v1", "Secret", fmt.Sprint("s", i)))
	}
	body := release.Decode(withManifest(t, text.String()), "")
	if len(body.Objects) != 2000 || !body.Truncated {
		t.Errorf("%d objects, truncated %v", len(body.Objects), body.Truncated)
	}
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		apiVersion, kind string
		want             model.Kind
	}{
		{"v1", "Secret", "Secret"},
		{"apps/v1", "Deployment", "Deployment"},
		{"example.com/v1", "Deployment", "Deployment.example.com"},
		{"v1", "PodTemplate", "PodTemplate"},
		{"", "Job", "Job"},
	} {
		if got := release.KindOf(c.apiVersion, c.kind); got != c.want {
			t.Errorf("KindOf(%q, %q) = %s, want %s", c.apiVersion, c.kind, got, c.want)
		}
	}
}

package preflight

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/careen-tui/careen/internal/model"
)

// password is in the Secret that the charts of these tests look up.
const password = "Zq7wKtRv9LmXs2Bd"

// theSecret is that Secret.
func theSecret(t *testing.T, data map[string]string) runtime.Object {
	t.Helper()
	s := &corev1.Secret{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "db", UID: types.UID("u")},
		Data: map[string][]byte{},
	}
	for key, value := range data {
		s.Data[key] = []byte(value)
	}
	object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(s)
	if err != nil {
		t.Fatal(err)
	}
	return unstructuredOf(object)
}

// leaks reports whether a text holds a piece of a secret, in any of the shapes that
// these charts give it.
func leaks(text, secret string) bool {
	text = strings.ToLower(text)
	reversed := []rune(secret)
	for i, j := 0, len(reversed)-1; i < j; i, j = i+1, j-1 {
		reversed[i], reversed[j] = reversed[j], reversed[i]
	}
	for _, shape := range []string{secret, string(reversed), base64.StdEncoding.EncodeToString([]byte(secret)), fmt.Sprintf("%x", secret)} {
		for i := 0; i+6 <= len(shape); i++ {
			if strings.Contains(text, strings.ToLower(shape[i:i+6])) {
				return true
			}
		}
	}
	return false
}

// shown is all that these looks tell.
func shown(t *testing.T, l *look) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"findings": l.findings, "changes": l.changes})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range l.findings {
		ids = append(ids, string(f.ID()))
	}
	return string(text) + strings.Join(ids, " ")
}

// looked is everything that a preflight without a connection checks.
func looked(t *testing.T, l *look) {
	t.Helper()
	if err := l.render(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.unsaid()
	if l.rendered.withheld {
		return
	}
	l.missing()
	l.kinds()
	l.size()
	l.ownership()
	l.claims(t.Context())
	l.lists()
	l.hooks()
	l.upgrade(t.Context())
	l.quota()
}

const lookedUp = `{{ $v := (lookup "v1" "Secret" "ns" "db").data.password | b64dec }}`

// Whatever a chart makes of a Secret, nothing that is shown holds any of it.
func TestWhatALookupReturnsIsNotShown(t *testing.T) {
	deployment := func(field, value string) string {
		return lookedUp + "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web" + `{{ if eq "` + field + `" "name" }}-` + value + "{{ end }}" + ", labels: {l: 'v" + `{{ if eq "` + field + `" "label" }}` + value + "{{ end }}" +
			"'}}\nspec:\n  replicas: " + `{{ if eq "` + field + `" "replicas" }}` + value + "{{ else }}1{{ end }}\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers:\n      - name: c\n        image: 'i:" +
			`{{ if eq "` + field + `" "image" }}` + value + "{{ end }}'\n        envFrom: [{secretRef: {name: 's-" + `{{ if eq "` + field + `" "reference" }}` + value + "{{ end }}'}}]\n"
	}
	for name, template := range map[string]string{
		"a name":           deployment("name", "{{ $v | lower }}"),
		"a reversed name":  deployment("name", `{{ $r := list }}{{ range splitList "" $v }}{{ $r = prepend $r . }}{{ end }}{{ join "" $r | lower }}`),
		"a name in hex":    deployment("name", `{{ printf "%x" $v }}`),
		"a label":          deployment("label", "{{ $v }}"),
		"a label, base64":  deployment("label", "{{ $v | b64enc }}"),
		"an image":         deployment("image", "{{ $v }}"),
		"a reference":      deployment("reference", "{{ $v | lower }}"),
		"a kind":           lookedUp + "apiVersion: v1\nkind: {{ $v }}\nmetadata: {name: x}\n",
		"an apiVersion":    lookedUp + "apiVersion: {{ $v }}/v1\nkind: X\nmetadata: {name: x}\n",
		"a namespace":      lookedUp + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: {{ $v | lower }}}\n",
		"a name of a name": lookedUp + "{{ range $i, $c := splitList \"\" $v }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x{{ $i }}{{ $c | lower }}}\n{{ end }}",
		"a number of them": lookedUp + "{{ range $i, $c := until (atoi (regexFind \"[0-9]\" $v)) }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x{{ $i }}}\n{{ end }}",
		"a field's name":   lookedUp + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {\"l{{ $v }}\": a}}\ndata: {\"{{ $v }}\": a}\n",
		"a hook":           lookedUp + "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x-{{ $v | lower }}, annotations: {helm.sh/hook: pre-install}}\nspec: {template: {spec: {serviceAccountName: a-{{ $v | lower }}, containers: []}}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			l := rendering(t, map[string]string{"templates/a.yaml": template}, theSecret(t, map[string]string{"password": password}))
			l.record = &model.Record{Revision: 1}
			l.last = l.record
			l.stored = &stored{Manifest: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {l: '" + password + "'}}\nspec: {replicas: 7}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"}
			looked(t, l)
			if text := shown(t, l); leaks(text, password) {
				t.Errorf("%s", text)
			}
			if len(l.lookups.secrets()) != 1 || len(l.findings) == 0 && len(l.changes) == 0 {
				t.Error("nothing was looked up, or nothing came of it")
			}
			var spelt string
			for _, o := range l.rendered.Objects {
				spelt += o.Ref.Name[len(o.Ref.Name)-1:]
				if leaks(o.Ref.String(), password) || leaks(spelt, password) {
					t.Errorf("%s, %s", o.Ref, spelt)
				}
			}
		})
	}
}

func TestAnErrorThatQuotesALookupIsNotShown(t *testing.T) {
	for name, c := range map[string]struct{ template, want string }{
		"fail":           {`{{ fail (printf "password is %s" ($v | lower)) }}`, errWithheld.Error()},
		"required":       {`{{ required (printf "no %s" (reverse (splitList "" $v) | join "")) nil }}`, errWithheld.Error()},
		"sometimes":      {`{{ if eq (substr 0 1 $v) "Z" }}{{ fail "it begins with Z" }}{{ end }}`, errWithheld.Error()},
		"something else": {`{{ fail "set replicas" }}`, "set replicas"},
	} {
		l := rendering(t, map[string]string{"templates/a.yaml": lookedUp + c.template}, theSecret(t, map[string]string{"password": password}))
		err := l.render(t.Context())
		if err == nil || !strings.Contains(err.Error(), c.want) || leaks(err.Error(), password) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A chart that keeps a password of its own over an upgrade is checked like any other.
func TestAChartThatKeepsItsPassword(t *testing.T) {
	files := map[string]string{
		"templates/secret.yaml": lookedUp + "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {password: {{ $v | b64enc }}}\n",
		"templates/job.yaml":    lookedUp + "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations: {checksum: {{ sha256sum $v }}}\nspec: {template: {spec: {containers: [{name: c, image: i, env: [{name: P, value: {{ $v | quote }}}]}]}}}\n",
	}
	l := rendering(t, files, theSecret(t, map[string]string{"password": password}))
	l.record = &model.Record{Revision: 1}
	l.last = l.record
	encoded := base64.StdEncoding.EncodeToString([]byte(password))
	l.stored = &stored{Manifest: "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {password: " + encoded + "}\n"}
	looked(t, l)
	for _, change := range l.changes {
		if change.Ref.Kind == model.KindSecret {
			t.Errorf("the Secret is the same, and said to change: %+v", change)
		}
	}
	if len(l.rendered.Objects) != 2 {
		t.Fatalf("%v", l.rendered.Objects)
	}
	for _, o := range l.rendered.Objects {
		sent, err1 := json.Marshal(o.actual().Object)
		shown, err2 := json.Marshal(o.Object)
		if err1 != nil || err2 != nil || !strings.Contains(string(sent), password) && !strings.Contains(string(sent), encoded) {
			t.Errorf("what is sent does not hold the password: %s", sent)
		}
		if leaks(string(shown), password) {
			t.Errorf("what is shown holds the password: %s", shown)
		}
		if masked(o, password) == password {
			t.Error("a server's answer about it is shown")
		}
	}
	if text := shown(t, l); leaks(text, password) || strings.Contains(text, "preflight-unread") {
		t.Error(text)
	}
}

// Whatever a lookup finds nothing for is as with Helm.
func TestLookupsOfWhatIsNotThere(t *testing.T) {
	l := rendering(t, map[string]string{"templates/a.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: x}
data:
  none: {{ lookup "v1" "Secret" "ns" "none" | len | quote }}
  kind: {{ lookup "v1" "Unknown" "ns" "none" | len | quote }}
  list: {{ (lookup "v1" "Secret" "" "").items | len | quote }}
  cluster: {{ lookup "v1" "Namespace" "ignored" "none" | len | quote }}
`}, theSecret(t, map[string]string{"password": password}))
	if err := l.render(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(l.rendered.Objects[0].Object["data"]); got != "map[cluster:0 kind:0 list:1 none:0]" {
		t.Error(got)
	}
	l = rendering(t, map[string]string{"templates/a.yaml": `{{ lookup "example.com/v1" "X" "ns" "none" }}`})
	if err := l.render(t.Context()); err == nil || !strings.Contains(err.Error(), "does not serve example.com/v1") {
		t.Error(err)
	}
}

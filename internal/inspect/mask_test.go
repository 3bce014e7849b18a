package inspect

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

const sentinel = "S3ntin3l-Zq81"

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func textOf(list []styled.Line) string {
	var b strings.Builder
	for _, l := range list {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

func TestWhatHoldsCredentialsIsMasked(t *testing.T) {
	for name, text := range map[string]string{
		"secret data":       `{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {user: ` + sentinel + `}}`,
		"secret stringData": `{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {any.name: ` + sentinel + `}}`,
		"a record":          `{apiVersion: v1, kind: ConfigMap, metadata: {name: sh.helm.release.v1.a.v1}, data: {release: ` + sentinel + `}}`,
		"binary data":       `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, binaryData: {x: ` + sentinel + `}}`,
		"last applied":      `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"x":"` + sentinel + `"}'}}}`,
		"an env value":      `{kind: Pod, spec: {containers: [{env: [{name: DB_PASSWORD, value: ` + sentinel + `}]}]}}`,
		"an argument":       `{kind: Pod, spec: {containers: [{args: ["--db-password=` + sentinel + `"]}]}}`,
		"the next argument": `{kind: Pod, spec: {containers: [{args: ["--api-key", "` + sentinel + `"]}]}}`,
		"user information":  `{kind: Pod, spec: {containers: [{env: [{name: URL, value: "postgres://app:` + sentinel + `@db/x"}]}]}}`,
		"a config value":    `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {app.properties: "user=x\npassword=` + sentinel + `\n"}}`,
		"a config key":      `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {DB_PASSWORD: ` + sentinel + `}}`,
		"a private key":     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x.pem: |\n    -----BEGIN RSA PRIVATE KEY-----\n    " + sentinel + "\n    -----END RSA PRIVATE KEY-----\n",
		"a custom resource": `{apiVersion: x.example/v1, kind: Cluster, metadata: {name: a}, spec: {adminPassword: ` + sentinel + `}}`,
	} {
		t.Run(name, func(t *testing.T) {
			u := &unstructured.Unstructured{Object: object(t, text)}
			d := YAML(model.Ref{Kind: "X", Name: "a"}, u, time.Now())
			if shown := textOf(d.Lines); strings.Contains(shown, sentinel) {
				t.Errorf("shows the value:\n%s", shown)
			}
			if d.Masked == 0 {
				t.Error("does not say that something is masked")
			}
			if b, _ := json.Marshal(u.Object); !strings.Contains(string(b), sentinel) {
				t.Error("the object itself was changed")
			}
		})
	}
}

func TestWhatOnlyNamesASecretIsShown(t *testing.T) {
	for _, text := range []string{
		`{kind: Pod, spec: {volumes: [{name: x, secret: {secretName: db-credentials}}]}}`,
		`{kind: Pod, spec: {containers: [{env: [{name: A, valueFrom: {secretKeyRef: {name: db-credentials, key: user}}}]}]}}`,
		`{kind: Pod, spec: {containers: [{env: [{name: SECRET_MANAGER_TYPE, value: db-credentials}]}]}}`,
		`{kind: Pod, spec: {imagePullSecrets: [{name: db-credentials}]}}`,
		`{kind: Pod, spec: {containers: [{env: [{name: TOKEN_PATH, value: /var/db-credentials}]}]}}`,
	} {
		d := YAML(model.Ref{}, &unstructured.Unstructured{Object: object(t, text)}, time.Now())
		if shown := textOf(d.Lines); !strings.Contains(shown, "db-credentials") {
			t.Errorf("%s became\n%s", text, shown)
		}
	}
}

func TestYAMLLeavesOutManagedFieldsAndIsBounded(t *testing.T) {
	data := map[string]any{}
	for i := range 30_000 {
		data[fmt.Sprintf("key-%05d", i)] = "\x1b[31mred\x1b[m"
	}
	data["long"] = strings.Repeat("x", 1_500_000)
	u := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "data": data,
		"metadata": map[string]any{"name": "a", "uid": "u", "resourceVersion": "7", "managedFields": []any{map[string]any{"manager": "helm"}}},
	}}
	d := YAML(model.Ref{Kind: model.KindConfigMap, Name: "a"}, u, time.Now())
	if len(d.Lines) != MaxLines || d.Left == 0 {
		t.Errorf("%d lines, %d left", len(d.Lines), d.Left)
	}
	if d.UID != "u" || d.ResourceVersion != "7" {
		t.Errorf("%+v", d.Ref)
	}
	for _, l := range d.Lines {
		if len(l.String()) > lineLimit || strings.ContainsRune(l.String(), 0x1b) || strings.Contains(l.String(), "managedFields") {
			t.Fatalf("%q", l.String()[:min(len(l.String()), 100)])
		}
	}
}

func TestAValuePrintsAsMasked(t *testing.T) {
	v := NewValue([]byte(sentinel))
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "value", v, "in", struct{ V Value }{v})
	b, err := json.Marshal(map[string]any{"v": v, "p": &v})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		fmt.Sprint(v), fmt.Sprintf("%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v), fmt.Sprintf("%v", struct{ V Value }{v}), fmt.Sprintf("%+v", &v), string(b), log.String(),
	} {
		if strings.Contains(s, sentinel) || strings.Contains(s, fmt.Sprintf("%x", sentinel)) || strings.Contains(s, fmt.Sprintf("%d", []byte(sentinel))) {
			t.Errorf("tells the value: %s", s)
		}
	}
	if got := v.Show(); len(got) != 1 || got[0] != sentinel {
		t.Errorf("Show: %q", got)
	}
	v.Wipe()
	if v.Size() != 0 {
		t.Error("not forgotten")
	}
}

func TestBinaryValuesAreDumped(t *testing.T) {
	v := NewValue([]byte{0, 1, 2, 0xff, 'a'})
	if !v.Binary() || !strings.Contains(v.Show()[0], "00 01 02 ff 61") {
		t.Errorf("%q", v.Show())
	}
	if _, ok := v.Text(); ok {
		t.Error("binary is no text")
	}
	evil := NewValue([]byte("a\nb\u202ec"))
	if evil.Binary() || len(evil.Show()) != 2 || evil.Show()[1] != "bc" {
		t.Errorf("%q", evil.Show())
	}
}

func TestCompare(t *testing.T) {
	a, b := model.Ref{Name: "a"}, model.Ref{Name: "b"}
	c := Compare(a, b,
		map[string][]byte{"same": []byte("1"), "other": []byte("1"), "blank": []byte("pw\n"), "left": nil},
		map[string][]byte{"same": []byte("1"), "other": []byte("2"), "blank": []byte("pw"), "right": nil})
	want := []KeyVerdict{{"blank", Space}, {"left", OnlyA}, {"other", Different}, {"right", OnlyB}, {"same", Equal}}
	if fmt.Sprint(c.Keys) != fmt.Sprint(want) {
		t.Errorf("%v", c.Keys)
	}
}

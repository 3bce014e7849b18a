package logtail

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

func TestMissing(t *testing.T) {
	const keep = "keep-victoriametrics-e44307bec48549e0b67d3c4586965749"
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"kubectl", `Error from server (NotFound): secrets "db" not found`, []string{"Secret db"}},
		{"the API's answer", `HTTP response body: {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"secrets \"` + keep + `\" not found","reason":"NotFound","details":{"name":"` + keep + `","kind":"secrets"},"code":404}`, []string{"Secret " + keep}},
		{"details only", `{"status":"Failure","message":"gone","reason":"NotFound","details":{"name":"cm","kind":"configmaps"},"code":404}`, []string{"ConfigMap cm"}},
		{"twice escaped", `msg="{\\\"message\\\":\\\"secrets \\\\\\\"db\\\\\\\" not found\\\"}"`, []string{"Secret db"}},
		{"python", `ApiException: {'reason': 'NotFound', 'details': {'name': 'db', 'kind': 'secrets'}}`, []string{"Secret db"}},
		{"words", `panic: Secret "ns/db" not found`, []string{"Secret db"}},
		{"configmap", `configmaps "settings" not found`, []string{"ConfigMap settings"}},
		{"in a namespace", `secret db in namespace prod was not found`, []string{"Secret db"}},
		{"newest first, once", "secrets \"a\" not found\nsecrets \"b\" not found\nsecrets \"a\" not found", []string{"Secret a", "Secret b"}},
		{"no name", "the secret is not found; secret key not found", nil},
		{"another kind", `pods "web" not found`, nil},
		{"a secret that is there", `secrets "db" is forbidden: not found in the role`, nil},
		{"another reason", `{"reason":"Forbidden","details":{"name":"db","kind":"secrets"}}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			missing := Read(tt.in).Missing
			var got []string
			for _, a := range missing {
				got = append(got, fmt.Sprintf("%s %s", a.Kind, a.Name))
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

const sentinel = "S3ntin3lV4lue"

func TestCredentialsAreMasked(t *testing.T) {
	for _, in := range []string{
		"password=" + sentinel, "DB_PASSWORD: " + sentinel, `{"password":"` + sentinel + `"}`, `{\"token\":\"` + sentinel + `\"}`,
		"--api-key=" + sentinel, "api_key = '" + sentinel + "'", "client_secret=" + sentinel + "&x=1", "AWS_SECRET_ACCESS_KEY=" + sentinel,
		"Authorization: Bearer " + sentinel, "authorization: Basic " + sentinel, `"Authorization":"Bearer ` + sentinel + `"`, "using bearer " + sentinel,
		"postgres://app:" + sentinel + "@db:5432/app", "redis://:" + sentinel + "@cache", "https://" + sentinel + "@host/x",
		"Set-Cookie: sid=" + sentinel, "key AKIA" + strings.ToUpper(sentinel) + "0000", "ghp_" + sentinel + sentinel,
		"jwt eyJhbGciOiJIUzI1NiJ9." + sentinel + ".abc", "-----BEGIN RSA PRIVATE KEY-----\n" + sentinel + "\n-----END RSA PRIVATE KEY-----",
		"raw " + strings.Repeat(sentinel, 4), "passphrase: \"two " + sentinel + " words\"", "private-key:" + sentinel,
		"secret=\x1b[1m" + sentinel,
	} {
		lines := Read("start\n" + in + "\nend").Lines
		text := strings.Join(lines, "\n")
		if strings.Contains(text, sentinel) || strings.Contains(text, strings.ToUpper(sentinel)) {
			t.Errorf("%q shows %q", in, text)
		}
		if !strings.HasPrefix(text, "start\n") || !strings.HasSuffix(text, "\nend") {
			t.Errorf("%q hid its neighbours: %q", in, text)
		}
	}
}

func TestPlainLinesStay(t *testing.T) {
	for _, in := range []string{
		`secrets "keep-victoriametrics-e44307bec48549e0b67d3c4586965749" not found`,
		"2026-01-02T15:04:05Z INFO listening on http://0.0.0.0:8080/health",
		"image sha256:d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592",
		`File "/usr/lib/python3.11/site-packages/kubernetes/client/api_client.py", line 238, in request`,
	} {
		if lines := Read(in).Lines; len(lines) != 1 || lines[0] != in {
			t.Errorf("%q became %q", in, lines)
		}
	}
}

func TestBounds(t *testing.T) {
	tail := Read(strings.Repeat("x", 1<<20) + "\n" + strings.Repeat("secrets \"a\" not found\n", 1000) + strings.Repeat("y", 1<<20))
	lines, missing := tail.Lines, tail.Missing
	if len(lines) > keptLines || len(missing) > maxAbsences {
		t.Errorf("%d lines, %d absences", len(lines), len(missing))
	}
	for _, l := range lines {
		if len(l) > lineLimit {
			t.Errorf("a line of %d bytes", len(l))
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("secrets \"x\" not found\npassword=1\n-----BEGIN X-----")
	f.Fuzz(func(t *testing.T, s string) {
		tail := Read(s)
		lines, missing := tail.Lines, tail.Missing
		for _, l := range lines {
			if len(l) > lineLimit || strings.ContainsAny(l, "\x1b\n\r") {
				t.Fatalf("kept %q", l)
			}
		}
		for _, a := range missing {
			if a.Name == "" || a.Kind != model.KindSecret && a.Kind != model.KindConfigMap {
				t.Fatalf("%+v", a)
			}
		}
	})
}

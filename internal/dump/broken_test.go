package dump

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"a"}}`

// TestWhatCannotBeReadIsNamed reads what is whole, and names the rest with its place.
func TestWhatCannotBeReadIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ file, text, says string }{
		"JSON that ends early":   {"x.json", `{"kind":"List","items":[` + pod + `,{"apiVersion":"v1","ki`, "x.json:1: cannot be read further: it ends early"},
		"YAML that is none":      {"x.yaml", pod + "\n---\nkind: [\n", "x.yaml:3: is not YAML"},
		"an unknown old version": {"x.json", pod + `{"apiVersion":"apps/v9","kind":"Deployment","metadata":{"name":"d"}}`, "Deployment d: version apps/v9 cannot be read"},
		"a chart's template":     {"x.yaml", pod + "\n---\nkind: Service\nmetadata: {name: {{ .Release.Name }}}\n", "1 chart template left out: x.yaml:3"},
		"a bomb of aliases":      {"x.yaml", pod + "\n---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nkind: X\n", "is not YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			snap, problems, err := open(t, c.file, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if snap.Row(model.Ref{Kind: model.KindPod, Namespace: "a", Name: "p"}) == nil {
				t.Error("what was whole was not read")
			}
			if !strings.Contains(strings.Join(problems, "\n"), c.says) {
				t.Errorf("problems %q", problems)
			}
		})
	}
}

func TestWhatIsNoDump(t *testing.T) {
	for name, text := range map[string]string{
		"prose": "Dear all,\n\nthe cluster is broken.\n", "empty": "", "a number": "42", "values": "replicas: 3\nimage: x\n",
		"a chart": "apiVersion: v2\nname: web\nversion: 0.1.0\n", "binary": "\x00\x01\x02\x03",
	} {
		if _, _, err := open(t, "x.yaml", text); !errors.Is(err, ErrNothing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := Open(t.TempDir(), Options{}); !errors.Is(err, ErrNothing) {
		t.Error("an empty folder is a dump")
	}
}

func TestHostileArchives(t *testing.T) {
	var out bytes.Buffer
	tw := tar.NewWriter(&out)
	add := func(h tar.Header, body string) {
		h.Size, h.Mode = int64(len(body)), 0o600
		if err := tw.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		_, _ = tw.Write([]byte(body))
	}
	evil := strings.ReplaceAll(pod, `"p"`, `"evil"`)
	add(tar.Header{Name: "../../evil.json", Typeflag: tar.TypeReg}, evil)
	add(tar.Header{Name: "/etc/evil.json", Typeflag: tar.TypeReg}, evil)
	add(tar.Header{Name: "link.json", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, "")
	add(tar.Header{Name: "hard.json", Typeflag: tar.TypeLink, Linkname: "/etc/passwd"}, "")
	add(tar.Header{Name: "null.json", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3}, "")
	add(tar.Header{Name: "ok.json", Typeflag: tar.TypeReg}, pod)
	tw.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "d.tar")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Open(file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Snapshot.Space("a").Tables[model.KindPod]); n != 1 || len(got.Problems) != 2 {
		t.Errorf("%d pods, problems %q", n, got.Problems)
	}
	// An archive that was cut off while it was being sent.
	var gz bytes.Buffer
	g := gzip.NewWriter(&gz)
	_, _ = g.Write(out.Bytes())
	g.Close()
	var twice bytes.Buffer
	g = gzip.NewWriter(&twice)
	_, _ = g.Write(gz.Bytes())
	g.Close()
	if got, err = Open(put(t, twice.Bytes()), Options{}); err != nil || got.Snapshot.Space("a") == nil {
		t.Errorf("gzip within gzip: %v", err)
	}
	whole := out.Bytes()
	at := bytes.LastIndex(whole, []byte(pod))
	if got, err = Open(put(t, whole[:at+20]), Options{}); err == nil || !errors.Is(err, ErrNothing) {
		t.Errorf("cut within its only object: %v, %+v", err, got)
	}
	second := append(whole[:at-512:at-512], whole[at-512:at+512]...)
	second = append(second, whole[at-512:at+20]...)
	if got, err = Open(put(t, second), Options{}); err != nil || !strings.Contains(strings.Join(got.Problems, "\n"), "ends early") {
		t.Errorf("cut within its second object: %v, %+v", err, got)
	}
}

func put(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "d")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(pod), "x.json")
	f.Add([]byte("apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: x\n"), "a/secrets.yaml")
	f.Add([]byte("==== START logs for container web of pod shop/web-1 ===="), "shop/web-1/logs.txt")
	f.Fuzz(func(_ *testing.T, text []byte, name string) {
		if len(text) > 4<<10 || len(name) > 200 {
			return
		}
		c := newCollector(Options{})
		if err := c.member(name, bytes.NewReader(text), 0); err == nil {
			_, _ = c.file()
		}
	})
}

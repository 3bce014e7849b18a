package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// registryOf is an OCI registry that holds one chart: the pull side of the
// distribution specification, as far as a chart needs it. first may answer a request
// itself.
func registryOf(t *testing.T, tag string, chart []byte, first func(http.ResponseWriter, *http.Request) bool) *httptest.Server {
	t.Helper()
	digest := func(b []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(b)) }
	config := []byte(`{"name":"tiny","version":"1.2.3","apiVersion":"v2"}`)
	type descriptor struct {
		MediaType string `json:"mediaType"`
		Digest    string `json:"digest"`
		Size      int    `json:"size"`
	}
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config": descriptor{"application/vnd.cncf.helm.config.v1+json", digest(config), len(config)},
		"layers": []descriptor{{"application/vnd.cncf.helm.chart.content.v1.tar+gzip", digest(chart), len(chart)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	blobs := map[string][]byte{digest(config): config, digest(chart): chart}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if first != nil && first(w, r) {
			return
		}
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		body := blobs[name]
		switch {
		case r.URL.Path == "/v2/":
			return
		case strings.Contains(r.URL.Path, "/manifests/") && (name == tag || name == digest(manifest)):
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			w.Header().Set("Docker-Content-Digest", digest(manifest))
			body = manifest
		case body == nil:
			http.Error(w, `{"errors":[{"code":"MANIFEST_UNKNOWN"}]}`, http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// credentials has Helm know a password for a registry.
func credentials(t *testing.T, host string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, []byte(`{"auths":{"`+host+`":{"auth":"dXNlcjpodW50ZXIy"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HELM_REGISTRY_CONFIG", path)
	t.Setenv("DOCKER_CONFIG", t.TempDir())
}

func pulled(t *testing.T, ctx context.Context, s *httptest.Server) (*Chart, error) {
	t.Helper()
	return Read(ctx, "oci://"+strings.TrimPrefix(s.URL, "http://")+"/charts/tiny:1.2.3", Options{PlainHTTP: true})
}

func TestAChartFromARegistry(t *testing.T) {
	t.Setenv("HELM_REGISTRY_CONFIG", t.TempDir()+"/none.json")
	chart := []byte("the bytes of an archive")
	host := strings.TrimPrefix(registryOf(t, "1.2.3", chart, nil).URL, "http://")
	for ref, o := range map[string]Options{
		"oci://" + host + "/charts/tiny:1.2.3": {PlainHTTP: true},
		"oci://" + host + "/charts/tiny":       {PlainHTTP: true, Version: "1.2.3"},
	} {
		c, err := Read(t.Context(), ref, o)
		if err != nil || !bytes.Equal(c.Archive, chart) {
			t.Errorf("%s: %v", ref, err)
		}
	}
	if _, err := Read(t.Context(), "oci://"+host+"/charts/tiny:9.9.9", Options{PlainHTTP: true}); err == nil || !strings.Contains(err.Error(), "the registry refuses") {
		t.Error(err)
	}
}

// A registry may keep blobs in an object store: it gets no credentials there.
func TestABlobElsewhereIsFetchedWithoutCredentials(t *testing.T) {
	chart := []byte("the bytes of an archive")
	var seen []string
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization")+r.Header.Get("Cookie"))
		if r.Method == http.MethodGet {
			_, _ = w.Write(chart)
		}
	}))
	t.Cleanup(store.Close)
	asked := false
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(chart))
	s := registryOf(t, "1.2.3", chart, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			http.Error(w, "{}", http.StatusUnauthorized)
			return true
		}
		asked = true
		if strings.HasSuffix(r.URL.Path, "/blobs/"+digest) {
			http.Redirect(w, r, store.URL+"/bucket/key", http.StatusTemporaryRedirect)
			return true
		}
		return false
	})
	credentials(t, strings.TrimPrefix(s.URL, "http://"))
	c, err := pulled(t, t.Context(), s)
	if err != nil || !bytes.Equal(c.Archive, chart) {
		t.Fatal(err)
	}
	if !asked || len(seen) == 0 {
		t.Fatal("the registry or the store was not asked")
	}
	for _, header := range seen {
		if header != "" {
			t.Errorf("the store got %q", header)
		}
	}
}

func TestHostileRegistries(t *testing.T) {
	t.Setenv("HELM_REGISTRY_CONFIG", t.TempDir()+"/none.json")
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(other.Close)
	for name, c := range map[string]struct {
		first func(http.ResponseWriter, *http.Request) bool
		want  string
	}{
		"a manifest elsewhere": {func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, other.URL+"/x", http.StatusTemporaryRedirect)
			return true
		}, "only a chart's content"},
		"a redirect that never ends": {func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusTemporaryRedirect)
			return true
		}, "more than five times"},
		"a blob without an end": {func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/blobs/") {
				return false
			}
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					break
				}
			}
			return true
		}, ""},
		"escapes": {func(w http.ResponseWriter, _ *http.Request) bool {
			http.Error(w, `{"errors":[{"code":"DENIED","message":"\u001b]0;x\u0007"}]}`, http.StatusForbidden)
			return true
		}, "the registry refuses"},
	} {
		_, err := pulled(t, t.Context(), registryOf(t, "1.2.3", []byte("x"), c.first))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.ContainsRune(err.Error(), 0x1b) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if reached {
		t.Error("another host was asked")
	}
}

func TestTooLargeABlob(t *testing.T) {
	t.Setenv("HELM_REGISTRY_CONFIG", t.TempDir()+"/none.json")
	if _, err := pulled(t, t.Context(), registryOf(t, "1.2.3", make([]byte, maxArchive+1), nil)); err == nil || !strings.Contains(err.Error(), "larger than 32 MiB") {
		t.Error(err)
	}
}

func TestARegistryThatDoesNotAnswer(t *testing.T) {
	t.Setenv("HELM_REGISTRY_CONFIG", t.TempDir()+"/none.json")
	ctx, cancel := context.WithCancel(t.Context())
	s := registryOf(t, "1.2.3", []byte("x"), func(_ http.ResponseWriter, r *http.Request) bool {
		cancel()
		<-r.Context().Done()
		return true
	})
	if _, err := pulled(t, ctx, s); err == nil || ctx.Err() == nil || err.Error() != context.Canceled.Error() {
		t.Error(err)
	}
}

func TestRedirects(t *testing.T) {
	for _, c := range []struct {
		from, to string
		refused  bool
	}{
		{"https://r.example/v2/x/blobs/sha256:1", "https://bucket.example/x", false},
		{"https://r.example/v2/x/blobs/sha256:1", "https://r.example/other", false},
		{"https://r.example/v2/x/blobs/sha256:1", "http://bucket.example/x", true},
		{"https://r.example/v2/x/blobs/sha256:1", "https://169.254.169.254/latest/meta-data", true},
		{"https://r.example/v2/x/blobs/sha256:1", "https://localhost/x", true},
		{"https://r.example/v2/x/manifests/1", "https://bucket.example/x", true},
		{"http://127.0.0.1:5000/v2/x/blobs/sha256:1", "http://127.0.0.1:9000/x", false},
	} {
		first, err1 := http.NewRequestWithContext(t.Context(), http.MethodGet, c.from, nil)
		next, err2 := http.NewRequestWithContext(t.Context(), http.MethodGet, c.to, nil)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		next.Header.Set("Authorization", "Bearer x")
		if err := redirected(next, []*http.Request{first}); (err != nil) != c.refused {
			t.Errorf("%s -> %s: %v", c.from, c.to, err)
		} else if err == nil && next.URL.Host != first.URL.Host && next.Header.Get("Authorization") != "" {
			t.Errorf("%s -> %s: credentials go along", c.from, c.to)
		}
	}
}

package preflight

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// registryOf is an OCI registry that holds one chart: the pull side of the
// distribution specification, as far as a chart needs it.
func registryOf(t *testing.T, tag string, chart []byte) *httptest.Server {
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

func archive(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: "tiny/" + name, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAChartFromARegistry(t *testing.T) {
	t.Setenv("HELM_REGISTRY_CONFIG", t.TempDir()+"/none.json")
	chart := archive(t, map[string]string{"Chart.yaml": "apiVersion: v2\nname: tiny\nversion: 1.2.3\n", "templates/a.yaml": "a: b\n"})
	host := strings.TrimPrefix(registryOf(t, "1.2.3", chart).URL, "http://")
	for ref, o := range map[string]ChartOptions{
		"oci://" + host + "/charts/tiny:1.2.3": {PlainHTTP: true},
		"oci://" + host + "/charts/tiny":       {PlainHTTP: true, Version: "1.2.3"},
	} {
		c, err := Load(ref, o)
		if err != nil {
			t.Errorf("%s: %v", ref, err)
			continue
		}
		again, err := Copy(c)
		if err != nil || c.Name() != "tiny" || len(again.Templates) != 1 {
			t.Errorf("%s: %s, %v", ref, c.Name(), err)
		}
	}
	if _, err := Load("oci://"+host+"/charts/tiny:9.9.9", ChartOptions{PlainHTTP: true}); err == nil || !strings.Contains(err.Error(), "the registry refuses") {
		t.Error(err)
	}
}

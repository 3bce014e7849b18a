package dump

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

const (
	olderEndpoints = `{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web","namespace":"shop","labels":{"app":"web"}},"subsets":[{
"addresses":[{"ip":"10.0.0.1","targetRef":{"kind":"Pod","name":"web-1"}}],"notReadyAddresses":[{"ip":"10.0.0.2"}],"ports":[{"name":"http","port":8080,"protocol":"TCP"}]}]}`
	slicesOfServer = `{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"web-x1","namespace":"shop","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4",
"endpoints":[{"addresses":["10.0.0.1"],"conditions":{"ready":true},"targetRef":{"kind":"Pod","name":"web-1"}}]}`
)

// TestEndpointsCountAsSlices is that Endpoints, which people ask for rather than slices, tell
// what stands behind a Service, once.
func TestEndpointsCountAsSlices(t *testing.T) {
	list := func(items string) string { return `{"apiVersion":"v1","kind":"List","items":[` + items + `]}` }
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
		known bool
	}{
		{"Endpoints", map[string]string{"shop/endpoints.json": list(olderEndpoints)}, "[endpoints/web [web-1] [10.0.0.2] 8080]", true},
		{"none", map[string]string{"shop/endpoints.json": list("")}, "[]", true},
		{"both", map[string]string{"shop/endpoints.json": list(olderEndpoints), "shop/endpointslices.json": list(slicesOfServer)}, "[web-x1 [web-1] []]", true},
		{"neither", nil, "[]", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.MkdirAll(filepath.Join(dir, "shop"), 0o755); err != nil {
				t.Fatal(err)
			}
			write := func(path, body string) {
				if err := os.WriteFile(filepath.Join(dir, path), []byte(body), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("shop/services.json", list(`{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{"app":"web"}}}`))
			for path, body := range tt.files {
				write(path, body)
			}
			file, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for s := range model.Each[*model.EndpointSlice](file.Snapshot.Space("shop"), model.KindEndpointSlice) {
				text := fmt.Sprint(s.Name, " ", s.Ready, " ", s.NotReady)
				for _, p := range s.Ports {
					text += fmt.Sprint(" ", p.Number)
				}
				if got = append(got, text); s.Service != "web" {
					t.Errorf("of Service %q", s.Service)
				}
			}
			slices.Sort(got)
			if fmt.Sprint(got) != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
			if known, why := file.Snapshot.Knows(model.KindEndpointSlice, "shop"); known != tt.known {
				t.Errorf("known: %t %s", known, why)
			}
		})
	}
}

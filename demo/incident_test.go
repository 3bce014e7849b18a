package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

var findingID = regexp.MustCompile(`^[a-z][a-z-]+:[a-z-]*/[A-Z][A-Za-z]+/[a-z0-9.-]+\*?$`)

func TestIncidentsAreWellFormed(t *testing.T) {
	ids, owner := map[string]bool{}, map[string]string{}
	for _, i := range append(slices.Clone(Incidents), Fresh) {
		if i.ID == "" || ids[i.ID] {
			t.Errorf("incident %q: no id, or one that another has", i.ID)
		}
		ids[i.ID] = true
		if i.Title == "" || i.Prepare == nil || len(i.Namespaces) == 0 {
			t.Errorf("%s: it has no title, namespace or Prepare", i.ID)
		}
		for _, n := range i.Namespaces {
			if owner[n] != "" || IsHealthy(n) {
				t.Errorf("%s: namespace %s belongs to %q too, or to the healthy ones", i.ID, n, owner[n])
			}
			owner[n] = i.ID
		}
		promised := slices.Concat(i.Findings, i.Settled, i.Late)
		if len(promised) == 0 {
			t.Errorf("%s: nothing is to be found", i.ID)
		}
		for _, f := range promised {
			if !findingID.MatchString(f) {
				t.Errorf("%s: %q is no finding's id", i.ID, f)
				continue
			}
			_, subject, _ := strings.Cut(f, ":")
			if namespace, _, _ := strings.Cut(subject, "/"); namespace != "" && !slices.Contains(i.Namespaces, namespace) {
				t.Errorf("%s: %s is found in another namespace", i.ID, f)
			}
		}
	}
	if _, ok := Find("keep"); !ok {
		t.Error("Find does not find keep")
	}
	for _, i := range Incidents[:5] {
		if i.Complete == nil || i.Mend == nil || len(i.Findings) == 0 {
			t.Errorf("%s: the five incidents are completed, found at once and mended", i.ID)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		finding string
		want    bool
	}{
		{"container-failing:shop/Deployment/web", true},
		{"container-failing:shop/Deployment/web#init", true},
		{"container-failing:shop/Deployment/web2", false},
		{"container-failing:shop/Deployment/web2#web", false},
	} {
		if got := Matches("container-failing:shop/Deployment/web", c.finding); got != c.want {
			t.Errorf("%s: %v", c.finding, got)
		}
	}
}

// TestManifestsStandWhereTheyBelong: an object in a namespace that nobody plants
// would be refused by the API server, and one that holds a value which is no sentinel
// could leak unseen.
func TestManifestsStandWhereTheyBelong(t *testing.T) {
	known := slices.Clone(Healthy)
	for _, i := range Incidents {
		known = append(known, i.Namespaces...)
	}
	entries, err := manifests.ReadDir("manifests")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		objects, err := Manifest(path.Base(e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if len(objects) == 0 {
			t.Errorf("%s holds no object", e.Name())
		}
		for _, o := range objects {
			if n := o.GetNamespace(); n != "" && !slices.Contains(known, n) {
				t.Errorf("%s: %s %s is in namespace %q", e.Name(), o.GetKind(), o.GetName(), n)
			}
			if o.GetKind() != "Secret" {
				continue
			}
			data, _ := o.Object["stringData"].(map[string]any)
			for key, value := range data {
				if key == "username" || slices.ContainsFunc(Sentinels, func(s string) bool { return strings.Contains(value.(string), s) }) {
					continue
				}
				t.Errorf("%s: key %s of Secret %s holds no sentinel", e.Name(), key, o.GetName())
			}
		}
	}
}

func TestKeepWritesSecretsAsKeepDoes(t *testing.T) {
	pattern := regexp.MustCompile(`^keep-[a-z0-9-]+-[0-9a-f]{32}$`)
	names := []string{KeepSecret}
	for name := range keepSiblings {
		names = append(names, name)
	}
	for _, name := range names {
		secret, err := keepProviderSecret(name, "vms", false)
		if err != nil {
			t.Fatal(err)
		}
		var value struct {
			Authentication map[string]any
			Name           string
		}
		if err := json.Unmarshal(secret.Data["value"], &value); err != nil || value.Name != "vms" || len(value.Authentication) == 0 {
			t.Errorf("%s: value is not what Keep writes: %v", name, err)
		}
		if !pattern.MatchString(name) || len(secret.Data) != 1 || len(secret.Labels) != 0 || len(secret.OwnerReferences) != 0 {
			t.Errorf("%s: not the shape of Keep's Secrets", name)
		}
	}
}

func TestStorageListsAreWhatTheChartRenders(t *testing.T) {
	want := storageLists("vm", "default", 2)
	for _, o := range render(t, "victoria-metrics", "vm", nil) {
		if o.GetKind() != "ConfigMap" {
			continue
		}
		for key, value := range o.Object["data"].(map[string]any) {
			if value != want[key] {
				t.Errorf("%s: the chart renders %q, a list of two is %q", key, value, want[key])
			}
		}
		return
	}
	t.Error("the chart renders no ConfigMap")
}

func TestUnreadableRecordsAreUnreadable(t *testing.T) {
	records := unreadable()
	for name, content := range records {
		if len(content) > corev1.MaxSecretSize {
			t.Errorf("%s has %d bytes, more than a Secret holds", name, len(content))
		}
	}
	if _, err := base64.StdEncoding.DecodeString(string(records["no-base64"])); err == nil {
		t.Error("no-base64 is base64")
	}
	if _, err := inflate(t, records["cut"]); err == nil {
		t.Error("cut is complete")
	}
	if n, err := inflate(t, records["empty"]); n != 2 || err != nil {
		t.Errorf("empty holds %d bytes: %v", n, err)
	}
	n, err := inflate(t, records["blanks"])
	if err != nil || n < 650<<20 {
		t.Errorf("blanks inflates to %d bytes: %v", n, err)
	}
	if size := len(records["blanks"]); size < 800_000 {
		t.Errorf("blanks has %d bytes", size)
	}
}

func inflate(t *testing.T, content []byte) (int64, error) {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(string(content))
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return io.Copy(io.Discard, r)
}

func TestHostileTextHoldsEveryFragment(t *testing.T) {
	for _, fragment := range Hostile {
		if !strings.Contains(hostileText, fragment) {
			t.Errorf("%q is planted nowhere", fragment)
		}
	}
}

func TestReadmeListsEveryIncident(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range Incidents {
		row := "| `" + i.ID + "` | " + strings.Join(i.Namespaces, ", ") + " |"
		if !strings.Contains(string(readme), row) {
			t.Errorf("README.md has no row %q", row)
		}
	}
}

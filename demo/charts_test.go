package demo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	"helm.sh/helm/v3/pkg/releaseutil"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func TestChartsRenderAndLint(t *testing.T) {
	names, err := Charts()
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatal("no chart is embedded")
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			linted := lint.All(filepath.Join("charts", name), values{}, "default", false)
			for _, m := range linted.Messages {
				if m.Severity >= support.WarningSev {
					t.Errorf("lint: %s", m)
				}
			}
			objects := render(t, name, "demo", nil)
			if len(objects) == 0 {
				t.Error("the chart renders nothing")
			}
			for _, o := range objects {
				if o.GetName() == "" || o.GetKind() == "" {
					t.Errorf("an object without name or kind: %v", o.Object)
				}
				if got := o.GetLabels()["app.kubernetes.io/instance"]; got != "demo" {
					t.Errorf("%s %s: app.kubernetes.io/instance is %q", o.GetKind(), o.GetName(), got)
				}
			}
		})
	}
}

// TestEmbeddedChartsAreComplete compares what is embedded with what is on the disk:
// embed leaves out files whose names begin with a dot or an underscore unless told
// otherwise, and a chart without its partials does not render.
func TestEmbeddedChartsAreComplete(t *testing.T) {
	err := filepath.WalkDir("charts", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if _, err := charts.ReadFile(filepath.ToSlash(path)); err != nil {
			t.Errorf("%s is not embedded", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// render is helm template.
func render(t *testing.T, chartName, release string, v values) []*unstructured.Unstructured {
	t.Helper()
	loaded, err := Chart(chartName)
	if err != nil {
		t.Fatal(err)
	}
	install := action.NewInstall(&action.Configuration{Log: t.Logf})
	install.ReleaseName, install.Namespace = release, "default"
	install.ClientOnly, install.DryRun = true, true
	install.KubeVersion = &chartutil.KubeVersion{Version: "v1.36.0", Major: "1", Minor: "36"}
	rendered, err := install.Run(loaded, v)
	if err != nil {
		t.Fatalf("rendering %s: %v", chartName, err)
	}
	var objects []*unstructured.Unstructured
	for _, document := range releaseutil.SplitManifests(rendered.Manifest) {
		object := &unstructured.Unstructured{}
		if err := yaml.UnmarshalStrict([]byte(document), &object.Object); err != nil {
			t.Fatalf("%s does not parse: %v\n%s", chartName, err, document)
		}
		if strings.TrimSpace(document) != "" && len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
	return objects
}

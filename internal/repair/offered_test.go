package repair

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/probes/probetest"
	"github.com/careen-tui/careen/probes/scene"
)

// TestWhatIsOfferedCanBePlanned plans every fix that any fixture of the probes offers, on
// the objects of the fixture: what is offered is never refused then, by the plan, by the
// objects, or by what the server would store.
func TestWhatIsOfferedCanBePlanned(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "probes", "testdata", "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixture: %v", err)
	}
	planned := 0
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file)) + "/" + strings.TrimSuffix(filepath.Base(file), ".yaml")
		s, err := scene.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		report, err := probetest.Live(s)
		if err != nil {
			t.Fatal(err)
		}
		var manifests []string
		for _, f := range report.Findings {
			for _, fix := range f.Fixes {
				if withHelm(&fix) {
					continue
				}
				if manifests == nil {
					manifests = manifestsOf(t, s)
				}
				m := unit(t, manifests...)
				m.mapper = serves(s)
				p, err := m.Plan(t.Context(), report, f, fix.ID, Inputs{})
				if err != nil {
					t.Errorf("%s: %s offers %s, and its plan is refused: %v", name, f.ID(), fix.ID, err)
					continue
				}
				planned++
				if blocked := p.Blocked(); len(blocked) > 0 {
					t.Errorf("%s: %s offers %s, and its plan is blocked: %v", name, f.ID(), fix.ID, blocked)
				}
			}
		}
	}
	if planned < 200 {
		t.Errorf("%d fixes were planned: too few to say anything", planned)
	}
}

func manifestsOf(t *testing.T, s *scene.Scene) (out []string) {
	t.Helper()
	for _, o := range s.Objects() {
		text, err := yaml.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}

// serves are the custom kinds of a scene, as discovery tells of them.
func serves(s *scene.Scene) meta.RESTMapper {
	var kinds []schema.GroupVersionKind
	var versions []schema.GroupVersion
	for _, o := range s.Objects() {
		if u, ok := o.(*unstructured.Unstructured); ok {
			kinds = append(kinds, u.GroupVersionKind())
			if u.GetKind() == "VolumeSnapshotClass" { // the definitions of both are installed together
				kinds = append(kinds, u.GroupVersionKind().GroupVersion().WithKind("VolumeSnapshot"))
			}
			versions = append(versions, u.GroupVersionKind().GroupVersion())
		}
	}
	mapper := meta.NewDefaultRESTMapper(versions)
	for _, k := range kinds {
		mapper.Add(k, meta.RESTScopeNamespace)
	}
	return mapper
}

// withHelm reports whether Helm itself takes a step, which no fake server can show.
func withHelm(fix *finding.Fix) bool {
	return slices.ContainsFunc(fix.Steps, func(s finding.Step) bool {
		switch s.Change.(type) {
		case finding.Rollback, finding.Uninstall:
			return true
		}
		return false
	})
}

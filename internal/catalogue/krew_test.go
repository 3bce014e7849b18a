package catalogue

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"sigs.k8s.io/yaml"
)

// TestTheKrewManifestNamesTheReleasesArchives fills the manifest in as
// krew-release-bot does and compares it with what goreleaser builds.
func TestTheKrewManifestNamesTheReleasesArchives(t *testing.T) {
	const tag = "v1.2.3"
	render := func(text string, data any, funcs template.FuncMap) string {
		tmpl, err := template.New("").Funcs(funcs).Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := tmpl.Execute(&b, data); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	raw, err := os.ReadFile(filepath.Join("..", "..", ".krew.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	release := map[string]string{"TagName": tag}
	text := render(string(raw), release, template.FuncMap{"addURIAndSha": func(url, _ string) string {
		return fmt.Sprintf("uri: %s\n    sha256: %s", render(url, release, nil), strings.Repeat("ab", 32))
	}})
	var plugin struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct{ Name string }
		Spec       struct {
			Version, Homepage, ShortDescription, Description string
			Platforms                                        []struct {
				URI, SHA256, Bin string
				Selector         struct{ MatchLabels map[string]string }
			}
		}
	}
	if err := yaml.UnmarshalStrict([]byte(text), &plugin); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if plugin.Spec.Version != tag || plugin.Metadata.Name != "careen" || len(plugin.Spec.ShortDescription) > 50 {
		t.Errorf("%+v", plugin)
	}
	raw, err = os.ReadFile(filepath.Join("..", "..", ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var built struct {
		Builds   []struct{ Goos, Goarch []string }
		Archives []struct {
			NameTemplate string `json:"name_template"`
			Formats      []string
			Overrides    []struct {
				Goos    string
				Formats []string
			} `json:"format_overrides"`
		}
	}
	if err := yaml.Unmarshal(raw, &built); err != nil {
		t.Fatal(err)
	}
	suffix := func(system string) string {
		for _, o := range built.Archives[0].Overrides {
			if o.Goos == system {
				return "." + o.Formats[0]
			}
		}
		return "." + built.Archives[0].Formats[0]
	}
	var want, got []string
	for _, system := range built.Builds[0].Goos {
		for _, arch := range built.Builds[0].Goarch {
			name := render(built.Archives[0].NameTemplate, map[string]string{"Tag": tag, "Version": tag[1:], "Os": system, "Arch": arch}, nil)
			want = append(want, system+"/"+arch+" https://github.com/careen-tui/careen/releases/download/"+tag+"/"+name+suffix(system))
		}
	}
	for _, p := range plugin.Spec.Platforms {
		got = append(got, p.Selector.MatchLabels["os"]+"/"+p.Selector.MatchLabels["arch"]+" "+p.URI)
		if bin := map[bool]string{false: "careen", true: "careen.exe"}[p.Selector.MatchLabels["os"] == "windows"]; p.Bin != bin || len(p.SHA256) != 64 {
			t.Errorf("%+v", p)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the manifest has\n%s\nthe release\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

package command

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/probes"
)

// releaseConfig is what these tests read of .goreleaser.yaml.
type releaseConfig struct {
	Builds []struct {
		ID           string   `json:"id"`
		Goos, Goarch []string `json:",omitempty"`
		Flags        []string `json:"flags"`
		ModTimestamp string   `json:"mod_timestamp"`
	} `json:"builds"`
	Archives []struct {
		ID         string       `json:"id"`
		Template   string       `json:"name_template"`
		BuildsInfo releaseInfo  `json:"builds_info"`
		Files      []releaseSrc `json:"files"`
	} `json:"archives"`
	NFPMs []struct {
		Formats  []string     `json:"formats"`
		MTime    string       `json:"mtime"`
		Contents []releaseSrc `json:"contents"`
	} `json:"nfpms"`
	Kos []struct {
		Repositories []string `json:"repositories"`
		BaseImage    string   `json:"base_image"`
		User         string   `json:"user"`
		CreationTime string   `json:"creation_time"`
	} `json:"kos"`
	Casks []struct {
		Manpages    []string          `json:"manpages"`
		Completions map[string]string `json:"completions"`
	} `json:"homebrew_casks"`
}

type releaseInfo struct {
	MTime string `json:"mtime"`
}

type releaseSrc struct {
	Src      string      `json:"src"`
	Dst      string      `json:"dst"`
	Type     string      `json:"type"`
	Info     releaseInfo `json:"info"`
	FileInfo releaseInfo `json:"file_info"`
}

const commitDate = "{{ .CommitDate }}"

func readRelease(t *testing.T) (c releaseConfig) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// releaseFiles makes what `make release-files` puts into .release/, by paths there. The
// licences are made by internal/notices, whose own tests hold them.
func releaseFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := writeDocs(testRoot(t), filepath.Join(dir, ".release")); err != nil {
		t.Fatal(err)
	}
	made := []string{".release/THIRD_PARTY_NOTICES.txt", ".release/CLUSTER_THIRD_PARTY_NOTICES.txt"}
	for _, name := range []string{"plugin.yaml", "plugin.complete"} {
		if _, err := os.Stat(filepath.Join("..", "..", "deploy", "helm-plugin", name)); err != nil {
			t.Error(err)
		}
		made = append(made, ".release/helm-plugin/"+name)
	}
	for _, name := range made {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestAReleaseHoldsFilesThatAreThere finds every file that the release names, and for each
// a time that does not depend on when it is built.
func TestAReleaseHoldsFilesThatAreThere(t *testing.T) {
	c, dir := readRelease(t), releaseFiles(t)
	present := func(src string) {
		root := filepath.Join("..", "..")
		if strings.HasPrefix(src, ".release/") {
			root = dir
		}
		if found, err := filepath.Glob(filepath.Join(root, src)); err != nil || len(found) == 0 {
			t.Errorf("the release names %s, which is not there (%v)", src, err)
		}
	}
	in := map[string][]string{}
	for _, a := range c.Archives {
		if a.BuildsInfo.MTime != commitDate {
			t.Errorf("archive %s: the program's time is %q", a.ID, a.BuildsInfo.MTime)
		}
		for _, f := range a.Files {
			in[a.ID] = append(in[a.ID], f.Src)
			if present(f.Src); f.Info.MTime != commitDate {
				t.Errorf("archive %s: the time of %s is %q", a.ID, f.Src, f.Info.MTime)
			}
			if a.ID == "helm-plugin" && strings.Contains(f.Dst, "/") {
				t.Errorf("%s lies in a folder of the Helm plugin's archive, which Helm 3 does not unpack", f.Dst)
			}
		}
	}
	for _, n := range c.NFPMs {
		if want := []string{"deb", "rpm", "apk"}; !slices.Equal(n.Formats, want) || n.MTime != commitDate {
			t.Errorf("packages are %v of %s", n.Formats, n.MTime)
		}
		for _, f := range n.Contents {
			if f.Type != "symlink" {
				present(f.Src)
			}
			if f.FileInfo.MTime != commitDate {
				t.Errorf("package: the time of %s is %q", f.Dst, f.FileInfo.MTime)
			}
		}
	}
	for _, cask := range c.Casks {
		for _, p := range slices.Concat(cask.Manpages, []string{cask.Completions["bash"], cask.Completions["zsh"], cask.Completions["fish"]}) {
			present(filepath.Join(".release", p))
		}
	}
	for name := range completionFiles {
		if ok, err := filepath.Match("*careen*", name); !ok || err != nil {
			t.Errorf("the archives leave %s out", name)
		}
	}
}

func TestAReleaseIsBuiltForEveryPlatform(t *testing.T) {
	c := readRelease(t)
	for _, b := range c.Builds {
		want := []string{"linux", "darwin"}
		if b.ID == "careen" {
			want = append(want, "windows")
		}
		if !slices.Equal(b.Goos, want) || !slices.Equal(b.Goarch, []string{"amd64", "arm64"}) {
			t.Errorf("%s is built for %v on %v", b.ID, b.Goos, b.Goarch)
		}
		if !slices.Contains(b.Flags, "-trimpath") || b.ModTimestamp != "{{ .CommitTimestamp }}" {
			t.Errorf("%s is not the same wherever and whenever it is built", b.ID)
		}
	}
}

// The CronJob of the examples runs the image that a release makes.
func TestTheExamplesNameTheReleasesImage(t *testing.T) {
	c := readRelease(t)
	if len(c.Kos) != 1 || len(c.Kos[0].Repositories) != 1 {
		t.Fatalf("images: %+v", c.Kos)
	}
	image := c.Kos[0]
	if !strings.HasSuffix(image.BaseImage, ":nonroot") || !strings.Contains(image.BaseImage, "distroless/static") || image.User != "65532" || image.CreationTime != "{{ .CommitTimestamp }}" {
		t.Errorf("the image is %+v", image)
	}
	example := catalogue.CronJob(probes.All())
	if want := "image: " + image.Repositories[0] + ":"; !strings.Contains(example, want) || !strings.Contains(example, "runAsUser: "+image.User) {
		t.Errorf("the CronJob does not run %s as %s", want, image.User)
	}
}

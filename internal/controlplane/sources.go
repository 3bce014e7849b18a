package controlplane

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

const modulePath = "github.com/careen-tui/careen"

// findSources returns the directory of the control plane's sources in the checkout
// that the working directory lies in, or "" if it lies in none.
func findSources() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the checkout: %w", err)
	}
	for {
		if declares(filepath.Join(dir, "go.mod"), modulePath) {
			sources := filepath.Join(dir, "demo", "cluster")
			if declares(filepath.Join(sources, "go.mod"), modulePath+"/demo/cluster") {
				return sources, nil
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", nil
		}
		dir = parent
	}
}

func declares(goMod, module string) bool {
	content, err := os.ReadFile(goMod)
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(content)) {
		if name, ok := strings.CutPrefix(line, "module "); ok {
			return strings.TrimSpace(name) == module
		}
	}
	return false
}

// hash stands for everything that goes into the executable: the files that are
// compiled or embedded, and where it is to run.
func hash(sources string) (string, error) {
	var files []string
	err := filepath.WalkDir(sources, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Type().IsRegular() && isSource(entry.Name()) {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("reading the control plane's sources: %w", err)
	}
	slices.Sort(files)
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.GOOS, runtime.GOARCH, runtime.Version())
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("reading the control plane's sources: %w", err)
		}
		relative, err := filepath.Rel(sources, path)
		if err != nil {
			return "", fmt.Errorf("reading the control plane's sources: %w", err)
		}
		fmt.Fprintln(sum, filepath.ToSlash(relative), len(content))
		sum.Write(content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

func isSource(name string) bool {
	if strings.HasSuffix(name, "_test.go") {
		return false
	}
	switch filepath.Ext(name) {
	case ".go", ".mod", ".sum", ".yaml":
		return true
	}
	return false
}

var kubernetesRequirement = regexp.MustCompile(`(?m)^\s*k8s\.io/kubernetes v(\d+)\.(\d+)(\.\S+)`)

// linkFlags make the server call itself by the version that the module requires:
// else it is v0.0.0-master, and Helm's version checks fail.
func linkFlags(sources string) (string, error) {
	goMod, err := os.ReadFile(filepath.Join(sources, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("reading the version of Kubernetes: %w", err)
	}
	version := kubernetesRequirement.FindSubmatch(goMod)
	if version == nil {
		return "", fmt.Errorf("reading the version of Kubernetes: %s/go.mod does not require k8s.io/kubernetes", sources)
	}
	const pkg = "k8s.io/component-base/version"
	return fmt.Sprintf("-s -w -X %s.gitVersion=v%s.%s%s -X %s.gitMajor=%s -X %s.gitMinor=%s",
		pkg, version[1], version[2], version[3], pkg, version[1], pkg, version[2]), nil
}

package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
)

// Name is the executable's.
const Name = "careen-cluster"

// BinaryVariable names an environment variable that may hold the path of the
// executable to use.
const BinaryVariable = "CAREEN_CLUSTER_BINARY"

// ErrNotFound is that there is neither an executable nor a checkout to build one
// from.
var ErrNotFound = errors.New("the demo's control plane, " + Name + ", was not found")

// Progress is told, in one line each time, what takes so long. It may be nil, and
// is called from one goroutine at a time.
type Progress func(line string)

func (p Progress) say(format string, args ...any) {
	if p != nil {
		p(fmt.Sprintf(format, args...))
	}
}

// Locate returns the path of careen-cluster, building it if it must: that takes
// about four minutes the first time, and twenty seconds after a change.
func Locate(ctx context.Context, progress Progress) (string, error) {
	if path := os.Getenv(BinaryVariable); path != "" {
		if !isExecutable(path) {
			return "", fmt.Errorf("%s names %s, which is not an executable file", BinaryVariable, path)
		}
		return path, nil
	}
	if path := besideExecutable(); path != "" {
		return path, nil
	}
	if runtime.GOOS == "windows" {
		return "", fmt.Errorf("%w: it runs on Linux and macOS, and on Windows within WSL", ErrNotFound)
	}
	sources, err := findSources()
	if err != nil {
		return "", err
	}
	if sources == "" {
		if path := newestCached(); path != "" {
			return path, nil
		}
		return "", fmt.Errorf("%w beside this executable, in %s, or as sources above the working directory: "+
			"put the %s of a release beside careen, or run careen from a checkout of its repository", ErrNotFound, cacheDir(), Name)
	}
	return Build(ctx, sources, progress)
}

func besideExecutable() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	if path = filepath.Join(filepath.Dir(path), Name); isExecutable(path) {
		return path
	}
	return ""
}

// cacheDir holds one directory for each state of the sources that was built.
func cacheDir() string {
	base := os.Getenv("XDG_CACHE_HOME")
	if base == "" {
		var err error
		if base, err = os.UserCacheDir(); err != nil {
			base = os.TempDir()
		}
	}
	return filepath.Join(base, "careen", "cluster")
}

// cached lists the executables in the cache, the one used last first.
func cached() []string {
	paths, err := filepath.Glob(filepath.Join(cacheDir(), "*", Name))
	if err != nil {
		return nil
	}
	used := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			return 0
		}
		return info.ModTime().UnixNano()
	}
	slices.SortFunc(paths, func(a, b string) int { return int(max(-1, min(1, used(b)-used(a)))) })
	return paths
}

func newestCached() string {
	for _, path := range cached() {
		if isExecutable(path) {
			return path
		}
	}
	return ""
}

func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && (info.Mode()&0o111 != 0 || runtime.GOOS == "windows")
}

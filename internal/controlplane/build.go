package controlplane

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	// keep is how many states of the sources stay in the cache: each takes 170 MB.
	keep = 3
	// sayEvery is how often a build says where it is.
	sayEvery = time.Second
	// shownErrors is how much of a failed build's output its error quotes.
	shownErrors = 20
)

// Build returns the executable made from these sources, out of the cache if it is
// there. A build that is cut short leaves nothing behind.
func Build(ctx context.Context, sources string, progress Progress) (string, error) {
	sum, err := hash(sources)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cacheDir(), sum)
	path := filepath.Join(dir, Name)
	if isExecutable(path) {
		now := time.Now()
		_ = os.Chtimes(path, now, now) // a read-only cache serves as well
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making room for the control plane: %w", err)
	}
	unfinished := filepath.Join(dir, fmt.Sprintf(".%s-%d", Name, os.Getpid()))
	defer func() { _ = os.Remove(unfinished) }()
	progress.say("Building the demo's control plane from %s: about 4 minutes the first time, 20 seconds after a change", sources)
	started := time.Now()
	if err := compile(ctx, sources, unfinished, progress); err != nil {
		return "", err
	}
	if err := os.Rename(unfinished, path); err != nil {
		return "", fmt.Errorf("putting the control plane into the cache: %w", err)
	}
	progress.say("Built the demo's control plane in %s: %s", time.Since(started).Round(time.Second), path)
	prune()
	return path, nil
}

func compile(ctx context.Context, sources, output string, progress Progress) error {
	toolchain, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("building the control plane: the Go toolchain is not on the PATH (%w); "+
			"install Go from https://go.dev/dl, or put the %s of a release beside careen", err, Name)
	}
	flags, err := linkFlags(sources)
	if err != nil {
		return err
	}
	total := toCompile(ctx, toolchain, sources)
	command := exec.CommandContext(ctx, toolchain, "build", "-v", "-buildvcs=false", "-ldflags", flags, "-o", output, ".")
	command.Dir = sources
	command.Env = append(os.Environ(), "GOWORK=off", "GOOS=", "GOARCH=")
	// An interrupt lets the toolchain tidy up after itself.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 5 * time.Second
	messages, err := command.StderrPipe()
	if err != nil {
		return fmt.Errorf("building the control plane: %w", err)
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("building the control plane: %w", err)
	}
	said := follow(bufio.NewScanner(messages), total, progress)
	if err := command.Wait(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("building the control plane: %w", context.Cause(ctx))
		}
		return fmt.Errorf("building the control plane in %s: %w\n%s", sources, err, strings.Join(said, "\n"))
	}
	return nil
}

// toCompile is how many packages are not in the build cache; 0 where that is not known.
func toCompile(ctx context.Context, toolchain, sources string) int {
	command := exec.CommandContext(ctx, toolchain, "list", "-deps", "-f", "{{if .Stale}}x{{end}}", ".")
	command.Dir = sources
	command.Env = append(os.Environ(), "GOWORK=off", "GOOS=", "GOARCH=")
	out, err := command.Output()
	if err != nil {
		return 0 // the build says what is wrong
	}
	return strings.Count(string(out), "x")
}

// follow passes on which package is compiled, of how many, and returns the end of what
// else the toolchain says.
func follow(lines *bufio.Scanner, total int, progress Progress) []string {
	var said []string
	var last time.Time
	packages := 0
	for lines.Scan() {
		line := lines.Text()
		if strings.Contains(line, " ") {
			if said = append(said, line); len(said) > shownErrors {
				said = said[1:]
			}
			if strings.HasPrefix(line, "go: downloading") && time.Since(last) > sayEvery {
				last = time.Now()
				progress.say("%s", line)
			}
			continue
		}
		packages++
		if time.Since(last) > sayEvery {
			last = time.Now()
			if total > 0 {
				progress.say("compiled %d of %d packages (%d %%), now %s", packages, total, min(100*packages/total, 99), line)
				continue
			}
			progress.say("compiled %d packages, now %s", packages, line)
		}
	}
	return said
}

// prune forgets all but the states of the sources that were used last.
func prune() {
	var failed []error
	for i, path := range cached() {
		if i >= keep {
			failed = append(failed, os.RemoveAll(filepath.Dir(path)))
		}
	}
	_ = errors.Join(failed...) // what cannot be removed only takes room
}

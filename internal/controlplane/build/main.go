// Command build makes the demo's control plane ready to be started and prints where
// it is; with a path as its argument it also puts it there.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/careen-tui/careen/internal/controlplane"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := build(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n", err)
		os.Exit(1)
	}
}

func build(ctx context.Context, arguments []string) error {
	path, err := controlplane.Locate(ctx, func(line string) { fmt.Fprintln(os.Stderr, line) })
	if err != nil {
		return err
	}
	if len(arguments) > 0 {
		if err := link(path, arguments[0]); err != nil {
			return err
		}
	}
	fmt.Println(path)
	return nil
}

// link puts the executable at a second path without copying it.
func link(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("making the directory of %s: %w", to, err)
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replacing %s: %w", to, err)
	}
	if err := os.Symlink(from, to); err != nil {
		return fmt.Errorf("linking %s: %w", to, err)
	}
	return nil
}

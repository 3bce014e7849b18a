// Command run breaks each condition of the probes on purpose, and prints those whose loss
// no fixture notices. With an argument it takes the files alone whose names begin with it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/careen-tui/careen/internal/mutants"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, strings.Join(os.Args[1:], ""))
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "mutants: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, prefix string) error {
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := mutants.Overlay("probes", prefix, dir); err != nil {
		return err
	}
	test := exec.CommandContext(ctx, "go", "test", "-tags", "mutants", "-overlay", filepath.Join(dir, "overlay.json"),
		"-run", "^TestMutants$", "-count", "1", "-timeout", "3h", "-v", "./probes")
	test.Env = append(os.Environ(), mutants.Folder+"="+dir)
	test.Stdout, test.Stderr = os.Stdout, os.Stderr
	return test.Run()
}

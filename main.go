// Careen inspects a Kubernetes cluster from the terminal: it watches it live,
// says what is wrong and why, and fixes it by keypress.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/careen-tui/careen/internal/command"
)

func main() {
	if code, ok := command.Sandboxed(os.Args); ok {
		os.Exit(code)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // a reader that left is a write error, not the end of careen
	code := command.Execute(ctx, os.Args, command.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}

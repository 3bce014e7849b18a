package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"
)

// graceful is how long a component that was told to stop may take.
const graceful = 5 * time.Second

// obey reads one command a line until in ends, and answers each on out with
// "ok COMMAND" or "error COMMAND: reason".
//
//	stop NAME      ends the component as an operator would
//	kill NAME      ends it at once
//	start NAME     starts it again, as it was
//	restart NAME   kills it, starts it, and waits until the API server is ready
func (c *cluster) obey(ctx context.Context, in io.Reader, out io.Writer) {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		if err := c.command(ctx, line); err != nil {
			fmt.Fprintf(out, "error %s: %s\n", line, strings.ReplaceAll(err.Error(), "\n", " | "))
			continue
		}
		fmt.Fprintf(out, "ok %s\n", line)
	}
}

func (c *cluster) command(ctx context.Context, line string) error {
	select {
	case <-c.ready:
	default:
		return errors.New("the cluster is not ready yet")
	}
	verb, name, _ := strings.Cut(line, " ")
	if _, ok := components[name]; !ok {
		return fmt.Errorf("no component is called %q", name)
	}
	switch verb {
	case "stop":
		return c.processes.end(name, syscall.SIGTERM, graceful)
	case "kill":
		return c.processes.end(name, syscall.SIGKILL, graceful)
	case "start":
		return c.startAgain(ctx, name)
	case "restart":
		if err := c.processes.end(name, syscall.SIGKILL, graceful); err != nil {
			return err
		}
		return c.startAgain(ctx, name)
	default:
		return fmt.Errorf("no command is called %q", verb)
	}
}

// startAgain starts a component that ran before. It returns when the API server,
// if it is that, or if it was waiting for etcd, serves again.
func (c *cluster) startAgain(ctx context.Context, name string) error {
	if err := c.processes.start(name); err != nil {
		return err
	}
	if name != apiserverName && name != etcdName {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.timeout)
	defer cancel()
	return awaitServer(ctx, c.client)
}

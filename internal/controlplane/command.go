package controlplane

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// StopAPIServer ends the API server as an operator would, and leaves it so.
func (c *Cluster) StopAPIServer(ctx context.Context) error { return c.command(ctx, "stop", APIServer) }

// StartAPIServer starts an API server that was stopped or killed, on the port that
// it had. It returns when the server is ready.
func (c *Cluster) StartAPIServer(ctx context.Context) error {
	return c.command(ctx, "start", APIServer)
}

// Kill ends a component at once, and leaves it so.
func (c *Cluster) Kill(ctx context.Context, component string) error {
	return c.command(ctx, "kill", component)
}

// StartAgain starts a component that was stopped or killed, as it was.
func (c *Cluster) StartAgain(ctx context.Context, component string) error {
	return c.command(ctx, "start", component)
}

func (c *Cluster) command(ctx context.Context, verb, component string) error {
	c.commands.Lock()
	defer c.commands.Unlock()
	line := verb + " " + component
	select {
	case <-c.answers: // of a command whose caller did not wait for it
	default:
	}
	if _, err := io.WriteString(c.stdin, line+"\n"); err != nil {
		return fmt.Errorf("telling the control plane to %s: %w", line, ErrStopped)
	}
	for {
		select {
		case answer := <-c.answers:
			if answer == "ok "+line {
				return nil
			}
			if reason, ok := strings.CutPrefix(answer, "error "+line+": "); ok {
				return fmt.Errorf("telling the control plane to %s: %s", line, reason)
			}
		case <-c.ended:
			return fmt.Errorf("telling the control plane to %s: %w", line, c.err)
		case <-ctx.Done():
			return fmt.Errorf("telling the control plane to %s: %w", line, context.Cause(ctx))
		}
	}
}

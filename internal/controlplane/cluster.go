package controlplane

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	// stopWithin is how long a cluster may take to end by itself.
	stopWithin = 15 * time.Second
	// spare is what Start waits longer than the cluster's own timeout, so that the
	// cluster says what failed.
	spare = 10 * time.Second
)

// ErrStopped is why a command to a cluster that is gone fails.
var ErrStopped = errors.New("the control plane has ended")

// Cluster is one running control plane.
type Cluster struct {
	// Kubeconfig has a context for each user; the current one is DemoContext.
	Kubeconfig string
	// Dir holds everything that the cluster writes; logs/ in it are the components'.
	Dir string
	// AuditLog is where the API server writes a line for each request, if that was
	// asked for; see Requests.
	AuditLog string

	process *exec.Cmd
	stderr  *tail
	ready   chan struct{}
	answers chan string
	ended   chan struct{}
	err     error // why it ended; read it after ended is closed

	commands sync.Mutex // one at a time
	stdin    io.WriteCloser
	stopping sync.Once
}

// Start returns a cluster in which pods can be created, some four seconds later if
// its executable is built. The cluster ends when ctx does.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	binary := options.Binary
	if binary == "" {
		var err error
		if binary, err = Locate(ctx, options.Progress); err != nil {
			return nil, err
		}
	}
	dir, err := newDir(options.Dir)
	if err != nil {
		return nil, err
	}
	c, err := launch(binary, dir, options)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = c.Stop() })
	options.Progress.say("Starting etcd, the API server, the controller manager, the scheduler and the nodes")
	select {
	case <-c.ready:
		return c, nil
	case <-c.ended:
		if ctx.Err() != nil {
			return nil, fmt.Errorf("starting the control plane: %w", context.Cause(ctx))
		}
		return nil, fmt.Errorf("starting the control plane: %w", c.err)
	case <-time.After(options.timeout() + spare):
		_ = c.Stop()
		return nil, fmt.Errorf("starting the control plane: it was not ready after %s\n%s", options.timeout()+spare, c.stderr)
	}
}

// newDir is a directory that is not there yet: careen-cluster removes what it made,
// so that nothing stays even if this process is killed.
func newDir(dir string) (string, error) {
	if dir == "" {
		made, err := os.MkdirTemp("", "careen-cluster-")
		if err != nil {
			return "", fmt.Errorf("making a directory for the control plane: %w", err)
		}
		if err := os.Remove(made); err != nil {
			return "", fmt.Errorf("making a directory for the control plane: %w", err)
		}
		return made, nil
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("making a directory for the control plane: %w", err)
	}
	return absolute, nil
}

func launch(binary, dir string, options Options) (*Cluster, error) {
	c := &Cluster{
		Dir:     dir,
		stderr:  &tail{},
		ready:   make(chan struct{}),
		answers: make(chan string, 1),
		ended:   make(chan struct{}),
	}
	if options.Audit {
		c.AuditLog = filepath.Join(dir, "audit.log")
	}
	c.process = exec.Command(binary, options.arguments(dir)...)
	c.process.Stderr = c.stderr
	c.process.SysProcAttr = ownSession()
	c.process.WaitDelay = time.Second
	var err error
	if c.stdin, err = c.process.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", binary, err)
	}
	stdout, err := c.process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", binary, err)
	}
	if err := c.process.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", binary, err)
	}
	go c.follow(stdout)
	return c, nil
}

// follow reads what the process says until it ends.
func (c *Cluster) follow(stdout io.Reader) {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		line := lines.Text()
		if path, ok := strings.CutPrefix(line, "KUBECONFIG="); ok {
			c.Kubeconfig = path
			continue
		}
		if line == "ready" {
			close(c.ready)
			continue
		}
		select {
		case c.answers <- line:
		default: // nobody waits for it any more
		}
	}
	c.err = ErrStopped
	if err := c.process.Wait(); err != nil {
		c.err = fmt.Errorf("%w: %w\n%s", ErrStopped, err, c.stderr)
	}
	close(c.ended)
}

// Process is the one that all others of the cluster descend from. It leads a session of its
// own where there are sessions.
func (c *Cluster) Process() *os.Process { return c.process.Process }

// Done is closed when the cluster has ended, by Stop or by itself.
func (c *Cluster) Done() <-chan struct{} { return c.ended }

// Err says why the cluster ended, quoting the log of the component that failed. It
// is nil while the cluster runs.
func (c *Cluster) Err() error {
	select {
	case <-c.ended:
		return c.err
	default:
		return nil
	}
}

// Stop takes the cluster down and removes its files. It may be called again, and
// from anywhere; each call returns when everything is gone.
func (c *Cluster) Stop() error {
	c.stopping.Do(func() {
		_ = c.stdin.Close() // this is what tells the process to end
		select {
		case <-c.ended:
		case <-time.After(stopWithin):
			_ = c.process.Process.Kill() // its children die with it
		}
	})
	<-c.ended
	if err := os.RemoveAll(c.Dir); err != nil {
		return fmt.Errorf("removing the control plane's files: %w", err)
	}
	return nil
}

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/sanitize"
)

const (
	name = "careen-sandbox"       // argv[0] of a child
	mark = "CAREEN_SANDBOX_CHILD" // is set in its environment
)

// The exit codes of a child. Go's runtime ends a process that it cannot go on with
// by 2.
const (
	exitFailed = 40
	exitMemory = 41
)

// Why a child has ended, where it was not told to.
var (
	ErrMemory = errors.New("it needs more memory than it may have")
	ErrTime   = errors.New("it takes longer than it may") // for the caller's context.WithTimeoutCause
	ErrDepth  = errors.New("it nests too deep")
)

// Limits bound a child.
type Limits struct {
	Memory  uint64 // bytes that it may hold
	In, Out uint32 // bytes of the largest message to it, and from it
}

// Child is a process that works on what it is sent. It is used by one goroutine.
type Child struct {
	Enforced []string // what the system holds it to: "network", "files", "memory"

	cmd    *exec.Cmd
	to     *os.File
	from   *os.File
	limit  uint32
	errors *head
	ended  chan struct{} // closed when it has ended
	kill   context.CancelFunc
}

// Start starts a child for a work. It ends with ctx, or by Close.
func Start(ctx context.Context, work string, limits Limits) (*Child, error) {
	if os.Getenv(mark) != "" {
		return nil, errors.New("a sandboxed process starts no other") // nor a test without its TestMain
	}
	var first error
	for _, o := range origins() {
		c, err := start(ctx, work, o)
		if err == nil {
			err = c.greet(ctx, limits, o.enforces)
		}
		if err == nil {
			return c, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		first = errors.Join(first, err)
	}
	return nil, fmt.Errorf("starting a process of careen's own: %w", first)
}

// origin is a way to start a child.
type origin struct {
	path     string // the program
	apply    func(*exec.Cmd)
	enforces []string
}

func start(ctx context.Context, work string, o origin) (*Child, error) {
	in, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	from, out, err := os.Pipe()
	if err != nil {
		to.Close()
		return nil, err
	}
	defer out.Close()
	c := &Child{to: to, from: from, errors: &head{}, ended: make(chan struct{})}
	ctx, c.kill = context.WithCancel(ctx)
	c.cmd = exec.CommandContext(ctx, o.path)
	c.cmd.Args, c.cmd.Env = []string{name, work}, environment()
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = in, out, c.errors
	c.cmd.WaitDelay = time.Second
	o.apply(c.cmd)
	started := make(chan error)
	go c.run(started)
	if err := <-started; err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// run starts the process and waits for its end. Linux kills it when the thread that
// started it ends.
func (c *Child) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(c.ended)
	err := c.cmd.Start()
	started <- err
	if err == nil {
		_ = c.cmd.Wait() // how it ended stands in ProcessState
	}
}

// environment is what a child gets of ours.
func environment() []string {
	env := []string{mark + "=1", "GOTRACEBACK=none", "GOMAXPROCS=2"}
	for _, name := range []string{"TZ", "SYSTEMROOT"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// greet sees to it that the child is one, and is confined.
func (c *Child) greet(ctx context.Context, limits Limits, enforced []string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, ErrTime)
	defer cancel()
	c.limit = maxGreeting
	var answer greeting
	err := c.Send(ctx, greeting{Version: version, Memory: limits.Memory, Message: limits.In})
	if err == nil {
		err = c.Receive(ctx, &answer)
	}
	if err == nil && answer.Version != version {
		err = errMalformed
	}
	if err != nil {
		c.Close()
		return err
	}
	c.limit = limits.Out
	c.Enforced = slices.Concat(answer.Enforced, enforced)
	slices.Sort(c.Enforced)
	c.Enforced = slices.Compact(c.Enforced)
	return nil
}

// Send sends a message.
func (c *Child) Send(ctx context.Context, m any) error {
	defer context.AfterFunc(ctx, c.kill)()
	if err := write(c.to, m); err != nil {
		return c.why(ctx, err)
	}
	return nil
}

// Receive waits for the child's next message. m is a pointer. The child is killed
// when ctx ends; the error is ctx's cause then, else why the child has ended.
func (c *Child) Receive(ctx context.Context, m any) error {
	defer context.AfterFunc(ctx, c.kill)()
	text, err := read(c.from, c.limit)
	if err == nil {
		err = decode(text, m)
	}
	if err != nil {
		return c.why(ctx, err)
	}
	return nil
}

// Close ends the child.
func (c *Child) Close() {
	c.to.Close()
	c.kill()
	<-c.ended
	c.from.Close()
}

// why explains an error by how the child has ended.
func (c *Child) why(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		c.kill()
		<-c.ended
		return context.Cause(ctx)
	}
	if !errors.Is(err, errMalformed) {
		select { // its pipes close a moment before it has ended
		case <-c.ended:
		case <-time.After(time.Second):
		}
	}
	c.kill()
	<-c.ended
	if errors.Is(err, errMalformed) {
		return err
	}
	if c.cmd.ProcessState.ExitCode() == exitMemory {
		return ErrMemory
	}
	said := c.errors.String()
	if limit := exceeded(said); limit != nil {
		return limit
	}
	return fmt.Errorf("the process ended (%s) %s", c.cmd.ProcessState, sanitize.Line(said, 300))
}

// exceeded is the limit that a process said first that it met, or nil: one whose stack is
// too deep may lack the memory to tell more of that.
func exceeded(said string) (limit error) {
	first := len(said)
	for words, of := range ends {
		if at := strings.Index(said, words); at >= 0 && at < first {
			first, limit = at, of
		}
	}
	return limit
}

// ends are the words of Go's runtime, its race detector and libc for a stack that is too
// deep, and for memory that they do not get.
var ends = map[string]error{
	"stack overflow": ErrDepth, "stack exceeds": ErrDepth,
	"out of memory": ErrMemory, "cannot allocate memory": ErrMemory, "failed to allocate": ErrMemory,
	"pthread_create failed": ErrMemory, "failed to create new OS thread": ErrMemory,
}

// head keeps the first bytes of what is written to it.
type head struct {
	mu   sync.Mutex
	text []byte
}

func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if room := 4096 - len(h.text); room > 0 {
		h.text = append(h.text, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.TrimSpace(string(h.text))
}

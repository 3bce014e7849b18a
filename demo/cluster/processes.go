package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// processes runs this executable's components as children. A child that ends
// without having been told to is reported on failed, once.
type processes struct {
	executable string
	logs       string
	failed     chan error
	spawn      chan func()

	mu       sync.Mutex
	children map[string]*child
}

type child struct {
	arguments []string
	command   *exec.Cmd
	ended     chan struct{}
	stopping  bool
}

// newProcesses prepares to run components whose output goes to files in logs.
// One locked thread starts them all and never ends before the process does: the
// kernel ties a child's life to the thread that started it.
func newProcesses(executable, logs string) *processes {
	p := &processes{
		executable: executable,
		logs:       logs,
		failed:     make(chan error, 1),
		spawn:      make(chan func()),
		children:   map[string]*child{},
	}
	go func() {
		runtime.LockOSThread()
		for start := range p.spawn {
			start()
		}
	}()
	return p
}

// start runs the component with these arguments, or with those it had before if
// there are none.
func (p *processes) start(name string, arguments ...string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.children[name]; old != nil {
		if !old.done() {
			return fmt.Errorf("starting %s: it is running already", name)
		}
		if len(arguments) == 0 {
			arguments = old.arguments
		}
	}
	log, err := os.OpenFile(p.log(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("starting %s: %w", name, err)
	}
	defer func() { _ = log.Close() }()
	c := &child{arguments: arguments, ended: make(chan struct{})}
	c.command = exec.Command(p.executable, append([]string{name}, arguments...)...)
	c.command.Env = append(os.Environ(),
		parentVariable+"="+strconv.Itoa(os.Getpid()),
		"HOME="+p.logs, // KWOK would read the configuration of whoever runs this
	)
	c.command.Stdout, c.command.Stderr = log, log
	c.command.SysProcAttr = childAttributes()
	started := make(chan error)
	p.spawn <- func() { started <- c.command.Start() }
	if err := <-started; err != nil {
		return fmt.Errorf("starting %s: %w", name, err)
	}
	p.children[name] = c
	go p.await(name, c)
	return nil
}

func (p *processes) await(name string, c *child) {
	err := c.command.Wait()
	p.mu.Lock()
	expected := c.stopping
	p.mu.Unlock()
	close(c.ended)
	if expected {
		return
	}
	if err == nil {
		err = errors.New("it ended without being told to")
	}
	select {
	case p.failed <- fmt.Errorf("%s failed: %w\n%s", name, err, p.tail(name, 12)):
	default:
	}
}

// end sends the signal to the component's process group and waits until it is
// gone, killing it when it takes longer than grace.
func (p *processes) end(name string, signal syscall.Signal, grace time.Duration) error {
	p.mu.Lock()
	c := p.children[name]
	if c == nil || c.done() {
		p.mu.Unlock()
		return fmt.Errorf("stopping %s: it is not running", name)
	}
	c.stopping = true
	_ = syscall.Kill(-c.command.Process.Pid, signal)
	p.mu.Unlock()
	select {
	case <-c.ended:
	case <-time.After(grace):
		_ = syscall.Kill(-c.command.Process.Pid, syscall.SIGKILL)
		<-c.ended
	}
	return nil
}

// killAll takes every component down at once: there is nothing to save.
func (p *processes) killAll() {
	p.mu.Lock()
	running := []*child{}
	for _, c := range p.children {
		if !c.done() {
			c.stopping = true
			_ = syscall.Kill(-c.command.Process.Pid, syscall.SIGKILL)
			running = append(running, c)
		}
	}
	p.mu.Unlock()
	for _, c := range running {
		<-c.ended
	}
}

func (p *processes) log(name string) string { return filepath.Join(p.logs, name+".log") }

// tail is the end of a component's log, for the message that says it failed.
func (p *processes) tail(name string, lines int) string {
	content, err := os.ReadFile(p.log(name))
	if err != nil {
		return err.Error()
	}
	all := bytes.Split(bytes.TrimRight(content, "\n"), []byte("\n"))
	return string(bytes.Join(all[max(0, len(all)-lines):], []byte("\n")))
}

func (c *child) done() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

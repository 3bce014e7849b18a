package sandbox

import (
	"io"
	"log"
	"os"
	"runtime/debug"
	"time"

	"github.com/careen-tui/careen/internal/startup"
)

// Work is what a child does. It returns when there is nothing more to do.
type Work func(p *Parent) error

// Parent is the process that a child works for, as the child sees it.
type Parent struct {
	to       io.Writer
	messages chan []byte
}

// Send sends a message.
func (p *Parent) Send(m any) error { return write(p.to, m) }

// Receive waits for a message. m is a pointer. The process ends when no more can come.
func (p *Parent) Receive(m any) error { return decode(<-p.messages, m) }

// Serve works for the process that started this one, and reports its exit code. In a
// process that none of Start's is, ok is false and nothing is done: careen asks it
// before anything else, and so do tests, in TestMain.
func Serve(args []string, works map[string]Work) (code int, ok bool) {
	if len(args) != 2 || args[0] != name || os.Getenv(mark) == "" || works[args[1]] == nil {
		return 0, false
	}
	log.SetOutput(io.Discard) // Helm's words, which are the chart's
	in, out := os.Stdin, os.Stdout
	os.Stdout = os.Stderr // what else would print there
	text, err := read(in, maxGreeting)
	if err != nil {
		return exitFailed, true
	}
	var hello greeting
	if err := decode(text, &hello); err != nil || hello.Version != version {
		return exitFailed, true
	}
	debug.SetMaxStack(maxStack)
	startup.End()
	debug.SetMemoryLimit(int64(hello.Memory / 4 * 3))
	enforced := confine(hello.Memory)
	go watch(hello.Memory)
	if err := write(out, greeting{Version: version, Enforced: enforced}); err != nil {
		return exitFailed, true
	}
	p := &Parent{to: out, messages: make(chan []byte)}
	go p.listen(in, hello.Message)
	if err := works[args[1]](p); err != nil {
		return exitFailed, true
	}
	return 0, true
}

// maxStack bounds recursion: Go's own bound is a gigabyte.
const maxStack = 32 << 20

// listen reads what the parent sends, at all times: the end of it is the end of this
// process, whatever it is doing.
func (p *Parent) listen(in io.Reader, limit uint32) {
	for {
		text, err := read(in, limit)
		if err != nil {
			os.Exit(exitFailed)
		}
		p.messages <- text
	}
}

// watch ends the process when it holds more memory than it may.
func watch(limit uint64) {
	for held := newHeld(); ; time.Sleep(5 * time.Millisecond) {
		if held.bytes() > limit {
			os.Exit(exitMemory)
		}
	}
}

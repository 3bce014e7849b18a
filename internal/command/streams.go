package command

import (
	"io"
	"os"
	"sync"

	"golang.org/x/term"

	"github.com/careen-tui/careen/internal/sanitize"
)

// Streams are a command's three files. Data goes to Out, messages to Err.
type Streams struct {
	In       *os.File
	Out, Err io.Writer
}

// guarded are the streams of which nothing reaches a terminal but what careen means
// to send: text, and on a terminal colours.
func (s Streams) guarded() Streams {
	s.Out, s.Err = newOutput(s.Out), newOutput(s.Err)
	return s
}

// output is a sanitised way to a file. It remembers the first error of writing, for
// the many commands that only print.
type output struct {
	to io.Writer

	mu   sync.Mutex
	safe *sanitize.Writer
	err  error
}

func newOutput(to io.Writer) *output {
	f, ok := to.(*os.File)
	return &output{to: to, safe: sanitize.NewWriter(to, ok && term.IsTerminal(int(f.Fd())))}
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.safe.Write(b)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

// Fd is the file's descriptor, by which the width of a terminal is asked for.
func (o *output) Fd() uintptr {
	if f := fileOf(o); f != nil {
		return f.Fd()
	}
	return ^uintptr(0)
}

// fileOf is the file that a command's output goes to; nil where it is none.
func fileOf(w io.Writer) *os.File {
	if o, ok := w.(*output); ok {
		w = o.to
	}
	f, _ := w.(*os.File)
	return f
}

package tui

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// lineReader reads lines, one when it is asked for, so that reading ends with a
// context although the file behind it does not.
type lineReader struct {
	buf  *bufio.Reader
	file *os.File // nil where the input is no terminal
	got  chan line
}

type line struct {
	text string
	err  error
}

// longestLine is how many bytes of a line are kept.
const longestLine = 64 << 10

func newLineReader(r io.Reader) *lineReader {
	l := &lineReader{buf: bufio.NewReaderSize(r, longestLine), got: make(chan line, 1)}
	if f, ok := r.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		l.file = f
	}
	return l
}

// next returns the next line, without its end. What a last line without an end
// holds is returned first, and io.EOF after it.
func (l *lineReader) next(ctx context.Context) (string, error) {
	return l.wait(ctx, l.read)
}

func (l *lineReader) read() line {
	b, more, err := l.buf.ReadLine()
	text := string(b)
	for more && err == nil {
		_, more, err = l.buf.ReadLine()
	}
	return line{text, err}
}

// secret is next without an echo, where the input is a terminal.
func (l *lineReader) secret(ctx context.Context, out io.Writer) (string, error) {
	if l.file == nil {
		return l.next(ctx)
	}
	fd := int(l.file.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("preparing to read without an echo: %w", err)
	}
	defer func() {
		_ = term.Restore(fd, before) // where that fails the terminal is gone
		fmt.Fprintln(out)
	}()
	return l.wait(ctx, func() line {
		b, err := term.ReadPassword(fd)
		return line{string(b), err}
	})
}

// wait runs read beside ctx. A reading that ctx overtook is left behind; the
// program ends then.
func (l *lineReader) wait(ctx context.Context, read func() line) (string, error) {
	go func() {
		defer func() {
			if v := recover(); v != nil {
				l.got <- line{err: fmt.Errorf("reading a line: %v", v)}
			}
		}()
		l.got <- read()
	}()
	select {
	case got := <-l.got:
		return strings.TrimRight(got.text, "\r\n"), got.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

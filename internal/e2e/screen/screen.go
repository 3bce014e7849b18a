// Package screen drives a program through a pseudo-terminal and reads its screen
// the way a person would: it is for tests.
package screen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// Terminal is a program on a pseudo-terminal, with an emulator that keeps its
// screen.
type Terminal struct {
	cmd   *exec.Cmd
	tty   *os.File
	emu   vt10x.Terminal
	moved chan struct{} // has a value when the screen may have changed

	mu   sync.Mutex
	sent int64     // bytes the program wrote
	raw  []byte    // everything it wrote, for looking for what must not be there
	last time.Time // when it last wrote
	exit error
	done chan struct{}
}

// Start runs a command on a terminal of that size.
func Start(cmd *exec.Cmd, columns, rows int) (*Terminal, error) {
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)})
	if err != nil {
		return nil, fmt.Errorf("starting %s on a terminal: %w", cmd.Path, err)
	}
	t := &Terminal{
		cmd: cmd, tty: tty, moved: make(chan struct{}, 1), done: make(chan struct{}),
		emu: vt10x.New(vt10x.WithWriter(io.Discard), vt10x.WithSize(columns, rows)),
	}
	go t.read()
	return t, nil
}

func (t *Terminal) read() {
	f := &filter{to: t.emu}
	buf := make([]byte, 32<<10)
	for {
		n, err := t.tty.Read(buf)
		if n > 0 {
			t.mu.Lock()
			t.sent += int64(n)
			t.raw = append(t.raw, buf[:n]...)
			t.last = time.Now()
			t.mu.Unlock()
			f.write(buf[:n])
			select {
			case t.moved <- struct{}{}:
			default:
			}
		}
		if err != nil {
			break
		}
	}
	err := t.cmd.Wait()
	t.mu.Lock()
	t.exit = err
	t.mu.Unlock()
	close(t.done)
}

// Text is the screen: one line a row, blanks on the right cut off.
func (t *Terminal) Text() string {
	t.emu.Lock()
	defer t.emu.Unlock()
	columns, rows := t.emu.Size()
	var b strings.Builder
	for y := range rows {
		line := make([]rune, columns)
		for x := range columns {
			r := t.emu.Cell(x, y).Char
			if r == 0 {
				r = ' '
			}
			line[x] = r
		}
		b.WriteString(strings.TrimRight(string(line), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// escapeTime is how long a program waits for the rest of an escape sequence: a key
// that follows Esc sooner reads as that key with Alt.
const escapeTime = 120 * time.Millisecond

// Send types keys, with the pause after Esc that a hand makes.
func (t *Terminal) Send(keys string) error {
	for keys != "" {
		n := strings.Index(keys, Esc) + 1
		alone := n > 0 && (n == len(keys) || keys[n] != '[')
		switch {
		case n == 0:
			n = len(keys)
		case !alone:
			n++ // the bracket of a sequence
		}
		if _, err := t.tty.WriteString(keys[:n]); err != nil {
			return err
		}
		if keys = keys[n:]; alone {
			time.Sleep(escapeTime)
		}
	}
	return nil
}

// The keys that have no letter, as an xterm sends them.
const (
	Enter    = "\r"
	Esc      = "\x1b"
	Tab      = "\t"
	ShiftTab = "\x1b[Z"
	Up       = "\x1b[A"
	Down     = "\x1b[B"
	Right    = "\x1b[C"
	Left     = "\x1b[D"
	PageDown = "\x1b[6~"
	Home     = "\x1b[H"
	End      = "\x1b[F"
	CtrlC    = "\x03"
)

// Resize changes the terminal's size.
func (t *Terminal) Resize(columns, rows int) error {
	t.emu.Resize(columns, rows)
	return pty.Setsize(t.tty, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)})
}

var errEnded = errors.New("exit code 0")

// Until waits until the screen satisfies ok, and returns it. On a time-out the
// error holds the screen.
func (t *Terminal) Until(ctx context.Context, what string, ok func(text string) bool) (string, error) {
	for {
		text := t.Text()
		if ok(text) {
			return text, nil
		}
		select {
		case <-t.moved:
		case <-t.done:
			if text = t.Text(); ok(text) {
				return text, nil
			}
			return text, fmt.Errorf("waiting for %s: the program ended: %w; its screen:\n%s", what, cmp.Or(t.ExitError(), errEnded), text)
		case <-ctx.Done():
			return text, fmt.Errorf("waiting for %s: %w; the screen:\n%s", what, ctx.Err(), text)
		}
	}
}

// Bytes is how much the program has written.
func (t *Terminal) Bytes() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sent
}

// Raw is everything that the program has written.
func (t *Terminal) Raw() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.raw)
}

// LastWrite is when the program last wrote.
func (t *Terminal) LastWrite() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// Process is the program.
func (t *Terminal) Process() *os.Process { return t.cmd.Process }

// Done is closed when the program has ended.
func (t *Terminal) Done() <-chan struct{} { return t.done }

// ExitError is how it ended; nil before it has, and after exit code 0.
func (t *Terminal) ExitError() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.exit
}

// Close hangs up and waits for the program to end; it is killed when it does not.
func (t *Terminal) Close() {
	t.tty.Close()
	select {
	case <-t.done:
	case <-time.After(10 * time.Second):
		_ = t.cmd.Process.Kill()
		<-t.done
	}
}

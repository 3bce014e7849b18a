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

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// Terminal is a program on a pseudo-terminal, with an emulator that keeps its
// screen. The emulator answers no queries, as over a line that is slow.
type Terminal struct {
	cmd     *exec.Cmd
	tty     *os.File
	moved   chan struct{} // has a value when the screen may have changed
	escaped time.Time     // when Esc was last typed

	mu    sync.Mutex
	emu   *vt.Emulator
	kitty []bool // what the program pushed of kitty's keyboard protocol
	raw   []byte // everything that the program wrote, for looking for what must not be there
	wrote []Write
	last  time.Time // when it last wrote
	exit  error
	done  chan struct{}
	blank bool // what the program writes is not drawn
}

// Write is when the program wrote, and where in all that it wrote that begins.
type Write struct {
	At   time.Time
	From int
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
	t := &Terminal{cmd: cmd, tty: tty, moved: make(chan struct{}, 1), done: make(chan struct{}), emu: vt.NewEmulator(columns, rows)}
	t.emu.SetScrollbackSize(1) // nobody scrolls back, and a test may last for hours
	t.obeyKitty()
	go func() { _, _ = io.Copy(io.Discard, t.emu) }() // its answers, which it would wait to give
	go t.read()
	return t, nil
}

func (t *Terminal) read() {
	buf := make([]byte, 32<<10)
	for {
		n, err := t.tty.Read(buf)
		if n > 0 {
			t.mu.Lock()
			t.last = time.Now()
			t.wrote = append(t.wrote, Write{t.last, len(t.raw)})
			t.raw = append(t.raw, buf[:n]...)
			if !t.blank {
				_, _ = t.emu.Write(buf[:n])
			}
			t.mu.Unlock()
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
	if answers, ok := t.emu.InputPipe().(io.Closer); ok { // its Close races with its Read
		_ = answers.Close()
	}
	close(t.done)
}

// Text is the screen: one line a row, blanks on the right cut off.
func (t *Terminal) Text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for y := range t.emu.Height() {
		var line strings.Builder
		for x := 0; x < t.emu.Width(); {
			cell := t.emu.CellAt(x, y)
			if cell == nil || cell.Width == 0 {
				line.WriteByte(' ')
				x++
				continue
			}
			line.WriteString(cell.Content)
			x += cell.Width
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// Resize changes the terminal's size.
func (t *Terminal) Resize(columns, rows int) error {
	t.mu.Lock()
	t.emu.Resize(columns, rows)
	t.mu.Unlock()
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

// Quiet waits until the program has written nothing for that long, which no
// condition but time can tell.
func (t *Terminal) Quiet(ctx context.Context, d time.Duration) error {
	for {
		rest := d - time.Since(t.LastWrite())
		if rest <= 0 {
			return nil
		}
		select {
		case <-time.After(rest):
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s without output: %w", d, ctx.Err())
		}
	}
}

// Bytes is how much the program has written.
func (t *Terminal) Bytes() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int64(len(t.raw))
}

// Raw is everything that the program has written.
func (t *Terminal) Raw() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.raw)
}

// Forget drops all that the program wrote so far, but for what is on the screen.
func (t *Terminal) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wrote, t.raw = t.wrote[:0], t.raw[:0]
}

// Blank stops drawing what the program writes: what the emulator keeps of an alternate screen
// that scrolls grows for hours, and cannot be bounded.
func (t *Terminal) Blank() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.blank = true
}

// Draw ends Blank: the terminal loses a row, so that the program draws all of it again.
func (t *Terminal) Draw() error {
	t.mu.Lock()
	t.blank = false
	_, _ = t.emu.Write([]byte("\x18\x1b[r\x1b[0m")) // out of whatever sequence it was in
	columns, rows := t.emu.Width(), t.emu.Height()
	t.mu.Unlock()
	return t.Resize(columns, rows-1)
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

// Writes are the moments at which the program wrote, and all that it wrote.
func (t *Terminal) Writes() (list []Write, raw string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Write{}, t.wrote...), string(t.raw)
}

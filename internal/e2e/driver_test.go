//go:build e2e

package e2e

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/e2e/screen"
)

// patience is how long a step may take to show its effect: some proofs take a minute,
// and the machine does other things too.
const patience = 3 * time.Minute

// driver sits before the interface and takes one step after the other, as a user
// does. What a step waits for must come in time, or the test fails with the
// screen that came instead.
type driver struct {
	t    *testing.T
	term *screen.Terminal
}

// open starts a command on a terminal of that size.
func open(t *testing.T, cmd *exec.Cmd, columns, rows int) *driver {
	t.Helper()
	term, err := screen.Start(cmd, columns, rows)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(term.Close)
	return &driver{t, term}
}

// browse opens the interface in read-only mode, and returns when it reads keys: until
// then the terminal itself changes what is typed.
func browse(t *testing.T, kubeconfig string, columns, rows int, args ...string) *driver {
	t.Helper()
	args = append(append([]string{"--read-only"}, quick...), args...)
	return open(t, command(kubeconfig, args...), columns, rows).See(" live", "Findings")
}

// Press presses keys by their names.
func (d *driver) Press(keys ...string) *driver {
	d.t.Helper()
	d.must(d.term.Press(keys...))
	return d
}

// Type types a text.
func (d *driver) Type(text string) *driver {
	d.t.Helper()
	d.must(d.term.Type(text))
	return d
}

// Filter filters the list.
func (d *driver) Filter(text string) *driver {
	d.t.Helper()
	return d.Press("/").Type(text).Press("enter")
}

// Palette runs an action by its name.
func (d *driver) Palette(text string) *driver {
	d.t.Helper()
	return d.Press(":").Type(text).Press("enter")
}

// See waits until all of the texts are on the screen at once; blanks, ends of lines
// and rules between panes count as one blank.
func (d *driver) See(texts ...string) *driver {
	d.t.Helper()
	return d.Until(strings.Join(texts, ", "), func(text string) bool {
		flat := flatten(text)
		for _, want := range texts {
			if !strings.Contains(flat, want) {
				return false
			}
		}
		return true
	})
}

// Lose waits until none of the texts is on the screen.
func (d *driver) Lose(texts ...string) *driver {
	d.t.Helper()
	return d.Until("no "+strings.Join(texts, ", "), func(text string) bool { return !contains(text, texts...) })
}

// Until waits until the screen satisfies ok.
func (d *driver) Until(what string, ok func(text string) bool) *driver {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), patience)
	defer cancel()
	_, err := d.term.Until(ctx, what, ok)
	d.must(err)
	return d
}

// Select moves the selection, by as many steps as it takes, to a line that holds text.
func (d *driver) Select(text string) *driver {
	d.t.Helper()
	for range 100 {
		before := d.term.Text()
		at, region := selected(before)
		if strings.Contains(region[at], text) {
			return d
		}
		key := "down"
		if i := lineWith(region, text); i >= 0 && i < at {
			key = "up"
		}
		d.Press(key)
		ctx, cancel := context.WithTimeout(d.t.Context(), 5*time.Second)
		_, err := d.term.Until(ctx, "the selection to move", func(s string) bool { return s != before })
		cancel()
		if err != nil {
			break // it is at the end
		}
	}
	d.t.Fatalf("no line with %q can be selected:\n%s", text, d.term.Text())
	return d
}

// Shows reports whether one of the texts is on the screen now.
func (d *driver) Shows(texts ...string) bool { return contains(d.term.Text(), texts...) }

// Never fails the test for each of the texts that was ever sent to the terminal.
func (d *driver) Never(texts ...string) *driver {
	d.t.Helper()
	raw := d.term.Raw()
	for _, bad := range texts {
		if i := strings.Index(raw, bad); i >= 0 {
			d.t.Errorf("%q was sent to the terminal: %q", bad, raw[max(i-40, 0):min(i+80, len(raw))])
		}
	}
	return d
}

// Quit presses q, which ends the interface from anywhere but a prompt.
func (d *driver) Quit() {
	d.t.Helper()
	d.Press("esc", "esc", "q").Ends(0)
}

// Ends waits until the program has ended, with that exit code.
func (d *driver) Ends(code int) {
	d.t.Helper()
	select {
	case <-d.term.Done():
	case <-time.After(patience):
		d.t.Fatalf("it does not end:\n%s", d.term.Text())
	}
	got := 0
	if err := d.term.ExitError(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			d.t.Fatal(err)
		}
		got = exit.ExitCode()
	}
	if got != code {
		d.t.Errorf("it ended with exit code %d, want %d:\n%s", got, code, d.term.Text())
	}
}

func (d *driver) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func contains(text string, parts ...string) bool {
	flat := flatten(text)
	for _, s := range parts {
		if strings.Contains(flat, s) {
			return true
		}
	}
	return false
}

func flatten(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '│' }), " ")
}

// selected is the line of the selection in the region that has it, the right one where
// both have one, and the lines of that region.
func selected(screen string) (at int, region []string) {
	lines := strings.Split(screen, "\n")
	rule := -1
	if len(lines) > 1 {
		if before, _, ok := strings.Cut(lines[1], "┬"); ok {
			rule = ansi.StringWidth(before)
		}
	}
	left, right := lines, make([]string, len(lines))
	if rule >= 0 {
		left = make([]string, len(lines))
		for i, line := range lines {
			left[i], right[i] = ansi.Cut(line, 0, rule), ansi.Cut(line, rule, max(ansi.StringWidth(line), rule))
		}
	}
	if at = lineWith(right, "▌"); at >= 0 {
		return at, right
	}
	at = slices.IndexFunc(left, func(line string) bool { return strings.HasPrefix(line, "▌") })
	return max(at, 0), left
}

// lineWith is the number of the first line that holds text, or -1.
func lineWith(lines []string, text string) int {
	return slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, text) })
}

// Command cast records the tape of the README: careen demo on a terminal, driven as a
// person would, as an asciinema recording (version 2). make tape runs it.
//
// The contract: nothing in the tape is made up. What is waited for stands on the screen
// before the next key, and pauses that are longer than a viewer wants are shortened.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/careen-tui/careen/internal/e2e/screen"
)

const (
	columns, rows = 120, 36
	patience      = 10 * time.Minute // the control plane may have to be built
	longest       = 1500 * time.Millisecond
	look          = 1200 * time.Millisecond // how long a person looks before the next key
)

// step is what is waited for, and what is pressed then.
type step struct {
	see  string
	keys []string
	text string
}

// tape is what is done: from the recording to the real cluster, one finding fixed,
// proved and taken back.
var tape = []step{
	{see: "RECORDING"},
	{see: "the real cluster now"},
	{keys: []string{"j"}},
	{keys: []string{"/"}, text: "common-vault"},
	{keys: []string{"enter"}},
	{see: "/common-vault"},
	{keys: []string{"f"}},
	{see: "y apply"},
	{keys: []string{"y"}},
	{see: "proved a"},
	{},
	{keys: []string{"esc"}},
	{keys: []string{"u"}},
	{see: "common-vault"},
	{keys: []string{"esc"}},
	{keys: []string{"q"}},
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: cast CAREEN FILE")
		os.Exit(2)
	}
	if err := record(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func record(careen, file string) error {
	home, err := os.MkdirTemp("", "careen-tape-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(home) }()
	cmd := exec.Command(careen, "demo")
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8", "TZ=UTC", "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home)
	t, err := screen.Start(cmd, columns, rows)
	if err != nil {
		return err
	}
	defer t.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, s := range tape {
		if s.see != "" {
			if _, err := t.Until(ctx, s.see, func(text string) bool {
				return strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(text, "│", " ")), " "), s.see)
			}); err != nil {
				return err
			}
		}
		<-time.After(look)
		if err := t.Press(s.keys...); err != nil {
			return err
		}
		for _, r := range s.text {
			<-time.After(80 * time.Millisecond)
			if err := t.Type(string(r)); err != nil {
				return err
			}
		}
	}
	select {
	case <-t.Done():
	case <-ctx.Done():
		return fmt.Errorf("it does not end: %w", ctx.Err())
	}
	writes, raw := t.Writes()
	return write(file, writes, raw)
}

// write writes the tape: a header, then an event a line.
func write(file string, writes []screen.Write, raw string) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() {
		if failed := f.Close(); err == nil {
			err = failed
		}
	}()
	out := bufio.NewWriter(f)
	defer func() {
		if failed := out.Flush(); err == nil {
			err = failed
		}
	}()
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(map[string]any{"version": 2, "width": columns, "height": rows, "title": "careen demo", "env": map[string]string{"TERM": "xterm-256color"}}); err != nil {
		return err
	}
	var at time.Duration
	from := 0
	for i, w := range writes {
		if i > 0 {
			at += min(w.At.Sub(writes[i-1].At), longest)
		}
		to := len(raw)
		if i+1 < len(writes) {
			to = writes[i+1].From
		}
		for to > from && to < len(raw) && !utf8.RuneStart(raw[to]) { // a character that came in two parts
			to--
		}
		if to == from {
			continue
		}
		if err := lines.Encode([]any{at.Seconds(), "o", raw[from:to]}); err != nil {
			return err
		}
		from = to
	}
	return nil
}

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestTheTapeShowsTheWholeStory reads the tape as a player does.
func TestTheTapeShowsTheWholeStory(t *testing.T) {
	raw, err := os.ReadFile("../../../demo/careen.cast")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 1<<20)
	var head struct{ Version, Width, Height int }
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &head) != nil || head.Version != 2 || head.Width != columns || head.Height != rows {
		t.Fatalf("the header is %s", lines.Bytes())
	}
	var all strings.Builder
	last := 0.0
	for lines.Scan() {
		var at float64
		var kind, text string
		if err := json.Unmarshal(lines.Bytes(), &[]any{&at, &kind, &text}); err != nil || kind != "o" || at < last {
			t.Fatalf("%v: %.100s", err, lines.Bytes())
		}
		last = at
		all.WriteString(text)
	}
	shown := ansi.Strip(all.String())
	for _, want := range []string{"RECORDING", "read-write", "y apply", "proved"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not on the tape: run make tape", want)
		}
	}
}

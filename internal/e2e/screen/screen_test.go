package screen

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestAProgramsScreenIsRead(t *testing.T) {
	script := `printf '\033[2J\033[Hab\033[3bX\033[?u\033[>1u\033]0;title\007\033[2;3Hsecond'; read line; printf '\033[3;1Hgot %s' "$line"`
	term, err := Start(exec.Command("sh", "-c", script), 30, 5)
	if err != nil {
		t.Fatal(err)
	}
	defer term.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	text, err := term.Until(ctx, "the first lines", func(s string) bool { return strings.Contains(s, "second") })
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(text, "\n"); lines[0] != "abbbbX" || lines[1] != "  second" {
		t.Errorf("screen:\n%s", text)
	}
	if err := term.Send("hello" + Enter); err != nil {
		t.Fatal(err)
	}
	if _, err := term.Until(ctx, "the answer", func(s string) bool { return strings.Contains(s, "got hello") }); err != nil {
		t.Error(err)
	}
}

func TestSequencesThatAreCutWait(t *testing.T) {
	var got strings.Builder
	f := &filter{to: &got}
	for _, b := range []byte("a\x1b[4b\x1b[?2026h\x1b[?u\x1b]52;c;aGk=\x07é\x1b[31mz") {
		f.write([]byte{b})
	}
	if want := "aaaaa\x1b[?2026hé\x1b[31mz"; got.String() != want {
		t.Errorf("%q, want %q", got.String(), want)
	}
}

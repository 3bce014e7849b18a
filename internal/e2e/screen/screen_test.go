package screen

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// run starts a shell script on a small terminal.
func run(t *testing.T, script string) (*Terminal, context.Context) {
	t.Helper()
	term, err := Start(exec.Command("sh", "-c", script), 30, 5)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(term.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return term, ctx
}

func shows(text string) func(string) bool {
	return func(screen string) bool { return strings.Contains(screen, text) }
}

func TestAProgramsScreenIsRead(t *testing.T) {
	term, ctx := run(t, `printf '\033[2J\033[Hab\033[3bX\033[?u\033[>1u\033]0;title\007\033[2;3Hsecond 数据 end'; read line; printf '\033[3;1Hgot %s' "$line"`)
	text, err := term.Until(ctx, "the first lines", shows("end"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(text, "\n"); lines[0] != "abbbbX" || lines[1] != "  second 数据 end" {
		t.Errorf("screen:\n%s", text)
	}
	if err := term.Type("hello"); err != nil {
		t.Fatal(err)
	}
	if err := term.Press("enter"); err != nil {
		t.Fatal(err)
	}
	if _, err := term.Until(ctx, "the answer", shows("got hello")); err != nil {
		t.Error(err)
	}
	if !strings.Contains(term.Raw(), "\x1b]0;title\a") || term.Bytes() != int64(len(term.Raw())) {
		t.Errorf("raw: %q", term.Raw())
	}
}

// A program that asks the terminal something, and reads what was typed, is not
// stopped by answers that nobody takes, nor fed with them.
func TestQueriesAreNotAnswered(t *testing.T) {
	term, ctx := run(t, `printf '\033[c\033[6n\033[?2026$p'; read line; printf '<%s>' "$line"`)
	if err := term.Press("a", "enter"); err != nil {
		t.Fatal(err)
	}
	if _, err := term.Until(ctx, "what was typed", shows("<a>")); err != nil {
		t.Error(err)
	}
}

func TestKeysHaveNames(t *testing.T) {
	term, ctx := run(t, `stty raw -echo; printf ready; dd bs=1 count=5 2>/dev/null | od -An -tx1`)
	if _, err := term.Until(ctx, "the program", shows("ready")); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := term.Press("esc", "j", "down"); err != nil {
		t.Fatal(err)
	}
	if _, err := term.Until(ctx, "the bytes", shows("1b 6a 1b 5b 42")); err != nil {
		t.Error(err)
	}
	if time.Since(began) < escapeTime {
		t.Error("a key that follows Esc at once reads as that key with Alt")
	}
	if err := term.Press("down arrow"); err == nil || !strings.Contains(err.Error(), "down arrow") {
		t.Errorf("a key that does not exist: %v", err)
	}
}

// A program that speaks kitty's protocol gets Esc in that spelling, until it no
// longer does.
func TestEscIsUnambiguousWhereThatIsAskedFor(t *testing.T) {
	term, ctx := run(t, `stty raw -echo; printf '\033[>1uready'; dd bs=1 count=6 2>/dev/null | od -An -tx1; printf '\033[<1uover'; dd bs=1 count=1 2>/dev/null | od -An -tx1`)
	if _, err := term.Until(ctx, "the program", shows("ready")); err != nil {
		t.Fatal(err)
	}
	if err := term.Press("esc", "j"); err != nil {
		t.Fatal(err)
	}
	if _, err := term.Until(ctx, "the bytes", shows("1b 5b 32 37 75 6a")); err != nil {
		t.Fatal(err)
	}
	if _, err := term.Until(ctx, "the end of the protocol", shows("over")); err != nil {
		t.Fatal(err)
	}
	if term.unambiguous() {
		t.Error("the protocol stays on")
	}
}

func TestWaitingSaysWhatIsOnTheScreen(t *testing.T) {
	term, ctx := run(t, `printf 'some text'; exit 3`)
	if _, err := term.Until(ctx, "other text", shows("other")); err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "some text") {
		t.Error(err)
	}
}

// TestABlankScreenIsDrawnAgain is that what a program writes meanwhile is not drawn, and that
// the program is told to draw all of it when it is to be seen.
func TestABlankScreenIsDrawnAgain(t *testing.T) {
	term, ctx := run(t, `trap 'printf "\033[H\033[Jdrawn again"; exit' WINCH; printf 'first'; read x; printf 'second '; read y; while :; do sleep 0.1; done`)
	if _, err := term.Until(ctx, "first", shows("first")); err != nil {
		t.Fatal(err)
	}
	term.Blank()
	if err := term.Press("enter"); err != nil {
		t.Fatal(err)
	}
	if _, err := term.Until(ctx, "what it writes", func(string) bool { return strings.Contains(term.Raw(), "second") }); err != nil {
		t.Fatal(err)
	}
	if text := term.Text(); strings.Contains(text, "second") {
		t.Errorf("drawn: %s", text)
	}
	if err := term.Press("enter"); err != nil {
		t.Fatal(err)
	}
	if err := term.Draw(); err != nil {
		t.Fatal(err)
	}
	if _, err := term.Until(ctx, "all of it", shows("drawn again")); err != nil {
		t.Fatal(err)
	}
}

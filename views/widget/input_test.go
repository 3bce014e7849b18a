package widget

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/charmbracelet/x/ansi"
)

func ctrl(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Mod: tea.ModCtrl} }

func TestInputIsBounded(t *testing.T) {
	in := NewInput()
	began := time.Now()
	if refused := in.Paste(strings.Repeat("日本\x1b[31m", 300_000)); !strings.Contains(refused, "256") {
		t.Errorf("a paste of megabytes is said to be taken: %q", refused)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %s", took)
	}
	if n := len([]rune(in.Text())); n != MaxInput {
		t.Errorf("%d runes", n)
	}
	if strings.ContainsRune(in.Text(), 0x1b) {
		t.Error("an escape got in")
	}
}

func TestInputEdits(t *testing.T) {
	in := NewInput()
	in.Set("one two  three")
	in.Press(ctrl('w'))
	in.Press(tea.KeyPressMsg{Code: tea.KeyLeft})
	in.Press(tea.KeyPressMsg{Code: 'X', Text: "X"})
	if in.Text() != "one two X " {
		t.Errorf("%q", in.Text())
	}
	in.Press(ctrl('v'))
	in.Press(ctrl('u'))
	if in.Text() != " " {
		t.Errorf("%q", in.Text())
	}
}

func TestTheCursorIsAlwaysSeen(t *testing.T) {
	in := NewInput()
	in.Set(strings.Repeat("日本x", 40))
	for range 80 {
		for _, w := range []int{30, 7, 3} {
			if got := in.Draw(w); !strings.Contains(got, "\x1b[7m") || ansi.StringWidth(got) != w {
				t.Fatalf("at %d of %d cells: %q", in.model.Position(), w, got)
			}
		}
		in.Press(tea.KeyPressMsg{Code: tea.KeyLeft})
	}
}

func TestAValueIsTakenWholeOrNotAtAll(t *testing.T) {
	for _, c := range []struct {
		name, paste, want string
		refused           bool
	}{
		{"as it is", "p\u0301ä👍🏽 \u200bs", "p\u0301ä👍🏽 \u200bs", false},
		{"with the line's end that came with it", "token\r\n", "token", false},
		{"long", strings.Repeat("k", 4000), strings.Repeat("k", 4000), false},
		{"several lines", "-----BEGIN\nKEY", "", true},
		{"control characters", "a\tb", "", true},
		{"no text", "a\xff", "", true},
		{"too long", strings.Repeat("k", MaxValue+1), "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := NewValue()
			if refused := in.Paste(c.paste); (refused != "") != c.refused {
				t.Errorf("refused: %q", refused)
			}
			if in.Text() != c.want {
				t.Errorf("%q, want %q", in.Text(), c.want)
			}
			if drawn := ansi.Strip(in.Draw(60)); strings.Trim(drawn, "* ") != "" {
				t.Errorf("the screen shows %q", drawn)
			}
		})
	}
}

func TestStylesAreRenderedOnce(t *testing.T) {
	th := NewTheme(Look{Colours: Many})
	for r := range styled.Roles {
		if got, want := th.Paint(r, Plain, "word"), th.Style(r).Render("word"); got != want {
			t.Errorf("role %d is painted %q, Lip Gloss renders %q", r, got, want)
		}
	}
	if got, want := th.Paint(styled.Normal, Focused, "word"), th.focus.Render("word"); got != want {
		t.Errorf("the focus is painted %q, Lip Gloss renders %q", got, want)
	}
}

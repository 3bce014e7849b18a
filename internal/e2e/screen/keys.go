package screen

import (
	"fmt"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// named are the keys that have no letter, as an xterm sends them.
var named = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "space": " ", "backspace": "\x7f", "ctrl+c": "\x03",
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
	"home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdown": "\x1b[6~",
}

const (
	// kittyEsc is Esc in kitty's keyboard protocol, which cannot be taken for the
	// beginning of another sequence.
	kittyEsc = "\x1b[27u"
	// escapeTime is how long a program that does not ask for that protocol waits for
	// the rest of a sequence: a key that follows Esc sooner reads as that key with Alt.
	escapeTime = 120 * time.Millisecond
)

// obeyKitty lets programs switch the protocol on (flag 1: disambiguate) and off.
// https://sw.kovidgoyal.net/kitty/keyboard-protocol/#progressive-enhancement
func (t *Terminal) obeyKitty() {
	t.emu.RegisterCsiHandler(ansi.Command('>', 0, 'u'), func(params ansi.Params) bool {
		flags, _, _ := params.Param(0, 0)
		t.kitty = append(t.kitty, flags&1 != 0)
		return true
	})
	t.emu.RegisterCsiHandler(ansi.Command('<', 0, 'u'), func(params ansi.Params) bool {
		n, _, _ := params.Param(0, 1)
		t.kitty = t.kitty[:max(len(t.kitty)-n, 0)]
		return true
	})
}

// unambiguous reports whether the program has asked for kitty's protocol.
func (t *Terminal) unambiguous() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.kitty) > 0 && t.kitty[len(t.kitty)-1]
}

// Press types keys by their names, or one character each.
func (t *Terminal) Press(keys ...string) error {
	for _, key := range keys {
		sent, ok := named[key]
		switch {
		case key == "esc" && t.unambiguous():
			sent = kittyEsc
		case !ok && len([]rune(key)) != 1:
			return fmt.Errorf("pressing %q: not the name of a key", key)
		case !ok:
			sent = key
		}
		if err := t.Type(sent); err != nil {
			return err
		}
		if sent == named["esc"] {
			t.escaped = time.Now()
		}
	}
	return nil
}

// Type sends text as it is, after the pause that a hand makes after Esc.
func (t *Terminal) Type(text string) error {
	if rest := escapeTime - time.Since(t.escaped); rest > 0 {
		<-time.After(rest)
	}
	if _, err := t.tty.WriteString(text); err != nil {
		return fmt.Errorf("typing %q: %w", text, err)
	}
	return nil
}

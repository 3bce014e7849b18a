package tui

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestCopyingPassesMultiplexers(t *testing.T) {
	plain := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte("vault")) + "\x07"
	for _, c := range []struct {
		name string
		env  []string
		want string
	}{
		{"a terminal", []string{"TERM=xterm-256color"}, plain},
		{"tmux", []string{"TERM=tmux-256color", "TMUX=/tmp/tmux-0/default,1,0"}, plain + "\x1bPtmux;\x1b" + plain + "\x1b\\"},
		{"screen", []string{"TERM=screen", "STY=1.pts-0"}, "\x1bP" + plain + "\x1b\\"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := copySequence("vault", readTerminal(c.env).between); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if readTerminal([]string{"DISPLAY=:0", "SSH_TTY=/dev/pts/1"}).desktop {
		t.Error("a display that was forwarded is taken for the operator's desktop")
	}
	if !strings.HasPrefix(copySequence("x", tmux), "\x1b]52") {
		t.Error("tmux is not asked itself")
	}
}

func TestBackgroundIsReadNotAsked(t *testing.T) {
	for env, want := range map[string]string{"15;0": "dark", "0;15": "light", "0;default;15": "light", "12;8": "dark", "": "any", "7": "any", "0;default": "any", "1;99": "any"} {
		got := map[string]string{"\x00": "any", "\x01": "light", "\x02": "dark"}[string(rune(background(env)))]
		if got != want {
			t.Errorf("COLORFGBG=%s: %s, want %s", env, got, want)
		}
	}
}

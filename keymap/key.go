package keymap

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

var aliases = map[string]string{
	"pgdn": "pgdown", "pagedown": "pgdown", "pageup": "pgup",
	"return": "enter", "escape": "esc", "spacebar": "space", " ": "space", "del": "delete", "backtab": "shift+tab",
}

var named = map[string]bool{
	"enter": true, "esc": true, "tab": true, "space": true, "backspace": true, "delete": true, "insert": true,
	"up": true, "down": true, "left": true, "right": true, "home": true, "end": true, "pgup": true, "pgdown": true,
}

// ParseKey reads a key as a person writes it and returns the name by which a
// terminal's key press is known here: "ctrl+c", "pgdown", "G", "?".
func ParseKey(text string) (string, error) {
	rest := text
	mods := map[string]bool{}
	for {
		mod, after, found := strings.Cut(rest, "+")
		m := strings.ToLower(mod)
		if !found || after == "" || (m != "ctrl" && m != "alt" && m != "shift") {
			break
		}
		mods[m], rest = true, after
	}
	base := rest
	if utf8.RuneCountInString(base) > 1 {
		base = strings.ToLower(base)
	}
	if a, ok := aliases[base]; ok {
		base = a
	}
	if before, ok := strings.CutPrefix(base, "shift+"); ok {
		mods["shift"], base = true, before
	}
	r, size := utf8.DecodeRuneInString(base)
	single := size > 0 && size == len(base) && r > ' ' && r != utf8.RuneError && r != 0x7f
	if !single && !named[base] && !functionKey(base) {
		return "", fmt.Errorf("%q is not a key", text)
	}
	if single && mods["shift"] {
		return "", fmt.Errorf("%q: write the shifted character itself", text)
	}
	if single && mods["ctrl"] {
		base = strings.ToLower(base)
	}
	var b strings.Builder
	for _, m := range []string{"ctrl", "alt", "shift"} {
		if mods[m] {
			b.WriteString(m + "+")
		}
	}
	return b.String() + base, nil
}

func functionKey(s string) bool {
	var n int
	if _, err := fmt.Sscanf(s, "f%d", &n); err != nil {
		return false
	}
	return n >= 1 && n <= 20 && s == fmt.Sprintf("f%d", n)
}

// Show writes a key as the footer and the docs do.
func Show(key string) string {
	if key == "pgdown" {
		return "pgdn"
	}
	return key
}

package tui

import (
	"strings"

	"github.com/careen-tui/careen/views/widget"
)

// terminal is what the environment says of the terminal. The terminal itself is
// never asked: over a slow line an answer comes late, or not at all.
type terminal struct {
	colours widget.Colours
	ascii   bool
	remote  bool
}

func readTerminal(environ []string) terminal {
	env := map[string]string{}
	for _, e := range environ {
		k, v, _ := strings.Cut(e, "=")
		env[k] = v
	}
	t := terminal{colours: widget.Few}
	term := env["TERM"]
	switch {
	case env["NO_COLOR"] != "", term == "dumb", term == "":
		t.colours = widget.NoColours
	case strings.Contains(term, "256"), strings.Contains(term, "direct"), env["COLORTERM"] != "",
		strings.Contains(term, "kitty"), strings.Contains(term, "ghostty"), strings.Contains(term, "alacritty"), strings.Contains(term, "foot"):
		t.colours = widget.Many
	}
	locale := env["LANG"]
	for _, k := range []string{"LC_ALL", "LC_CTYPE"} {
		if env[k] != "" {
			locale = env[k]
			break
		}
	}
	locale = strings.ToLower(strings.ReplaceAll(locale, "-", ""))
	t.ascii = !strings.Contains(locale, "utf8") || term == "linux" || term == "dumb" || term == ""
	t.remote = env["SSH_CONNECTION"] != "" || env["SSH_TTY"] != ""
	return t
}

package tui

import (
	"strconv"
	"strings"

	"github.com/careen-tui/careen/views/widget"
)

// terminal is what the environment says of the terminal. The terminal itself is
// never asked: over a slow line an answer comes late, or not at all.
type terminal struct {
	colours widget.Colours
	ascii   bool
	remote  bool
	ground  widget.Background
	between multiplexer
	desktop bool
}

// look is what a theme for the terminal is made for.
func (t terminal) look() widget.Look {
	return widget.Look{Colours: t.colours, Background: t.ground, ASCII: t.ascii}
}

// variables are an environment by name.
func variables(environ []string) map[string]string {
	env := map[string]string{}
	for _, e := range environ {
		k, v, _ := strings.Cut(e, "=")
		env[k] = v
	}
	return env
}

// UTF8 reports whether the locale of an environment is one of UTF-8.
func UTF8(environ []string) bool {
	env := variables(environ)
	locale := env["LANG"]
	for _, k := range []string{"LC_ALL", "LC_CTYPE"} {
		if env[k] != "" {
			locale = env[k]
			break
		}
	}
	return strings.Contains(strings.ToLower(strings.ReplaceAll(locale, "-", "")), "utf8")
}

func readTerminal(environ []string) terminal {
	env := variables(environ)
	t := terminal{colours: widget.Few}
	term := env["TERM"]
	switch {
	case env["NO_COLOR"] != "", term == "dumb", term == "":
		t.colours = widget.NoColours
	case strings.Contains(term, "256"), strings.Contains(term, "direct"), env["COLORTERM"] != "",
		strings.Contains(term, "kitty"), strings.Contains(term, "ghostty"), strings.Contains(term, "alacritty"), strings.Contains(term, "foot"):
		t.colours = widget.Many
	}
	t.ascii = !UTF8(environ) || term == "linux" || term == "dumb" || term == ""
	t.ground = background(env["COLORFGBG"])
	t.remote = env["SSH_CONNECTION"] != "" || env["SSH_TTY"] != ""
	t.between, t.desktop = readMultiplexer(env), readDesktop(env, t.remote)
	return t
}

// background reads what some terminals say of their colours: "15;0", the second
// being the background's of the sixteen. The light ones are 7 and from 9 on.
func background(colorfgbg string) widget.Background {
	i := strings.LastIndexByte(colorfgbg, ';')
	n, err := strconv.Atoi(colorfgbg[i+1:])
	switch {
	case i < 0 || err != nil || n < 0 || n > 15:
		return widget.AnyBackground
	case n == 7 || n >= 9:
		return widget.LightBackground
	}
	return widget.DarkBackground
}

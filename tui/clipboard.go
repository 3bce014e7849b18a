package tui

import (
	"fmt"
	"runtime"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/atotto/clipboard"
	"github.com/aymanbagabas/go-osc52/v2"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/views/widget"
)

// multiplexer is what stands between careen and the terminal.
type multiplexer uint8

const (
	noMultiplexer multiplexer = iota
	tmux
	screen
)

// maxCopied is the most bytes that are sent to a clipboard: xterm takes 100,000 of
// base64, and what others do with more is not known.
const maxCopied = 74_000

// copySequence asks the terminal to take over text (OSC 52). tmux passes it on if
// it is set up to do so itself (set-clipboard on), or if it lets programs through
// (allow-passthrough on): it is asked both ways.
func copySequence(text string, between multiplexer) string {
	seq := osc52.New(text)
	switch between {
	case tmux:
		return seq.String() + seq.Tmux().String()
	case screen:
		return seq.Screen().String()
	case noMultiplexer:
	}
	return seq.String()
}

// longestShown is how much of what was copied the message repeats.
const longestShown = 60

// copies sends content to the terminal, and on a desktop to its clipboard as well.
// None of them answers, so that nothing more is claimed. shown is what the message may
// repeat of it; what names it otherwise.
func (m *model) copies(what, shown, content string) tea.Cmd {
	if len(content) > maxCopied {
		m.message = fmt.Sprintf("not copied: %s has %s bytes, and terminals take %s at most", what, text.Count(len(content)), text.Count(maxCopied))
		return nil
	}
	shown = strings.ReplaceAll(shown, "\n", " "+m.env.Theme.Dot+" ")
	if shown == "" || widget.Width(shown) > longestShown {
		shown = what
	}
	m.message = "copied " + shown + " (if your terminal allows OSC 52)"
	send := tea.Raw(copySequence(content, m.terminal.between))
	if !m.terminal.desktop || clipboard.Unsupported {
		return send
	}
	return tea.Batch(send, func() tea.Msg {
		_ = clipboard.WriteAll(content) // the terminal may have it anyway
		return nil
	})
}

// readDesktop reports whether the process runs on the desktop at which the operator
// sits.
func readDesktop(env map[string]string, remote bool) bool {
	if remote {
		return false
	}
	return env["DISPLAY"] != "" || env["WAYLAND_DISPLAY"] != "" || runtime.GOOS == "darwin" || runtime.GOOS == "windows"
}

// readMultiplexer is what the process runs under.
func readMultiplexer(env map[string]string) multiplexer {
	switch {
	case env["TMUX"] != "":
		return tmux
	case env["STY"] != "":
		return screen
	}
	return noMultiplexer
}

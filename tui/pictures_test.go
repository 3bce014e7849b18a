package tui

import (
	"fmt"
	"html"
	"image/color"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/views/viewtest"
	"github.com/careen-tui/careen/views/widget"
)

// TestThePicturesAreFresh draws the pictures of the README from frames of the interface.
// With -update (make pictures) it writes them.
func TestThePicturesAreFresh(t *testing.T) {
	pictured := func(o Options) *shell {
		o.Context = "prod-eu"
		m := newModel(t.Context(), o, terminal{colours: widget.Many, ground: widget.DarkBackground})
		m.env.Now = func() time.Time { return viewtest.Now }
		m.env.Zone = time.UTC
		s := &shell{m, t}
		s.send(tea.WindowSizeMsg{Width: 120, Height: 32})
		s.send(reportMsg{sampleReport()})
		return s
	}
	for name, s := range map[string]*shell{
		"findings": pictured(Options{}),
		"finding":  pictured(Options{}).press("j", "j", "j", "enter"),
		"graph":    pictured(Options{}).press("g"),
	} {
		golden.Equal(t, filepath.Join("..", "docs", "pictures", name+".svg"), picture(s.View().Content, 120, 32))
	}
}

// The size of a cell, and the colours of the terminal that is drawn.
const (
	cellWidth  = 8.4
	cellHeight = 17
	ground     = "#16181d"
	ink        = "#d4d7dd"
)

// picture draws a frame as SVG: one text for each run of cells that look the same.
func picture(frame string, w, h int) string {
	emu := vt.NewEmulator(w, h)
	_, _ = emu.WriteString(strings.ReplaceAll(frame, "\n", "\r\n"))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">`+"\n",
		float64(w)*cellWidth+24, h*cellHeight+24)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", ground)
	for y := range h {
		for x := 0; x < w; {
			run := cellsLike(emu, x, y, w)
			drawRun(&b, run, x, y)
			x += run.cells
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// cells are some of a line that look the same.
type cells struct {
	text  string
	cells int
	style uv.Style
}

func cellsLike(emu *vt.Emulator, x, y, w int) cells {
	var run cells
	for x < w {
		c := emu.CellAt(x, y)
		text, style, width := " ", uv.Style{}, 1
		if c != nil && c.Content != "" {
			text, style, width = c.Content, c.Style, max(c.Width, 1)
		}
		if run.cells > 0 && !run.style.Equal(&style) {
			break
		}
		run.text, run.style = run.text+text, style
		run.cells, x = run.cells+width, x+width
	}
	return run
}

func drawRun(b *strings.Builder, run cells, x, y int) {
	fg, bg := hex(run.style.Fg, ink), hex(run.style.Bg, ground)
	if run.style.Attrs&uv.AttrReverse != 0 {
		fg, bg = bg, fg
	}
	left, top := 12+float64(x)*cellWidth, 12+y*cellHeight
	width := float64(run.cells) * cellWidth
	if bg != ground {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", left, top, width, cellHeight, bg)
	}
	if strings.TrimSpace(run.text) == "" {
		return
	}
	weight := ""
	if run.style.Attrs&uv.AttrBold != 0 {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d" fill="%s"%s textLength="%.1f" xml:space="preserve">%s</text>`+"\n", left, top+13, fg, weight, width, html.EscapeString(run.text))
}

func hex(c color.Color, otherwise string) string {
	if c == nil {
		return otherwise
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

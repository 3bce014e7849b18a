package widget

import (
	"image/color"
	"math"
	"testing"

	"charm.land/lipgloss/v2"

	"github.com/careen-tui/careen/internal/styled"
)

// TestEveryColourCanBeRead holds the palette of 256 colours against white and against
// black, as WCAG 2 counts contrast: text needs 4.5. Of a background that is not known it
// may be either.
func TestEveryColourCanBeRead(t *testing.T) {
	for ground, against := range map[Background][]color.Color{
		LightBackground: {color.White}, DarkBackground: {color.Black}, AnyBackground: {color.White, color.Black},
	} {
		th := NewTheme(Look{Colours: Many, Background: ground})
		for role := range styled.Roles {
			c := th.Style(role).GetForeground()
			if c == (lipgloss.NoColor{}) {
				continue // the terminal's own
			}
			for _, b := range against {
				if got := contrast(c, b); math.Round(got*10)/10 < 4.5 {
					t.Errorf("role %d on background %d has a contrast of %.2f against %v, want 4.5", role, ground, got, b)
				}
			}
		}
		for _, b := range against { // a focused row has the two exchanged
			if got := contrast(th.focus.GetForeground(), b); math.Round(got*10)/10 < 4.5 {
				t.Errorf("a focused row on background %d has a contrast of %.2f", ground, got)
			}
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	if got := contrast(color.White, color.Black); math.Abs(got-21) > 0.01 {
		t.Errorf("white on black is %f, want 21", got)
	}
	if got := contrast(color.Gray{0x76}, color.White); math.Abs(got-4.54) > 0.01 {
		t.Errorf("#767676 on white is %f, want 4.54", got)
	}
}

// contrast is WCAG's contrast ratio of two colours.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	channel := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(r) + 0.7152*channel(g) + 0.0722*channel(b)
}

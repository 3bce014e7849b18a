package tui

import "testing"

// FuzzArrange holds that no box of a layout leaves the screen or covers another,
// whatever the size of the terminal and whichever panes there are.
func FuzzArrange(f *testing.F) {
	for _, seed := range []struct{ w, h, panes, pinned, active, how uint16 }{
		{160, 45, 7, 1, 0, 0}, {120, 40, 7, 3, 6, 1}, {80, 24, 7, 1, 2, 2}, {40, 10, 1, 0, 0, 3}, {39, 9, 3, 7, 1, 0}, {0, 0, 1, 0, 0, 0}, {500, 200, 12, 4095, 11, 0}, {100, 15, 9, 511, 3, 0},
	} {
		f.Add(seed.w, seed.h, seed.panes, seed.pinned, seed.active, seed.how)
	}
	f.Fuzz(func(t *testing.T, width, height, panes, pinned, active, how uint16) {
		w, h, n := int(width%600), int(height%300), 1+int(panes%12)
		s := shape{pinned: make([]bool, n), active: int(active) % n, right: how&1 != 0, alone: how&2 != 0}
		for i := range s.pinned {
			s.pinned[i] = pinned>>i&1 != 0
		}
		l := arrange(w, h, s)
		if l.small {
			return
		}
		boxes := []box{{0, 0, w, 1}, {0, l.footer, w, 1}, l.rule, l.title, l.right}
		for _, b := range l.bars {
			boxes = append(boxes, b.box)
		}
		boxes = append(boxes, l.bodies...)
		taken := make([]bool, w*h)
		for _, b := range boxes {
			if b.w < 0 || b.h < 0 || b.x < 0 || b.y < 0 || b.x+b.w > w || b.y+b.h > h {
				t.Fatalf("%d by %d: %+v leaves the screen", w, h, b)
			}
			for y := b.y; y < b.y+b.h; y++ {
				for x := b.x; x < b.x+b.w; x++ {
					if taken[y*w+x] {
						t.Fatalf("%d by %d: %+v covers another at %d,%d", w, h, b, x, y)
					}
					taken[y*w+x] = true
				}
			}
		}
		if b := l.bodies[s.active]; !s.right && b.h < 1 {
			t.Fatalf("%d by %d: the active pane has no row", w, h)
		}
	})
}

package widget

// scroll keeps a cursor visible among n items of differing heights.
type scroll struct {
	top, cursor int
}

// fit moves top so that the cursor's item is visible in h lines, and so that no
// line stays empty below the last item while there are items above.
func (s *scroll) fit(n, h int, height func(int) int) {
	if n == 0 {
		s.top, s.cursor = 0, 0
		return
	}
	s.cursor = min(max(s.cursor, 0), n-1)
	s.top = min(max(s.top, 0), s.cursor)
	used := 0
	first := s.cursor
	for i := s.cursor; i >= 0; i-- {
		used += height(i)
		if used > h && i < s.cursor {
			break
		}
		first = i
	}
	s.top = max(s.top, first)
	used = 0
	for i := s.top; i < n; i++ {
		if used += height(i); used >= h {
			return
		}
	}
	for s.top > 0 {
		if used += height(s.top - 1); used > h {
			return
		}
		s.top--
	}
}

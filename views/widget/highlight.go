package widget

import (
	"strings"

	"github.com/careen-tui/careen/internal/styled"
)

// Highlight is a line in which every place that holds a text in lower case, whatever its own,
// has a role of its own.
func Highlight(l styled.Line, text string) styled.Line {
	whole := strings.ToLower(l.String())
	if text == "" || len(whole) != len(l.String()) || !strings.Contains(whole, text) {
		return l // where lower case is of another length, places cannot be told
	}
	marked := make([]bool, len(whole))
	for at := 0; ; {
		i := strings.Index(whole[at:], text)
		if i < 0 {
			break
		}
		for j := range len(text) {
			marked[at+i+j] = true
		}
		at += i + len(text)
	}
	var out styled.Line
	at := 0
	for _, s := range l {
		for begin := 0; begin < len(s.Text); {
			end := begin
			for end < len(s.Text) && marked[at+end] == marked[at+begin] {
				end++
			}
			role := s.Role
			if marked[at+begin] {
				role = styled.Match
			}
			out = append(out, styled.T(role, s.Text[begin:end]))
			begin = end
		}
		at += len(s.Text)
	}
	return out
}

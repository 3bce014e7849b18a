package repair

import "github.com/careen-tui/careen/internal/styled"

// Text is lines of a diff as text.
func Text(list []styled.Line) string { return styled.Plain(styled.Lines(0, list)) }

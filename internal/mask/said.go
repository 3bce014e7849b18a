package mask

import "github.com/careen-tui/careen/internal/sanitize"

// ahead is how many times as much of a text is read as is shown of it: what is cut off
// may say what the rest is.
const ahead = 16

// Line is what others wrote, on one line: sanitised, masked, and cut at limit bytes.
func Line(text string, limit int) string {
	return sanitize.Line(Text(sanitize.Text(text, ahead*limit)), limit)
}

// Lines is Line for text of several lines: newlines stay.
func Lines(text string, limit int) string {
	return sanitize.Text(Text(sanitize.Text(text, ahead*limit)), limit)
}

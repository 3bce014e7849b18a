package archive

import (
	"bytes"

	"github.com/careen-tui/careen/internal/sanitize"
)

// maxString bounds a string of a row; what a cluster sends is cut far below it.
const maxString = 256 << 10

func clean(s string) string { return sanitize.Line(s, 500) }

// cleanAll sanitises every string below v, a pointer. Raw is the line it came from:
// one of plain ASCII without escapes for control characters needs no second look.
func cleanAll(raw []byte, v any) {
	suspect := bytes.Contains(raw, []byte(`\u`)) || bytes.ContainsFunc(raw, func(r rune) bool { return r >= 0x7f || r < ' ' && r != '\n' })
	if !suspect {
		return
	}
	sanitize.Each(v, func(_, s string) string { return sanitize.Text(s, maxString) })
}

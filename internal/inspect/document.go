package inspect

import (
	"errors"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
)

// ErrGone says that the object no longer exists.
var ErrGone = errors.New("it no longer exists")

// The bounds of one text.
const (
	MaxLines  = 20_000
	lineLimit = 4096 // bytes of one line
)

// Document is an object as text.
type Document struct {
	Ref             model.Ref
	UID             string
	ResourceVersion string
	Read            time.Time
	Lines           []styled.Line
	Masked          int // values that are not shown
	Left            int // lines beyond MaxLines
}

// yamlLines cuts YAML into lines, sanitised, keys apart from values; left is how many
// there are beyond MaxLines.
func yamlLines(text string) (out []styled.Line, left int) {
	text = strings.TrimSuffix(text, "\n")
	if text == "" {
		return nil, 0
	}
	for l := range strings.SplitSeq(text, "\n") {
		if len(out) == MaxLines {
			left++
			continue
		}
		out = append(out, yamlLine(sanitize.Line(l, lineLimit)))
	}
	return out, left
}

// yamlLine is a line of YAML with its key apart from its value, where it has a key
// that needs no quotes.
func yamlLine(l string) styled.Line {
	i := strings.Index(l, ": ")
	if i < 0 && strings.HasSuffix(l, ":") {
		i = len(l) - 1
	}
	if i < 0 || strings.ContainsAny(strings.TrimLeft(l[:i], " -"), " \"'{") {
		return styled.L(l)
	}
	value := styled.T(styled.Normal, l[i+1:])
	if strings.TrimSpace(value.Text) == Hidden {
		value.Role = styled.Muted
	}
	return styled.Line{styled.T(styled.Accent, l[:i]), styled.T(styled.Muted, ":"), value}
}

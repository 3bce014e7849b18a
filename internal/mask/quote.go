package mask

import (
	"bytes"
	"encoding/json"
	"strings"
)

func unquoteJSON(raw string) (out string, err error) {
	err = json.Unmarshal([]byte(raw), &out)
	return out, err
}

func quoteJSON(text string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(text) != nil {
		return `"` + Hidden + `"` // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// mark is a quote that opens or closes a string: after how many backslashes, and
// which.
type mark struct {
	slashes int
	quote   byte
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// markAt reads the quote at i, which may stand behind backslashes; end is behind it.
func markAt(text string, i int) (m mark, end int, ok bool) {
	j := i
	for j < len(text) && text[j] == '\\' {
		j++
	}
	if j < len(text) && isQuote(text[j]) {
		return mark{j - i, text[j]}, j + 1, true
	}
	return mark{}, i, false
}

// closing is where the string ends that m opened and whose content begins at i: from
// is the closing quote's first backslash, end is behind it. A quote that is doubled,
// as in YAML and SQL, or escaped once more than the opening one, belongs to the
// content; one that is escaped less ends the string around.
func closing(text string, m mark, i int) (from, end int, ok bool) {
	for j := i; j < len(text); j++ {
		slashes := 0
		for j < len(text) && text[j] == '\\' {
			slashes++
			j++
		}
		if j == len(text) {
			break
		}
		if text[j] != m.quote {
			if m.slashes > 0 && isQuote(text[j]) && slashes < m.slashes && text[j] == '"' {
				return j - slashes, j - slashes, true
			}
			continue
		}
		switch {
		case m.slashes == 0 && slashes%2 == 1:
		case m.slashes == 0 && m.quote == '\'' && j+1 < len(text) && text[j+1] == '\'':
			j++ // 'it''s'
		case slashes > m.slashes && m.slashes > 0:
		case slashes < m.slashes:
			return j - slashes, j - slashes, true
		default:
			return j - m.slashes, j + 1, true
		}
	}
	return len(text), len(text), false
}

// isBreak reports whether a line ends at i: there is no more, or an escaped newline
// stands there.
func isBreak(text string, i int) bool {
	return i >= len(text) || text[i] == '\n' || text[i] == '\\' && i+1 < len(text) && (text[i+1] == 'n' || text[i+1] == 'r')
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// blanks is the index behind the blanks at i.
func blanks(text string, i int) int {
	for i < len(text) && isBlank(text[i]) {
		i++
	}
	return i
}

func indentOf(text string) int { return blanks(text, 0) }

package mask

import "strings"

const (
	pemBegin = "-----BEGIN "
	pemEnd   = "-----END "
)

// pem hides a PEM block that begins in this line.
func (l *line) pem() {
	t := l.text
	for at := 0; ; {
		i := strings.Index(t[at:], pemBegin)
		if i < 0 {
			return
		}
		i += at
		label := strings.Index(t[i+len(pemBegin):], "-----")
		if label < 0 || label > 64 {
			at = i + len(pemBegin)
			continue // no PEM header
		}
		body := i + len(pemBegin) + label + 5
		end := strings.Index(t[body:], pemEnd)
		if end >= 0 {
			end += body + len(pemEnd)
			if tail := strings.Index(t[end:], "-----"); tail >= 0 && tail <= 64 {
				end += tail + 5
			}
			l.hide(i, end)
			at = end
			continue
		}
		rest := strings.Trim(t[body:], " \t\r\\nr\"',")
		first := firstWord(strings.NewReplacer(`\n`, " ", `\r`, " ").Replace(rest))
		if rest != "" && !isArmour(first, 16) || rest == "" && l.depth > 0 && i == 0 && body == len(t) && !l.more {
			at = body
			continue // said of a block, not one
		}
		l.hide(i, len(t))
		l.block = block{kind: armoured, left: maxPEM}
		return
	}
}

// armour masks a line of a PEM block: it ends with its last line, and before the first
// that cannot be of it.
func (s *Stream) armour(line string) (out string, taken bool) {
	if i := strings.Index(line, pemEnd); i >= 0 {
		s.block = block{}
		rest := line[i+len(pemEnd):]
		if tail := strings.Index(rest, "-----"); tail >= 0 && tail <= 64 {
			return Hidden + s.tailOf(rest[tail+5:]), true
		}
		return Hidden, true
	}
	text := strings.Trim(line, " \t\r\"',+\\n>|")
	switch {
	case text == "":
		return line, true
	case s.block.sure, isArmour(text, 1) && (s.block.body || !isWord(text)), isArmour(lastWord(text), 32), isArmourHeader(text):
		s.block.body = s.block.body || isArmour(lastWord(text), 32)
		return Hidden, true
	}
	s.block = block{}
	return "", false
}

// tailOf is what follows a block in its last line.
func (s *Stream) tailOf(rest string) string {
	if strings.Trim(rest, "\"'`, \t\r") == "" {
		return rest
	}
	return scan(rest, s).result()
}

// isArmour reports whether a word is of the letters of base64, and of least many.
func isArmour(word string, least int) bool {
	if len(word) < least {
		return false
	}
	for i := 0; i < len(word); i++ {
		if c := word[i]; !isUpper(c) && !isLower(c) && !isDigit(c) && c != '+' && c != '/' && c != '=' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// isArmourHeader reports whether a line is a header within a PEM block, as encrypted
// keys (RFC 1421) and OpenPGP (RFC 4880) have them.
func isArmourHeader(text string) bool {
	for _, name := range [...]string{"Proc-Type: ", "DEK-Info: ", "Version: ", "Comment: ", "Hash: ", "MessageID: ", "Charset: ", "X-", "Content-Domain: ", "Key-Info: "} {
		if strings.HasPrefix(text, name) {
			return true
		}
	}
	return false
}

func lastWord(text string) string {
	return text[strings.LastIndexAny(text, " \t")+1:]
}

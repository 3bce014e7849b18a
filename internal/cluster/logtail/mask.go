package logtail

import (
	"regexp"
	"strings"
	"unicode"
)

const masked = "****"

var (
	assigned = regexp.MustCompile(`(?i)([\w.-]*(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|credential)[\w.-]*\\*["']?\s*(?:=|:(?:\s|\\*["'])|:)\s*)(\\*"(?:[^"\\]|\\[^"])*\\*"|\\*'[^']*'|[^\s,;&}\])"']+)`)
	header   = regexp.MustCompile(`(?i)((?:proxy-)?authorization\\*["']?\s*[:=]\s*\\*["']?(?:bearer|basic|digest|token|negotiate|aws4-hmac-sha256)?\s*)[^\s"',\\][^"'\\]*`)
	bearer   = regexp.MustCompile(`(?i)(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}`)
	userinfo = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^/\s"'<>]*@`)
	cloudKey = regexp.MustCompile(`\b(?:AKIA|ASIA|AIza|ghp_|gho_|ghs_|ghu_|github_pat_|glpat-|xox[abpr]-|sk-|hvs\.)[A-Za-z0-9_-]{12,}`)
	jwt      = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){1,4}`)
	cookie   = regexp.MustCompile(`(?i)((?:set-)?cookie\s*:\s*).+`)
	long     = regexp.MustCompile(`[A-Za-z0-9+/_=-]{40,}`)
)

// masker hides what looks like a credential, line by line. It remembers whether it
// stands within a PEM block.
type masker struct{ pem bool }

func (m *masker) mask(line string) string {
	if m.pem {
		if strings.Contains(line, "-----END ") {
			m.pem = false
		}
		return masked
	}
	if i := strings.Index(line, "-----BEGIN "); i >= 0 {
		m.pem = !strings.Contains(line[i:], "-----END ")
		return line[:i] + masked
	}
	line = header.ReplaceAllString(line, "${1}"+masked)
	line = cookie.ReplaceAllString(line, "${1}"+masked)
	line = bearer.ReplaceAllString(line, "${1}"+masked)
	line = userinfo.ReplaceAllString(line, "${1}"+masked+"@")
	line = assigned.ReplaceAllString(line, "${1}"+masked)
	line = cloudKey.ReplaceAllString(line, masked)
	line = jwt.ReplaceAllString(line, masked)
	return long.ReplaceAllStringFunc(line, func(s string) string {
		if random(s) {
			return masked
		}
		return s
	})
}

// random tells whether a long word mixes upper case, lower case and digits, as
// encoded keys do and names, paths and checksums do not.
func random(s string) bool {
	var upper, lower, digit int
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		case unicode.IsDigit(r):
			digit++
		}
	}
	return upper >= 4 && lower >= 4 && digit >= 2
}

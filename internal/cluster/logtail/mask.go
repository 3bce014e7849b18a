package logtail

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

const masked = "****"

var (
	assigned = lazy(`(?i)([\w.-]*(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|credential)[\w.-]*\\*["']?\s*(?:=|:(?:\s|\\*["'])|:)\s*)(\\*"(?:[^"\\]|\\[^"])*\\*"|\\*'[^']*'|[^\s,;&}\])"']+)`)
	header   = lazy(`(?i)((?:proxy-)?authorization\\*["']?\s*[:=]\s*\\*["']?(?:bearer|basic|digest|token|negotiate|aws4-hmac-sha256)?\s*)[^\s"',\\][^"'\\]*`)
	bearer   = lazy(`(?i)(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}`)
	userinfo = lazy(`([A-Za-z][A-Za-z0-9+.-]*://)[^/\s"'<>]*@`)
	cloudKey = lazy(`\b(?:AKIA|ASIA|AIza|ghp_|gho_|ghs_|ghu_|github_pat_|glpat-|xox[abpr]-|sk-|hvs\.)[A-Za-z0-9_-]{12,}`)
	jwt      = lazy(`\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){1,4}`)
	cookie   = lazy(`(?i)((?:set-)?cookie\s*:\s*).+`)
	long     = lazy(`[A-Za-z0-9+/_=-]{40,}`)
)

// lazy compiles an expression when it is first needed: most runs read no log, and
// none reads one before its first frame.
func lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

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
	line = header().ReplaceAllString(line, "${1}"+masked)
	line = cookie().ReplaceAllString(line, "${1}"+masked)
	line = bearer().ReplaceAllString(line, "${1}"+masked)
	line = userinfo().ReplaceAllString(line, "${1}"+masked+"@")
	line = assigned().ReplaceAllString(line, "${1}"+masked)
	line = cloudKey().ReplaceAllString(line, masked)
	line = jwt().ReplaceAllString(line, masked)
	return long().ReplaceAllStringFunc(line, func(s string) string {
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

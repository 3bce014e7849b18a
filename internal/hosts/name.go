package hosts

import (
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

const (
	maxName    = 253 // RFC 1035, without the trailing dot
	maxLabel   = 63
	maxOrdinal = 99_999
)

// hostName reads a member's name at the start of s: name-N, where the rest names a
// service, its namespace and the cluster's zone, and may end in a dot. n is how many
// bytes it takes; 0 where s does not begin with one.
func hostName(s string) (h model.Host, n int) {
	n = nameRun(s)
	full := strings.TrimSuffix(s[:n], ".")
	if full == "" || len(full) > maxName {
		return model.Host{}, 0
	}
	first, rest, _ := strings.Cut(full, ".")
	i := strings.LastIndexByte(first, '-')
	if i <= 0 || !isLabel(first) || !hasLetter(first[:i]) {
		return model.Host{}, 0
	}
	number, err := strconv.Atoi(first[i+1:])
	if err != nil || number > maxOrdinal || strconv.Itoa(number) != first[i+1:] {
		return model.Host{}, 0
	}
	h = model.Host{Set: first[:i], Ordinal: number}
	if rest == "" {
		return h, n
	}
	labels := strings.Split(rest, ".")
	for _, l := range labels {
		if !isLabel(l) {
			return model.Host{}, 0
		}
	}
	h.Service = labels[0]
	switch {
	case !hasLetter(h.Service): // 10-0.5, a version
		return model.Host{}, 0
	case len(labels) > 1 && labels[1] == "svc": // a Service of each member: its name, and the namespace
		return model.Host{}, 0
	case len(labels) > 2 && labels[2] != "svc": // a host of the outer world
		return model.Host{}, 0
	case len(labels) > 1:
		h.Namespace = labels[1]
	}
	return h, n
}

// nameRun is how many bytes at the start of s may be those of a host's name.
func nameRun(s string) int {
	n := 0
	for n < len(s) && (isLower(s[n]) || isDigit(s[n]) || s[n] == '-' || s[n] == '.') {
		n++
	}
	return n
}

func isLabel(s string) bool {
	return s != "" && len(s) <= maxLabel && s[0] != '-' && s[len(s)-1] != '-' && nameRun(s) == len(s) && !strings.Contains(s, ".")
}

func hasLetter(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' })
}

func isLower(c byte) bool  { return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return isLower(c) || c >= 'A' && c <= 'Z' }

// isWord reports whether a byte may be one of a setting's name.
func isWord(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '.' || c == '-' }

// wordRun is how many bytes at the start of s are those of a setting's name.
func wordRun(s string) int {
	n := 0
	for n < len(s) && isWord(s[n]) {
		n++
	}
	return n
}

// mayHold reports whether a text may name a member: some "x-N" stands in it, with a
// letter before it. Most texts are done with by this.
func mayHold(s string) bool {
	for i := 0; ; {
		j := strings.IndexByte(s[i:], '-')
		if j < 0 {
			return false
		}
		i += j + 1
		end := i
		for end < len(s) && isDigit(s[end]) {
			end++
		}
		if end == i || end < len(s) && (isLetter(s[end]) || s[end] == '-' || s[end] == '_') {
			continue
		}
		for k := i - 2; k >= 0 && (isLower(s[k]) || isDigit(s[k]) || s[k] == '-'); k-- {
			if isLower(s[k]) {
				return true
			}
		}
	}
}

// Authority is the host[:port] of a token: what stands behind "name=", a scheme
// and user information, before a path, a query and a fragment.
func Authority(token string) string {
	if eq := strings.IndexByte(token, '='); eq >= 0 && !strings.ContainsAny(token[:eq], "/?#@") {
		token = token[eq+1:]
	}
	if _, rest, ok := strings.Cut(token, "://"); ok {
		token = rest
	}
	if i := strings.IndexAny(token, "/?#"); i >= 0 {
		token = token[:i]
	}
	if i := strings.LastIndexByte(token, '@'); i >= 0 {
		token = token[i+1:]
	}
	return strings.TrimSuffix(token, ".")
}

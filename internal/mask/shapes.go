package mask

import "strings"

// shapes are how tokens begin that are recognised wherever they stand, and how many
// letters follow at least.
var shapes = []struct {
	prefix string
	least  int
	mixed  bool // letters of both cases, or letters and digits, must follow
}{
	{"AKIA", 12, false},
	{"ASIA", 12, false},
	{"AIza", 20, false},
	{"ya29.", 12, false},
	{"ghp_", 12, false},
	{"gho_", 12, false},
	{"ghs_", 12, false},
	{"ghu_", 12, false},
	{"ghr_", 12, false},
	{"github_pat_", 12, false},
	{"glpat-", 12, false},
	{"gldt-", 12, true},
	{"glrt-", 12, true},
	{"xoxa-", 12, false},
	{"xoxb-", 12, false},
	{"xoxp-", 12, false},
	{"xoxr-", 12, false},
	{"xoxs-", 12, false},
	{"xapp-", 12, true},
	{"sk-", 16, true},
	{"sk_live_", 12, false},
	{"sk_test_", 12, false},
	{"rk_live_", 12, false},
	{"whsec_", 12, false},
	{"SG.", 20, true},
	{"hvs.", 12, true},
	{"hvb.", 12, true},
	{"dop_v1_", 12, false},
	{"dckr_pat_", 12, false},
	{"npm_", 20, true},
	{"pypi-", 20, true},
	{"shpat_", 12, true},
	{"AGE-SECRET-KEY-", 12, false},
	{"eyJ", 12, true}, // a JSON object in base64: JWT
}

// crypts begin hashes of passwords (crypt(5), Apache, Argon2).
var crypts = []string{"$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$7$", "$apr1$", "$argon2i$", "$argon2d$", "$argon2id$", "$scrypt$", "$pbkdf2"}

func isShapeByte(c byte) bool { return isNameByte(c) && c < 0x80 }

// shapes hides what is a token by its shape: by how it begins, or because it is long
// and random. Behind "Bearer" and "Basic" less is enough.
func (l *line) shapes() {
	t := l.text
	for i := 0; i < len(t); {
		c := t[i]
		if c == '$' {
			i = l.crypt(i)
			continue
		}
		if !isEncoded(c) {
			i++
			continue
		}
		from := i
		for i < len(t) && (isEncoded(t[i]) || t[i] == '.') {
			i++
		}
		l.encoded(from, i)
	}
}

// isEncoded reports whether c is one of the letters of base64, in any of its alphabets.
func isEncoded(c byte) bool {
	return isUpper(c) || isLower(c) || isDigit(c) || c == '+' || c == '/' || c == '=' || c == '_' || c == '-'
}

func (l *line) encoded(from, to int) {
	t := l.text
	for i := from; i < to; i++ {
		if i > from && isShapeByte(t[i-1]) && t[i-1] != '-' && t[i-1] != '.' && t[i-1] != '_' {
			continue
		}
		for _, s := range shapes {
			if t[i] != s.prefix[0] || !strings.HasPrefix(t[i:to], s.prefix) {
				continue
			}
			end := i + len(s.prefix)
			for end < to && (isEncoded(t[end]) || t[end] == '.') {
				end++
			}
			if rest := t[i+len(s.prefix) : end]; len(rest) >= s.least && (!s.mixed || isMixed(rest)) {
				l.hide(i, end)
				i = end - 1
				break
			}
		}
	}
	l.scheme(from, to)
	for i := from; i < to; { // the parts between dots
		end := i
		for end < to && t[end] != '.' {
			end++
		}
		if word := t[i:end]; isRandom(word) {
			l.hide(i, end)
		}
		i = end + 1
	}
}

// scheme hides the word behind "Bearer", "Basic" and their like, unless it is one of
// prose: "Basic authentication is enabled".
func (l *line) scheme(from, to int) {
	t := l.text
	switch strings.ToLower(t[from:to]) {
	case "bearer", "basic", "negotiate":
	default:
		return
	}
	i := to
	if i < len(t) && t[i] == ':' {
		i++
	}
	i = blanks(t, i)
	if i == to || i >= len(t) {
		return
	}
	if m, content, ok := markAt(t, i); ok {
		i = content
		_ = m
	}
	end := i
	for end < len(t) && (isEncoded(t[end]) || t[end] == '.' || t[end] == '~') {
		end++
	}
	word := t[i:end]
	if len(word) >= 8 && !isWord(word) && (strings.HasSuffix(word, "=") || isMixed(word) || len(word) >= 24) {
		l.hide(i, end)
	}
}

// crypt hides the hash of a password that begins at i, and returns where it ends.
func (l *line) crypt(i int) int {
	t := l.text
	for _, c := range crypts {
		if !strings.HasPrefix(t[i:], c) {
			continue
		}
		end := i + len(c)
		for end < len(t) && (isEncoded(t[end]) || t[end] == '.' || t[end] == '$' || t[end] == ',') {
			end++
		}
		if end-i-len(c) >= 12 {
			l.hide(i, end)
			return end
		}
	}
	return i + 1
}

// isMixed reports whether a word holds letters and digits, or letters of both cases
// otherwise than with a capital at its beginning.
func isMixed(s string) bool {
	var upper, lower, digit bool
	for i := 0; i < len(s); i++ {
		upper = upper || isUpper(s[i]) && i > 0
		lower = lower || isLower(s[i])
		digit = digit || isDigit(s[i])
	}
	return upper && lower || digit && (lower || upper)
}

// isRandom reports whether a long word mixes upper case, lower case and digits from
// letter to letter, as encoded keys do, and names, paths and checksums do not.
func isRandom(s string) bool {
	if len(s) < 40 {
		return false
	}
	var upper, lower, digit, turns, pairs int
	last := 0
	for i := 0; i < len(s); i++ {
		class := 0
		switch c := s[i]; {
		case isUpper(c):
			upper++
			class = 1
		case isLower(c):
			lower++
			class = 2
			if last == 2 {
				pairs++
			}
		case isDigit(c):
			digit++
			class = 3
		}
		if class != last && i > 0 {
			turns++
		}
		last = class
	}
	return upper >= 4 && lower >= 4 && digit >= 2 && turns*10 >= len(s)*3 && pairs*20 < len(s)*9
}

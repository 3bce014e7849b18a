package mask

import "strings"

// maxName is the longest name, in bytes, that is taken apart.
const maxName = 256

// Name reports whether a field, variable, key, flag or header of that name is likely
// to hold a credential itself rather than say where one is: DB_PASSWORD, adminPass,
// --api-key, AccountKey; not secretName, TOKEN_PATH or tokenizer.
func Name(name string) bool { return sortOf(name) != none }

// Mentions reports whether a name speaks of a credential, whether it holds one or
// says where one is.
func Mentions(name string) bool {
	for _, w := range split(name) {
		if _, end := ends[w]; end || sortOfWord(w) != none {
			return true
		}
		for _, s := range stems {
			if strings.Contains(w, s.text) {
				return true
			}
		}
	}
	return sortOf(name) != none
}

// sortOf says what credential a field of that name holds.
func sortOf(name string) kind {
	if len(name) > maxName {
		name = name[len(name)-maxName:]
	}
	list := split(name)
	n := len(list)
	if n == 0 || n > 1 && isPointer(list[n-1]) || list[0] == "existing" {
		return none
	}
	found := ends[list[n-1]]
	if found == key && n == 1 {
		found = none // a salt alone is one of the kitchen
	}
	for i, w := range list {
		s := sortOfWord(w)
		switch {
		case s != none:
		case w == "key" || w == "keys":
			for _, before := range list[:i] {
				if keys[before] {
					s = key
				}
			}
		case w == "string" && i > 0 && (list[i-1] == "connection" || list[i-1] == "conn"):
			s = key
		}
		if s != none && (found == none || s == password) {
			found = s
		}
	}
	return found
}

// sortOfWord is what one word of a name, in lower case, names.
func sortOfWord(w string) kind {
	if s, ok := nouns[w]; ok {
		return s
	}
	if before, ok := strings.CutSuffix(w, "pass"); ok && compounds[before] {
		return password
	}
	for _, s := range stems {
		i := strings.LastIndex(w, s.text)
		if i < 0 {
			continue
		}
		rest := w[i+len(s.text):]
		if rest != "" && (derived[rest] || isPointer(rest) || isPointer(strings.TrimPrefix(rest, "s"))) || strings.HasPrefix(w, "existing") {
			return none
		}
		return s.kind
	}
	return none
}

// split is a name's words in lower case, without the digits at their ends: words are
// divided by signs and by the case of letters (DBPassword, db_password2, db.password).
func split(name string) []string {
	var out []string
	start := -1
	cut := func(end int) {
		if start < 0 {
			return
		}
		w := strings.TrimRight(name[start:end], "0123456789")
		if w == "ed" || w == "" {
			w = name[start:end]
		}
		out = append(out, strings.ToLower(w))
		start = -1
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		if !isWordByte(c) {
			cut(i)
			continue
		}
		if start >= 0 && isUpper(c) && (!isUpper(name[i-1]) || i+1 < len(name) && isLower(name[i+1]) && !onlyPlural(name[i+1:])) {
			cut(i)
		}
		if start < 0 {
			start = i
		}
	}
	cut(len(name))
	return out
}

// onlyPlural reports whether what follows a capital is the plural's s of an
// abbreviation: the end of "APIKEYs".
func onlyPlural(rest string) bool {
	return rest[0] == 's' && (len(rest) == 1 || !isLower(rest[1]))
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWordByte(c byte) bool { return isUpper(c) || isLower(c) || isDigit(c) || c >= 0x80 }

package text

import (
	"fmt"
	"strconv"
	"strings"
)

// Count writes a number with separators: 12,345.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Counted writes a number with its noun: "1 object", "3 objects", "12,345 entries".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + Many(noun)
}

// Many is the plural of a noun of more than one letter.
func Many(noun string) string {
	n := len(noun)
	switch last, before := noun[n-1], noun[n-2]; {
	case last == 'y' && !strings.ContainsRune("aeiou", rune(before)):
		return noun[:n-1] + "ies"
	case last == 's', last == 'x', last == 'h' && before != 't':
		return noun + "es"
	}
	return noun + "s"
}

// Joined writes "a", "a and b" or "a, b and c"; what is beyond limit is counted.
func Joined(items []string, limit int) string {
	switch n := len(items); {
	case n == 0:
		return ""
	case n == 1:
		return items[0]
	case n > limit:
		return fmt.Sprintf("%s and %d more", strings.Join(items[:limit], ", "), n-limit)
	default:
		return strings.Join(items[:n-1], ", ") + " and " + items[n-1]
	}
}

// Plural chooses a verb's form by number.
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

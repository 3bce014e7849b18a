package text

import (
	"fmt"
	"strings"
)

// counted writes "1 object" or "3 objects".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// joined writes "a", "a and b" or "a, b and c"; what is beyond limit is counted.
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

// plural chooses a verb's form by number.
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

package project

import (
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// maxListens bounds the ports that are kept of what a container's settings name.
const maxListens = 16

// listens keeps the ports that a setting names and that are no other host's: PORT=8080,
// LISTEN=0.0.0.0:8080, --port=8080, -Dserver.port=8080, python -m http.server 8080. field is the
// variable's name, and empty for an argument. Where a number stands alone in a variable, its name
// has to say what it is.
func listens(out *model.Container, field, value string) {
	if len(value) > maxPlain {
		return
	}
	for i := 0; i < len(value); {
		if value[i] < '0' || value[i] > '9' {
			i++
			continue
		}
		from := i
		for i < len(value) && value[i] >= '0' && value[i] <= '9' {
			i++
		}
		if i-from < 2 || i-from > 5 || i < len(value) && !strings.ContainsRune(" \t\n\"'/,;)&|", rune(value[i])) || !ownPort(field, value[:from]) {
			continue
		}
		port, _ := strconv.Atoi(value[from:i])
		if port < 1<<16 && len(out.Listens) < maxListens && !slices.Contains(out.Listens, int32(port)) {
			out.Listens = append(out.Listens, int32(port))
		}
	}
}

// ownPort reports whether a number that follows before may be a port of the program itself.
func ownPort(field, before string) bool {
	if before == "" {
		lower := strings.ToLower(field)
		return field == "" || strings.Contains(lower, "port") || strings.Contains(lower, "listen") || strings.Contains(lower, "addr") || strings.Contains(lower, "bind")
	}
	host, colon := strings.CutSuffix(before, ":")
	if !colon {
		return strings.ContainsRune(" \t\n\"'=", rune(before[len(before)-1]))
	}
	for _, end := range []string{"0.0.0.0", "[::]", "*", "/", "=", " ", "\"", "'", "("} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return host == ""
}

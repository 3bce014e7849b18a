package logtail

import (
	"regexp"
	"strings"
	"sync"

	"github.com/careen-tui/careen/internal/model"
)

// A quote in a log may be plain, escaped once or several times, or Python's.
const quote = `(?:\\*["'` + "`" + `])`

var (
	// secrets "x" not found (apimachinery, api/errors.NewNotFound), and what
	// libraries make of it: Secret x not found, secret 'ns/x' not found.
	spoken = lazy(`(?i)\b(secrets?|configmaps?)\b:?\s+` + quote + `?([a-z0-9](?:[-a-z0-9./]*[a-z0-9])?)` + quote + `?(?: in namespace ` + quote + `?[-a-z0-9]+` + quote + `?)?\s+(?:was |is )?(?:not found|could not be found|does not exist|doesn't exist)`)

	// The API's answer as JSON: reason NotFound, details with name and kind.
	notFound    = lazy(quote + `reason` + quote + `\s*:\s*` + quote + `NotFound` + quote)
	detailsName = lazy(quote + `details` + quote + `\s*:\s*\{[^{}]*?` + quote + `name` + quote + `\s*:\s*` + quote + `([a-z0-9][-a-z0-9.]*)` + quote)
	detailsKind = lazy(quote + `details` + quote + `\s*:\s*\{[^{}]*?` + quote + `kind` + quote + `\s*:\s*` + quote + `(secrets|configmaps)` + quote)
)

// lazy compiles an expression when it is first needed: most runs read no log, and
// none reads one before its first frame.
func lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// absences are the objects that a line says were not found.
func absences(line string) []model.Absence {
	if !strings.Contains(line, "ound") && !strings.Contains(line, "xist") {
		return nil
	}
	var out []model.Absence
	for _, m := range spoken().FindAllStringSubmatch(line, maxAbsences) {
		name := m[2]
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			name = name[i+1:]
		}
		if !filler[name] {
			out = append(out, model.Absence{Kind: kindOf(m[1]), Name: name})
		}
	}
	if len(out) == 0 && notFound().MatchString(line) {
		name, kind := detailsName().FindStringSubmatch(line), detailsKind().FindStringSubmatch(line)
		if name != nil && kind != nil {
			out = append(out, model.Absence{Kind: kindOf(kind[1]), Name: name[1]})
		}
	}
	return out
}

// filler are words that stand between "secret" and "not found" and are no names.
var filler = map[string]bool{
	"is": true, "was": true, "are": true, "were": true, "could": true, "key": true, "keys": true, "name": true, "value": true, "file": true, "data": true, "or": true, "and": true,
}

func kindOf(word string) model.Kind {
	if strings.HasPrefix(strings.ToLower(word), "secret") {
		return model.KindSecret
	}
	return model.KindConfigMap
}

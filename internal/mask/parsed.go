package mask

import (
	"encoding/json"
	"strings"

	"sigs.k8s.io/yaml"
)

// The bounds of what a parser is given.
const (
	maxParsed = 64 << 10
	maxNamed  = 200
	leastSure = 4 // bytes of a value that is looked for elsewhere in the text
)

// confirmed checks masked, which is text masked line by line, against what a parser
// makes of the text: no value that is named for a credential stands in it.
func confirmed(text, masked string) string {
	if len(text) > maxParsed || !strings.ContainsAny(text, "{:") || !strings.ContainsAny(text, "\n{") {
		return masked
	}
	for _, v := range named(text) {
		masked = strings.ReplaceAll(masked, v, Hidden)
	}
	return masked
}

// named are the values of a text, read as JSON or YAML, that are named for a credential.
func named(text string) (out []string) {
	defer func() {
		if recover() != nil {
			out = nil // a parser that gives up knows of none
		}
	}()
	for _, doc := range strings.Split("\n"+text, "\n---") {
		var v any
		if json.Unmarshal([]byte(doc), &v) != nil && yaml.Unmarshal([]byte(doc), &v) != nil {
			continue
		}
		out = collect(out, v, false, 0)
	}
	return out
}

func collect(out []string, v any, below bool, depth int) []string {
	if depth > 64 || len(out) >= maxNamed {
		return out
	}
	switch x := v.(type) {
	case map[string]any:
		name, _ := x["name"].(string)
		held := isSecret(x)
		for key, value := range x {
			all := held && (key == "data" || key == "stringData")
			out = collect(out, value, all || below && !isInnocent(key) || holds(key, value) || key == "value" && holds(name, value), depth+1)
		}
	case []any:
		for _, value := range x {
			out = collect(out, value, below, depth+1)
		}
	case string:
		if !below || isHarmless(x, field{}) {
			break
		}
		for line := range strings.SplitSeq(x, "\n") {
			line = strings.TrimSpace(line)
			if len(line) >= leastSure && !strings.Contains(ourWords, line) && !isWord(line) && !isNumber(line) {
				out = append(out, line)
			}
		}
	}
	return out
}

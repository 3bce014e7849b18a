package logtail

import (
	"encoding/json"
	"strings"
)

// The fields of a line of JSON in which programs write what they say, and the error that they
// say it of (zap, logrus, zerolog, pino, bunyan, logstash, MongoDB).
var (
	saidFields  = []string{"msg", "message", "@message", "@m", "event"}
	errorFields = []string{"error", "err", "exception", "errmsg", "reason"}
)

// inJSON is what a line of JSON says in words, as far as it has any: "MESSAGE: ERROR". Any other
// line is given back as it is.
func inJSON(line string) string {
	if !strings.HasPrefix(line, "{") || len(line) > classifyLimit {
		return line
	}
	var fields map[string]any
	if json.Unmarshal([]byte(line), &fields) != nil {
		return line
	}
	said, trouble := field(fields, saidFields), field(fields, errorFields)
	if inner, ok := fields["attr"].(map[string]any); ok && trouble == "" { // MongoDB
		trouble = field(inner, errorFields)
	}
	switch {
	case said == "":
		return line
	case trouble == "" || strings.Contains(said, trouble):
		return said
	}
	return said + ": " + trouble
}

// field is the first of some fields that holds words, or an object that does.
func field(fields map[string]any, names []string) string {
	for _, name := range names {
		switch v := fields[name].(type) {
		case string:
			if v = strings.TrimSpace(v); v != "" {
				return v
			}
		case map[string]any:
			for _, inner := range []string{"errmsg", "message", "msg"} {
				if v, ok := v[inner].(string); ok && strings.TrimSpace(v) != "" {
					return strings.TrimSpace(v)
				}
			}
		}
	}
	return ""
}

package logtail

import "strings"

// Most lines of most logs are none of what is looked for. Whether one may be is asked with a
// few comparisons, before an expression is: a dump holds hundreds of thousands of lines.

// mayOpen reports whether a line may match opens.
func mayOpen(line string) bool {
	return strings.Contains(line, "panic") || strings.Contains(line, "rror") || strings.Contains(line, "xception") ||
		strings.Contains(line, "Traceback") || strings.Contains(line, "Uncaught ") || strings.Contains(line, "terminate called")
}

// mayFollow reports whether a line may match frame or cause.
func mayFollow(line string) bool {
	if line == "" {
		return false
	}
	switch c := line[0]; c {
	case ' ', '\t', '\n', '\v', '\f', '\r', '#', '.', '{', '}', '-':
		return true
	case 'g', 'c', 'S', 's', 'n', '[', 'e', 'N', 'C', 'R', 'w':
		return hasOne(line, strings.HasPrefix, "goroutine ", "created by ", "Stack trace:", "stack backtrace:", "note: ", "[signal ", "exit status ", "Node.js v", "error Command failed",
			"Caused by", "Root cause:", "wrapped by", "Suppressed:") || strings.HasSuffix(line, ")")
	default:
		numbered := strings.HasPrefix(strings.TrimLeft(line, "0123456789"), ": ")
		return numbered && c >= '0' && c <= '9' || strings.HasSuffix(line, ")")
	}
}

// levelWords are in each line that says how grave it is, in lower case.
var levelWords = []string{"fatal", "panic", "emerg", "crit", "alert", "err", "severe", "warn", "info", "debug", "trace", "notice", "verbose", "log", "level", "severity", "lvl"}

// mayTellLevel reports whether the head of a line may say how grave it is.
func mayTellLevel(head string) bool {
	if len(head) > 5 && strings.IndexByte("IWEF", head[0]) >= 0 && head[1] >= '0' && head[1] <= '9' {
		return true // klog
	}
	return hasOne(strings.ToLower(head), strings.Contains, levelWords...)
}

// mayGoOn reports whether a line may match goesOn.
func mayGoOn(line string) bool {
	return hasOne(strings.ToLower(line), strings.Contains, "retry", "again", "reconnect", "waiting")
}

func hasOne(s string, in func(s, part string) bool, parts ...string) bool {
	for _, p := range parts {
		if in(s, p) {
			return true
		}
	}
	return false
}

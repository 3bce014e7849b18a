package logtail

import (
	"regexp"
	"strings"
)

// message is what a program said at once, over one line or many: the lines that may
// say what it is about, those nearest to the root of the trouble first.
type message struct {
	lines []string
	head  string // the one to show where none is of a class
	trace bool   // it is a panic or an exception
	at    int    // its first line in the log
}

const (
	maxTrace = 120 // lines of one message
	maxParts = 12  // of them that are looked at
)

var (
	// Java, Kotlin, Scala, .NET, Node, Python, Ruby, PHP, Rust: a frame of a trace, or
	// what stands between frames.
	frame = lazy(`^\s+(?:at |from |File "|\.\.\. \d+ (?:more|common)|--- End of|\d+: |in |#\d+ |\^+\s*$)|^#\d+ |^\s*\.\.\. \d+ more|^goroutine \d+|^\s+/\S+\.go:\d+|^created by |^[\w./*()-]+\(\S*\)$|^Stack trace:|^\s+thrown in |^stack backtrace:|^note: (?:run|some) with|^\[signal |^exit status \d|^Node\.js v\d|^\s*[{}]\s*,?$|^\s+(?:code|errno|syscall|address|port|hostname|path|fatal|severity|requireStack|original|parent): |^error Command failed|^\s*~~~|^\s+\|`)
	// The root of what came before it.
	cause = lazy(`^\s*(?:Caused by:?|---> |\d+: |Root cause:|wrapped by|Suppressed:)`)
	// What begins a trace.
	opens = lazy(`^(?:panic: |fatal error: |Traceback \(most recent call last\)|thread '.*' panicked at|Unhandled [Ee]xception|Uncaught |PHP Fatal error|Exception in thread |runtime error: |terminate called)|(?:^|[\s:])(?:[a-z_$][\w$]*\.)+[A-Z]\w*(?:Exception|Error)(?::|$)|^[A-Z]\w*(?:Error|Exception)(?: \[\w+\])?: |panicked at|\bpanic: `)
	// Python: what stands between the exceptions of a chain.
	chains = lazy(`^(?:During handling of the above exception|The above exception was the direct cause)`)
)

// messages splits the lines of a log into messages.
func messages(lines []string) (out []message) {
	for i := 0; i < len(lines); {
		m, next := messageAt(lines, i)
		m.at = i
		if len(m.lines) > 0 {
			out = append(out, m)
		}
		i = next
	}
	return out
}

// messageAt reads the message that begins at line i, and says where the next begins.
func messageAt(lines []string, i int) (m message, next int) {
	first := lines[i]
	m = message{head: first, trace: mayOpen(first) && opens().MatchString(first)}
	switch {
	case strings.TrimSpace(first) == "":
		return m, i + 1
	case strings.HasPrefix(first, "Traceback (most recent call last)") || strings.HasSuffix(strings.TrimSpace(first), "Traceback (most recent call last):"):
		return python(lines, i)
	case strings.HasPrefix(first, "panic: ") || strings.HasPrefix(first, "fatal error: "):
		return golang(lines, i)
	case strings.HasPrefix(first, "thread '") && strings.Contains(first, "panicked at"):
		if strings.HasSuffix(first, ":") && i+1 < len(lines) { // since Rust 1.73 the message follows
			i++
			m.head = lines[i]
		}
		m.lines = []string{m.head}
		return rest(lines, m, i+1)
	}
	m.lines = []string{first}
	return rest(lines, m, i+1)
}

// rest takes the frames and causes that follow a message's first line.
func rest(lines []string, m message, i int) (message, int) {
	start := i
	for ; i < len(lines) && i-start < maxTrace; i++ {
		line := lines[i]
		follows := mayFollow(line)
		switch {
		case follows && cause().MatchString(line) && (m.trace || strings.HasPrefix(strings.TrimSpace(line), "Caused by")):
			m.trace = true
			m = m.root(line)
			if named := strings.TrimSpace(line); strings.HasPrefix(named, "Caused by: ") || strings.HasPrefix(named, "---> ") {
				m.head = named
			}
		case follows && frame().MatchString(line):
			m.trace = m.trace || strings.HasPrefix(strings.TrimSpace(line), "at ")
		case strings.TrimSpace(line) == "":
			if i+1 >= len(lines) || !cause().MatchString(lines[i+1]) && !frame().MatchString(lines[i+1]) {
				return m, i + 1
			}
		case strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "    "):
			if len(m.lines) < maxParts {
				m.lines = append(m.lines, line)
			}
		default:
			return m, i
		}
	}
	return m, i
}

// root puts a line before all that were known: it is nearer to the root.
func (m message) root(line string) message {
	if len(m.lines) < maxParts {
		m.lines = append([]string{strings.TrimSpace(line)}, m.lines...)
	}
	return m
}

// python reads a traceback: the exception is its first line that is not indented, and
// those of a chain follow. The newest is what ended the program, the oldest its root:
// both are kept, the newest first, since handlers fail for reasons of their own.
func python(lines []string, i int) (message, int) {
	m := message{trace: true, head: lines[i]}
	start := i
	for i++; i < len(lines) && i-start < maxTrace; i++ {
		line := lines[i]
		if line == "" || line[0] == ' ' || line[0] == '\t' || strings.HasPrefix(line, "Traceback ") || chains().MatchString(line) {
			continue
		}
		m = m.root(line)
		m.head = line
		for i+1 < len(lines) && (lines[i+1] == "" || strings.HasPrefix(lines[i+1], "\t") || strings.HasPrefix(lines[i+1], "    ")) {
			i++
			if len(m.lines) < maxParts && lines[i] != "" {
				m.lines = append(m.lines, lines[i])
			}
		}
		if i+1 >= len(lines) || !chains().MatchString(lines[i+1]) {
			return m, i + 1
		}
	}
	return m, i
}

// golang reads a panic: behind "goroutine" all is trace until something that is none.
func golang(lines []string, i int) (message, int) {
	m := message{trace: true, head: lines[i], lines: []string{lines[i]}}
	start := i
	for i++; i < len(lines) && i-start < maxTrace; i++ {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "\tpanic: "):
			m = m.root(line)
		case strings.TrimSpace(line) == "", line[0] == '\t', frame().MatchString(line), strings.HasPrefix(line, "main."), strings.Contains(line, "(0x"), strings.HasSuffix(line, "(...)"), strings.HasSuffix(line, "({...})"):
		default:
			return m, i
		}
	}
	return m, i
}

// stamp is the time before what a line says.
var stamp = regexp.MustCompile(`^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?(?: UTC)?\]?\s*`)

package logtail

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// level is how grave a program calls what it says.
type level int8

const (
	quiet  level = iota // info, debug
	warned              // it goes on
	plain               // it does not say
	failed              // an error
	deadly              // it ends by it
)

// The words for levels, as they stand at the head of a line, and as a field of their
// own in lines that are made of fields.
var (
	levelField = lazy(`(?i)["']?\b(?:level|severity|lvl|loglevel|levelname|log\.level)["']?\s*[:=]\s*["']?([a-z]+)`)
	levelWord  = lazy(`(?i)(?:^|[\s\[|:"(<])(fatal|panic|emerg|emergency|crit|critical|alert|error|err!?|severe|warn|warning|info|debug|trace|notice|verbose|log)(?:[\s\]|:")>,!]|$)`)
	klogHead   = lazy(`^([IWEF])\d{4} \d\d:`)
	goesOn     = lazy(`(?i)\bretrying\b|\b(?:will|to) retry\b|\btrying again\b|\bretry in\b|\bretry #?\d|\breconnect(?:ing)? in\b|\bstill waiting\b|\bwaiting for\b`)
)

var levelOfWord = map[string]level{
	"fatal": deadly, "panic": deadly, "emerg": deadly, "emergency": deadly, "crit": deadly, "critical": deadly, "alert": deadly, "f": deadly,
	"error": failed, "err": failed, "err!": failed, "severe": failed, "failure": failed, "e": failed,
	"warn": warned, "warning": warned, "w": warned,
	"info": quiet, "debug": quiet, "trace": quiet, "notice": quiet, "verbose": quiet, "log": quiet, "i": quiet, "d": quiet,
}

// levelOf is what the head of a line says: what stands further behind is quoted. A
// program that says that it tries again warns, whatever it calls it.
func levelOf(line string) level {
	lvl, head := plain, line[:min(len(line), 160)]
	known := mayTellLevel(head)
	for _, expression := range [...]func() *regexp.Regexp{levelField, klogHead, levelWord} {
		if !known {
			break
		}
		if m := expression().FindStringSubmatch(head); m != nil {
			if told, ok := levelOfWord[strings.ToLower(m[1])]; ok {
				lvl = told
				break
			}
		}
	}
	if body := line[:min(len(line), classifyLimit)]; lvl > warned && mayGoOn(body) && goesOn().MatchString(body) {
		return warned
	}
	return lvl
}

// weights of a message by its level, and of a class.
var (
	levelWeight = map[level]int{quiet: -32, warned: -12, plain: 10, failed: 14, deadly: 20}
	classWeight = map[model.LogClass]int{model.LogException: 40, model.LogSaid: 5}
)

const specificWeight = 50

// statement is what one of a log's messages says.
type statement struct {
	*model.Telling // nil where it says nothing of interest
	level          level
	class          *class
	message        *message
}

// heard reads the messages of a log.
func heard(lines []string) []statement {
	all := messages(lines)
	out := make([]statement, len(all))
	for i := range all {
		out[i].message = &all[i]
		out[i].Telling, out[i].level, out[i].class = all[i].read()
	}
	for i := range out {
		out[i].hostNearby(all, i)
	}
	return out
}

// weight says how well a message tells why a program does not work, by what it is of.
func (s *statement) weight() int {
	w := levelWeight[s.level]
	if k, ok := classWeight[s.Class]; ok {
		return w + k
	}
	if w += specificWeight; s.class.patient && s.level <= warned {
		w += 8
	}
	if keyOf(s.Telling) != (model.Telling{Class: s.Class}) {
		w += 3 // of two that say the same, the one that names whom or what
	}
	return w
}

// tell chooses the message of a log that says best why its program ended: what names a
// cause before what only says that there was one, what ends the program before what it
// warns of, the newest of those that weigh the same; at is its first line. It is nil where
// nothing does.
func tell(all []statement) (best *model.Telling, at int) {
	most := 0
	for i := range all {
		m := &all[i]
		if m.Telling == nil {
			continue
		}
		w := m.weight() + 6*(i+1)/len(all)
		m.Fatal = m.level == deadly || m.message.trace || i == len(all)-1
		if w > 0 && w >= most {
			best, most, at = m.Telling, w, m.message.at
		}
	}
	return best, at
}

// read finds what a message says: by the first of its lines that is of a class.
func (m *message) read() (*model.Telling, level, *class) {
	lvl := quiet
	for _, line := range m.lines {
		lvl = max(lvl, levelOf(line))
	}
	if !m.trace {
		lvl = levelOf(m.head)
	} else if lvl <= plain {
		lvl = failed
	}
	for _, line := range m.lines {
		if t, c := classify(line); t != nil {
			return t, lvl, c
		}
	}
	switch {
	case m.trace:
		return &model.Telling{Class: model.LogException, Line: shown(m.head)}, lvl, nil
	case lvl >= failed:
		return &model.Telling{Class: model.LogSaid, Line: shown(m.head)}, lvl, nil
	}
	return nil, lvl, nil
}

// classifyLimit bounds what is looked at of one line.
const classifyLimit = 2 << 10

// classify is the class of a line and what it names; nil for a line of none.
func classify(line string) (*model.Telling, *class) {
	if len(line) > classifyLimit {
		line = line[:classifyLimit]
	}
	text := strings.ReplaceAll(line, `\"`, `"`)
	lower := strings.ToLower(text)
	for i := range classes {
		c := &classes[i]
		if !contains(lower, c.words) || benign(lower) {
			continue
		}
		t := &model.Telling{Class: c.of, Line: shown(line)}
		found := false
		for _, d := range c.details {
			if found = fill(t, d(), text); found {
				break
			}
		}
		if !found && c.named {
			continue
		}
		return t, c
	}
	return nil, nil
}

// contains reports whether one of the words begins somewhere in a line, not within
// another word: FileNotFound is no ENOTFOUND.
func contains(lower string, words []string) bool {
	for _, w := range words {
		for from := 0; ; {
			i := strings.Index(lower[from:], w)
			if i < 0 {
				break
			}
			if i += from; i == 0 || !isLetter(lower[i-1]) || !isLetter(w[0]) {
				return true
			}
			from = i + 1
		}
	}
	return false
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }

// benign reports whether a line says that nothing is wrong.
func benign(lower string) bool {
	return contains(lower, []string{"successfully", "completed migration", "migrations completed", "no migrations to apply", "using default", "using the default", "deprecat"})
}

func shown(line string) string {
	var m mask.Stream
	return sanitize.Line(inJSON(m.Mask(strings.TrimSpace(stamp.ReplaceAllString(strings.TrimSpace(line), "")))), lineLimit)
}

// fill takes what an expression's named groups name; found is false where nothing is
// named that can be what it is taken for.
func fill(t *model.Telling, expression *regexp.Regexp, text string) (found bool) {
	groups := expression.SubexpNames()
	for _, m := range expression.FindAllStringSubmatch(text, 6) {
		next, ok := *t, true
		for i, value := range m {
			if value == "" {
				continue
			}
			value = sanitize.Line(value, nameLimit)
			switch groups[i] {
			case "host":
				next.Host, ok = strings.TrimSuffix(value, "."), ok && isHost(value)
			case "port":
				n, err := strconv.ParseUint(value, 10, 16)
				next.Port, ok = int32(n), ok && err == nil && n > 0 //nolint:gosec // 16 bits
			case "user":
				next.User = value
			case "name":
				next.Name, ok = value, ok && !fillers[strings.ToLower(value)]
			case "verb":
				next.Verb = value
			case "what":
				next.What = value
			case "group":
				next.Group = value
			case "in":
				next.In = value
			}
		}
		if ok {
			*t = next
			return true
		}
	}
	return false
}

const nameLimit = 253

// fillers are words that stand where a name would, and are none.
var fillers = map[string]bool{
	"the": true, "a": true, "an": true, "is": true, "it": true, "was": true, "are": true, "be": true, "not": true, "of": true, "for": true, "in": true, "to": true, "and": true, "or": true, "this": true, "that": true,
	"required": true, "missing": true, "must": true, "value": true, "values": true, "variable": true, "variables": true, "file": true, "error": true, "key": true, "field": true, "option": true, "from": true, "with": true, "no": true, "set": true, "you": true, "argument": true, "arguments": true, "config": true, "configuration": true, "environment": true, "has": true, "on": true, "at": true, "by": true,
}

var (
	sourceFile = lazy(`\.(?:go|py|js|mjs|cjs|ts|java|kt|scala|rb|rs|c|cc|cpp|h|cs|php|ex|exs|lua|pl|sh|html|json|ya?ml|conf|sql)$`)
	letter     = lazy(`[A-Za-z]`)
	address    = lazy(`^\d{1,3}(?:\.\d{1,3}){3}$`)
	date       = lazy(`^\d{4}-\d\d-\d\d(?:T|$)`)
)

// isHost reports whether s can be a host's name or address, and no time, version,
// level or place in a source.
func isHost(s string) bool {
	switch {
	case address().MatchString(s):
		return true
	case !letter().MatchString(s), sourceFile().MatchString(s), date().MatchString(s), strings.Contains(s, "_") && strings.Contains(s, "."):
		return false
	}
	_, isLevel := levelOfWord[strings.ToLower(s)]
	return !isLevel && !fillers[strings.ToLower(s)] && !notHosts[strings.ToLower(s)]
}

var notHosts = map[string]bool{
	"line": true, "port": true, "code": true, "errno": true, "status": true, "tcp": true, "udp": true, "http": true, "https": true, "refused": true, "failed": true, "connection": true, "connect": true, "host": true, "time": true, "exception": true, "caused": true, "timeout": true, "pid": true, "id": true, "server": true, "address": true, "net": true,
}

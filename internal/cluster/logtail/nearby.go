package logtail

import (
	"regexp"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// closeBy is how many messages away the host may stand that an error is about: programs say to
// whom they connect before they try, or after they failed.
const closeBy = 2

// connects are the ways in which programs say to whom they connect.
var connects = all(
	`(?i)\bconnect(?:ing|ion)? to (?:\w+ (?:at )?)?(?:\w+://(?:[^@/\s]*@)?)?`+hostPort,
	`(?i)\bhost(?:name)?[:=] ?`+q+`?`+hostName+q+`?[,;]? port[:=] ?`+q+`?(?P<port>\d{2,5})`,
)

// hostNearby fills in the host of an error about a connection that names none, from the nearest
// message that says to whom the program connects.
func (s *statement) hostNearby(all []message, at int) {
	if s.Telling == nil || s.Host != "" || s.Port != 0 {
		return
	}
	switch s.Class {
	case model.LogRefused, model.LogNoAnswer, model.LogUnknown, model.LogTLS:
	default:
		return
	}
	for _, line := range s.message.lines {
		if s.connectsTo(line) {
			return
		}
	}
	for d := 1; d <= closeBy; d++ {
		for _, i := range [2]int{at - d, at + d} {
			if i >= 0 && i < len(all) && s.connectsTo(all[i].head) {
				return
			}
		}
	}
}

// connectsTo takes the host from a line that says to whom a program connects.
func (s *statement) connectsTo(line string) bool {
	lower := strings.ToLower(line[:min(len(line), classifyLimit)])
	if !hasOne(lower, strings.Contains, "connect", "host") || contains(lower, wellWords) {
		return false
	}
	return hasOneOf(s.Telling, connects, line[:min(len(line), classifyLimit)])
}

// hasOneOf fills in what the first of some expressions finds in a line.
func hasOneOf(t *model.Telling, expressions []func() *regexp.Regexp, line string) bool {
	for _, e := range expressions {
		if fill(t, e(), line) {
			return true
		}
	}
	return false
}

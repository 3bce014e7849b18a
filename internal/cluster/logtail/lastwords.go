package logtail

import (
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// ends are said by programs that give up.
var ends = lazy(`(?i)\bshutting down\b|\b(?:cannot|can't|could not|unable to) start\b|\bgiv(?:es|ing) up\b|\bexiting\b|\baborting\b|\b(?:application|process|server|program|service) (?:has )?(?:crashed|terminated|stopped)\b`)

// lastWords is what a program has given up by, as the end of its log says, though its container
// runs on: a shell, or another thread of it, keeps that from ending. What it told of best before
// is why.
func lastWords(all []statement, when clocks) *Recurring {
	if len(all) == 0 {
		return nil
	}
	last := &all[len(all)-1]
	if last.Telling == nil || last.level < failed || !ends().MatchString(last.Line) || contains(strings.ToLower(last.message.head), clientWords) {
		return nil
	}
	told, _ := tell(all[max(0, len(all)-recent):])
	if told == nil || told.Class == model.LogSaid {
		told = last.Telling
	}
	r := &Recurring{Telling: told, Times: 1}
	r.Last, r.Zone = when.at(last.message.at)
	r.First = r.Last
	return r
}

// recent is how many messages before the last one may say why it was the last.
const recent = 20

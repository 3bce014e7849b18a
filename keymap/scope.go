package keymap

import "strings"

var places = []struct {
	scope Scope
	word  string
}{{InList, "panes"}, {InDetail, "detail"}, {InPlan, "plan"}, {InChoice, "choices"}, {InPage, "pages"}}

func (s Scope) String() string {
	if s == Everywhere {
		return "everywhere"
	}
	var words []string
	for _, p := range places {
		if s&p.scope != 0 {
			words = append(words, p.word)
		}
	}
	return strings.Join(words, ", ")
}

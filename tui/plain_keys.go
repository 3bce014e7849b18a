package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// elsewise are the actions that make no sense where nothing moves on a screen, with what to
// do instead. All others do the same in lines as on the screen.
var elsewise = map[keymap.Action]string{
	keymap.Down: allPrinted, keymap.Up: allPrinted, keymap.PageDown: allPrinted, keymap.PageUp: allPrinted, keymap.Top: allPrinted, keymap.Bottom: allPrinted,
	keymap.NextPane:       "one page is printed at a time: b goes back, and the first page numbers them all",
	keymap.PrevPane:       "one page is printed at a time: b goes back, and the first page numbers them all",
	keymap.Zoom:           "one page is printed at a time",
	keymap.Open:           "a number opens",
	keymap.Filter:         "/TEXT filters or searches, / alone shows all again",
	keymap.Unfold:         "nothing is folded: what a finding explains is listed where it is opened",
	keymap.Fold:           "nothing is folded: what a finding explains is listed where it is opened",
	keymap.MarkAll:        "numbers behind a key are marks: f 1 3 plans the fixes of both",
	keymap.HistoryBack:    "b goes back",
	keymap.HistoryForward: "what was left is opened again by its number, or by its name behind :",
	keymap.Clusters:       "b goes back to the clusters, where there are several",
	keymap.Suspend:        "the terminal suspends careen by itself",
	keymap.Follow:         "lines still to be written are not waited for: r reads again, and c prints the kubectl command, which takes -f",
	keymap.NextMatch:      "the lines that match are all printed",
	keymap.PrevMatch:      "the lines that match are all printed",
}

const allPrinted = "everything is printed: Enter prints more, or again"

// common are the actions that are about no row.
var common = map[keymap.Action]bool{
	keymap.Sort: true, keymap.Severity: true, keymap.Namespaces: true, keymap.Contexts: true, keymap.Palette: true, keymap.Saved: true, keymap.Journal: true,
	keymap.Preflight: true, keymap.Coverage: true, keymap.Resolved: true, keymap.Login: true, keymap.Help: true, keymap.Quit: true, keymap.Back: true, keymap.Toggle: true,
}

// asked is the action of a key, or of its name in the configuration file, in a pane.
func (p *plain) asked(pane views.Pane, word string) (keymap.Action, bool) {
	if key, err := keymap.ParseKey(word); err == nil {
		if a := p.keys.Resolve(pane.Scope(), key); a != keymap.None {
			return a, true
		}
	}
	return keymap.Named(word)
}

// typed answers what is neither a number nor a text to look for: a key, or : with what to
// find.
func (p *plain) typed(pane views.Pane, text string) error {
	if rest, ok := strings.CutPrefix(text, ":"); ok {
		return p.command(rest)
	}
	a, ok := p.asked(pane, text)
	if !ok {
		if key, err := keymap.ParseKey(text); err == nil {
			p.unknown = nil // it is said whenever it is typed
			p.unknownKey(key)
			p.tell()
			return nil
		}
		p.say("%q is not one of the choices. ? lists all keys.", text)
		return nil
	}
	if _, list := pane.(views.Browser); list && !common[a] && elsewise[a] == "" && a != keymap.Mark && a != keymap.Clusters {
		if _, focuses := p.focusedBy(a); !focuses {
			p.say("%s is about a row: in a list, type %s and the number of the row.", p.word(a), text)
			return nil
		}
	}
	return p.perform(pane, a)
}

// keyed does what a key means for rows of a list.
func (p *plain) keyed(pane views.Browser, word string, rows []views.Subject) error {
	a, ok := p.asked(pane, word)
	switch {
	case !ok:
		p.say("%q is no key; ? lists all keys.", word)
		return nil
	case len(rows) == 1:
		if !pane.Show(rows[0]) {
			p.say("That row is gone.")
			return nil
		}
		return p.perform(pane, a)
	case a != keymap.Fix && a != keymap.Waive:
		p.say("%s takes one number.", p.word(a))
		return nil
	}
	for _, row := range rows {
		if pane.Show(row) {
			pane.Do(keymap.Mark)
		}
	}
	defer func() { // what is marked is marked for this once
		pane.Do(keymap.MarkAll)
		pane.Do(keymap.MarkAll)
	}()
	return p.perform(pane, a)
}

// perform does what an action means in a pane, or says why it means nothing there.
func (p *plain) perform(pane views.Pane, a keymap.Action) error {
	_, own := keymap.Find(pane.Offers(), a)
	o, ok := keymap.Find(p.offers(pane), a)
	switch why := elsewise[a]; {
	case why != "":
		p.say("%s: %s.", p.word(a), why)
	case a == keymap.Mark && pane.Scope() == keymap.InList:
		p.say("%s: %s.", p.word(a), elsewise[keymap.MarkAll])
	case a == keymap.Quit:
		return errQuit
	case a == keymap.Back:
		return errBack
	case !ok && a.Scope()&pane.Scope() == 0:
		p.say("%s: it works in %s.", p.word(a), a.Scope())
	case !ok:
		p.say("%s: it does nothing here.", p.word(a))
	case o.Disabled != "":
		p.say("%s: %s.", o.Word(), strings.TrimSuffix(o.Disabled, "."))
	case own:
		return p.respond(pane, pane.Do(a))
	default:
		return p.shell(pane, a)
	}
	return nil
}

// word is how an action is called where it is answered.
func (p *plain) word(a keymap.Action) string { return a.Short() }

// shell answers the actions that are not the pane's own.
func (p *plain) shell(pane views.Pane, a keymap.Action) error {
	if id, ok := p.focusedBy(a); ok {
		if id == views.PaneGraph {
			return inside(p.draw())
		}
		return inside(p.list(p.browser(id)))
	}
	switch a {
	case keymap.Journal:
		return inside(p.history())
	case keymap.Namespaces:
		return inside(p.choose())
	case keymap.Preflight:
		return inside(p.foretold(""))
	case keymap.Palette:
		return p.command("")
	case keymap.Severity:
		p.raise()
	case keymap.Help:
		help := views.NewHelp(p.env, p.keys, p.place(), pane.Scope(), p.offers(pane))
		p.say("\n%s", flat(first(help.Title())))
		p.page(help)
	case keymap.Login:
		p.say("careen waits for the login: %s", p.opts.Login.Command())
		p.loggedIn(loggedInMsg{p.opts.Login.Run(p.ctx)})
	default:
		n := len(p.pages)
		p.pump(p.own(a))
		return p.settle(n)
	}
	p.tell()
	return nil
}

// pump runs what the interface would run beside the screen, to its end.
func (p *plain) pump(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			p.pump(c)
		}
	case repliedMsg:
		p.pump(p.take(msg))
	}
}

// tell says what the interface would say in its last line.
func (p *plain) tell() {
	if p.message != "" {
		p.say("%s.", strings.TrimSuffix(p.message, "."))
		p.message = ""
	}
}

// settle asks for what an action wants typed, and shows the page that it opened over n
// others.
func (p *plain) settle(n int) error {
	for {
		p.tell()
		switch {
		case p.prompt != nil:
			if err := inside(p.fill()); err != nil {
				return err
			}
		case len(p.pages) > n:
			return inside(p.show())
		default:
			return nil
		}
	}
}

// fill asks for the text of a prompt; going back gives it up.
func (p *plain) fill() error {
	asked := p.prompt
	p.prompt = nil
	what := capital(strings.TrimSuffix(asked.sign, ":"))
	given := asked.input.Text()
	if given != "" {
		what += fmt.Sprintf(" (Enter alone: %s; - for none)", given)
	}
	text, err := p.ask(what + "; b gives up.")
	if err != nil {
		asked.cancel()
		return err
	}
	switch text {
	case "":
		text = given
	case "-":
		text = ""
	}
	return p.respond(asked.from, asked.accept(text))
}

// others lists the keys that do something on a page beside opening, moving and going back.
func (p *plain) others(pane views.Pane) string {
	var out []string
	told := []keymap.Action{keymap.Back, keymap.Open, keymap.Filter, keymap.Mark, keymap.MarkAll, keymap.OnlyMatches}
	for _, o := range p.offers(pane) {
		if o.Disabled != "" || common[o.Action] || elsewise[o.Action] != "" || slices.Contains(told, o.Action) || len(p.keys.Keys(o.Action)) == 0 {
			continue
		}
		if _, focuses := p.focusedBy(o.Action); !focuses {
			out = append(out, p.keyOf(o.Action)+" "+o.Word())
		}
	}
	return strings.Join(out, ", ")
}

// keyOf is the key to type for an action: its name where plain itself answers the key.
func (p *plain) keyOf(a keymap.Action) string {
	for _, k := range p.keys.Keys(a) {
		if k != "q" && k != "b" && k != "Q" && k != "B" {
			return k
		}
	}
	return a.String()
}

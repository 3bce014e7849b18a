package tui

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// rowsAtOnce is how many rows of a list are printed at once.
const rowsAtOnce = 50

// numbered is a page of which some lines can be selected, counted from 1.
type numbered interface{ Nth(n int) bool }

// rowsOf is the number of rows that a pane has to choose from; ok is false where it is no
// list.
func rowsOf(pane views.Pane) (of int, ok bool) {
	list, ok := pane.(interface{ Place() (at, of int) })
	if !ok || pane.Scope()&(keymap.InChoice|keymap.InList) == 0 {
		return 0, false
	}
	_, of = list.Place()
	return of, true
}

// show prints the page on top and answers what can be asked there, until it is left.
func (p *plain) show() error {
	n := len(p.pages)
	page := p.pages[n-1].Pane
	defer func() {
		if len(p.pages) >= n {
			p.right = p.pages[n-1].right
			p.uncover(n - 1)
		}
	}()
	from := 0
	for {
		page.Load()
		of, _ := rowsOf(page)
		if from >= of {
			from = 0
		}
		p.numbered(page, from, of)
		text, err := p.ask(p.question(page, from, of))
		if err != nil {
			return err
		}
		switch {
		case text == "":
			from += rowsAtOnce
		case strings.HasPrefix(text, "/"):
			from = 0
			p.search(page, strings.TrimSpace(text[1:]))
		default:
			if err := p.answered(page, text); err != nil {
				return err
			}
		}
		p.tell()
		if len(p.pages) < n || p.pages[n-1].Pane != page {
			return nil // it closed itself
		}
	}
}

// numbered prints a page with a number before all that can be chosen.
func (p *plain) numbered(page views.Pane, from, of int) {
	p.env.Theme.Numbered = true
	defer func() { p.env.Theme.Numbered = false }()
	if of > rowsAtOnce {
		p.selectRow(page, min(from+rowsAtOnce, of)-1)
	}
	p.say("\n%s", flat(first(page.Title())))
	p.page(page)
}

// selectRow selects a row of a list, from 0.
func (p *plain) selectRow(page views.Pane, at int) {
	page.Do(keymap.Top)
	for range at {
		page.Do(keymap.Down)
	}
}

// question says what can be answered on a page.
func (p *plain) question(page views.Pane, from, of int) string {
	var out []string
	if _, opens := keymap.Find(page.Offers(), keymap.Open); opens {
		out = append(out, "A number opens")
	}
	if of > from+rowsAtOnce {
		out = append(out, fmt.Sprintf("Enter shows more (%d to %d of %d)", from+rowsAtOnce+1, min(from+2*rowsAtOnce, of), of))
	}
	if o, ok := keymap.Find(page.Offers(), keymap.Filter); ok && o.Disabled == "" {
		out = append(out, fmt.Sprintf("/TEXT %ss, / shows all", o.Word()))
	}
	if others := p.others(page); others != "" {
		out = append(out, others)
	}
	return strings.Join(append(out, ": finds anything", "b goes back."), ", ")
}

// search filters a list, or prints only the lines of a text that hold what is looked for.
func (p *plain) search(page views.Pane, text string) {
	f, ok := page.(filterer)
	if o, offered := keymap.Find(page.Offers(), keymap.Filter); !ok || !offered || o.Disabled != "" {
		p.say("There is nothing to search here.")
		return
	}
	f.Filter(text)
	if page.Scope() == keymap.InPage && !p.narrow[page] {
		p.narrow[page] = true
		page.Do(keymap.OnlyMatches)
	}
}

// answered opens what has a number, or does what was typed.
func (p *plain) answered(page views.Pane, text string) error {
	of, list := rowsOf(page)
	if at, ok := pick(text, longest); ok {
		lines, links := page.(numbered)
		switch {
		case list && at < of:
			p.selectRow(page, at)
			return p.follows(page)
		case !list && links && lines.Nth(at+1):
			return p.follows(page)
		}
	}
	return p.typed(page, text)
}

// follows opens what is selected.
func (p *plain) follows(page views.Pane) error {
	if o, ok := keymap.Find(page.Offers(), keymap.Open); !ok || o.Disabled != "" {
		p.say("It cannot be opened: %s.", or(o.Disabled, "it leads nowhere"))
		return nil
	}
	return p.respond(page, page.Do(keymap.Open))
}

// command lists what a text names: commands, objects, kinds, namespaces, contexts, probes;
// what it can only mean is opened at once.
func (p *plain) command(text string) error {
	if text = strings.TrimSpace(text); text == "" {
		var err error
		if text, err = p.ask("What? An object (deploy/web), a kind (pods), a command, namespace, context or probe."); err != nil || text == "" {
			return inside(err)
		}
	}
	if p.contexts == nil {
		p.pump(p.readContexts())
	}
	page := views.NewPalette(p.env, p.keys, p.offers(p.focused()), p.opts.Probes, p.contexts)
	page.Serve(p.kinds)
	p.pump(p.readKinds(page))
	page.Filter(text)
	n := len(p.pages)
	p.pages, p.right = append(p.pages, opened{page, p.right}), true
	if page.Exact() {
		err := p.follows(page)
		if len(p.pages) > n && p.pages[n].Pane == page {
			p.close()
		}
		return inside(err)
	}
	if of, _ := rowsOf(page); of == 0 {
		p.page(page)
		p.close()
		return nil
	}
	return inside(p.show())
}

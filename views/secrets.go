package views

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// configRow is a Secret or a ConfigMap.
type configRow struct {
	meta *model.Meta
	typ  string
	keys []model.DataKey
}

func (r configRow) ref() model.Ref { return r.meta.Ref() }

// Secrets is the pane of Secrets; of ConfigMaps, once toggled. Release records
// are not among them.
type Secrets struct {
	browse[configRow, model.Ref]
	secrets, maps perSpace[configRow]
	config        bool
	own           PaneInfo // while it shows Secrets
}

func newSecrets(env *Env, info PaneInfo) *Secrets {
	p := &Secrets{own: info}
	p.browse = browse[configRow, model.Ref]{
		env: env, info: info,
		subject: func(r configRow) Subject { return Subject{Ref: r.ref()} },
		total:   p.all,
		hidden:  func() styled.Line { return elsewhere(env, p.all(), p.info.Noun) },
		table: widget.NewTable(widget.Spec[configRow, model.Ref]{
			Header: true,
			Key:    configRow.ref,
			Match:  func(r configRow) string { return r.ref().Path() + " " + r.typ + " " + keyNames(r.keys) },
			Columns: []widget.Column[configRow]{
				{Title: "", Min: 1, Tight: true, Keep: 5, Cell: func(r configRow) styled.Span { return env.findingSpan(r.ref()) }, Weight: byFinding(env, only(configRow.ref))},
				{Title: "name", First: true, Min: 28, Grow: true, Middle: true, Cell: func(r configRow) styled.Span { return styled.T(styled.Normal, r.ref().Path()) }},
				{Title: "type", Min: 8, Max: 18, Keep: 2, Cell: func(r configRow) styled.Span { return styled.T(styled.Muted, shortType(r.typ)) }},
				{
					Title: "keys", Min: 10, Max: 24, Keep: 3, Cell: func(r configRow) styled.Span { return styled.T(styled.Muted, keyNames(r.keys)) },
					Order: func(a, b configRow) int { return cmp.Compare(len(b.keys), len(a.keys)) },
				},
				{
					Title: "users", Min: 5, Keep: 4, Right: true, Cell: p.users,
					Weight: func(r configRow) int { return -env.userCount(r.ref()) },
				},
				{
					Title: "age", Min: 3, Keep: 1, Right: true, Cell: func(r configRow) styled.Span { return styled.T(styled.Muted, env.Age(r.meta.Created)) },
					Order: func(a, b configRow) int { return b.meta.Created.Compare(a.meta.Created) },
				},
			},
		}),
	}
	return p
}

func (p *Secrets) users(r configRow) styled.Span {
	n := p.env.userCount(r.ref())
	if n == 0 {
		return styled.T(styled.Muted, "-")
	}
	return styled.T(styled.Normal, fmt.Sprint(n))
}

// shortType leaves out the part of a type that all of its kind share.
func shortType(t string) string {
	_, short, found := strings.Cut(t, "/")
	if found {
		return short
	}
	return t
}

func keyNames(keys []model.DataKey) string {
	names := make([]string, 0, min(len(keys), 8))
	for _, k := range keys[:min(len(keys), 8)] {
		names = append(names, k.Name)
	}
	if n := len(keys) - len(names); n > 0 {
		names = append(names, fmt.Sprintf("+%d", n))
	}
	return strings.Join(names, " ")
}

// Load takes over the rows of the namespaces that moved.
func (p *Secrets) Load() {
	if p.config {
		p.take(p.maps.rows(p.env, []model.Kind{model.KindConfigMap}, func(s *model.Space) []configRow {
			out := make([]configRow, 0, len(s.Tables[model.KindConfigMap]))
			for c := range model.Each[*model.ConfigMap](s, model.KindConfigMap) {
				if !c.Ref().IsRootCA() { // :configmaps lists it
					out = append(out, configRow{&c.Meta, "", c.Keys})
				}
			}
			return out
		}))
		return
	}
	p.take(p.secrets.rows(p.env, []model.Kind{model.KindSecret}, func(s *model.Space) []configRow {
		out := make([]configRow, 0, len(s.Tables[model.KindSecret]))
		for c := range model.Each[*model.Secret](s, model.KindSecret) {
			out = append(out, configRow{&c.Meta, c.Type, c.Keys})
		}
		return out
	}))
}

// all is the number of rows, whether looked at or not.
func (p *Secrets) all() int {
	if p.config {
		return p.maps.total
	}
	return p.secrets.total
}

func (p *Secrets) toggle() {
	p.config = !p.config
	p.info = p.own
	if p.config {
		p.info.Title, p.info.Noun, p.info.Kinds = "ConfigMaps", "ConfigMap", []model.Kind{model.KindConfigMap}
	}
	p.secrets.made, p.maps.made = nil, nil // the table holds the other's rows
	p.Load()
}

// Show selects a Secret or ConfigMap, toggling where it is the other.
func (p *Secrets) Show(s Subject) bool {
	if s.Ref.Kind != model.KindSecret && s.Ref.Kind != model.KindConfigMap {
		return false
	}
	if (s.Ref.Kind == model.KindConfigMap) != p.config {
		p.toggle()
	}
	p.table.Select(s.Ref)
	return true
}

// Offers adds the toggle.
func (p *Secrets) Offers() []keymap.Offer {
	label := "ConfigMaps"
	if p.config {
		label = "Secrets"
	}
	return p.offers(keymap.Offer{Action: keymap.Toggle, Label: label})
}

// Do answers an action.
func (p *Secrets) Do(a keymap.Action) Request {
	if a == keymap.Toggle {
		p.toggle()
		return nil
	}
	r, _ := p.do(a)
	return r
}

package views

import (
	"maps"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// servedHere are the kinds that can be listed: those that the server says it serves, and
// where it was not asked, those that every server serves and those that were read.
func (e *Env) servedHere(list []inspect.Served) []inspect.Served {
	known := map[model.Kind]bool{}
	out := slices.Clone(list)
	for i := range out {
		known[out[i].Kind] = true
		if info, ok := model.Info(out[i].Kind); ok {
			out[i].Short = append(slices.Clone(out[i].Short), info.Short)
		}
	}
	add := func(s inspect.Served) {
		if !known[s.Kind] {
			known[s.Kind] = true
			out = append(out, s)
		}
	}
	add(inspect.Served{Kind: model.KindRelease, Resource: "releases", Short: []string{"helm"}, Namespaced: true})
	if len(list) > 0 {
		return out
	}
	for _, i := range model.Builtin {
		add(inspect.Served{Kind: i.Kind, Version: i.Version, Resource: i.Resource, Short: []string{i.Short}, Namespaced: i.Namespaced})
	}
	if e.Report != nil {
		for _, k := range customKinds(e.Report.Snapshot) {
			own, _, _ := strings.Cut(string(k), ".")
			add(inspect.Served{Kind: k, Resource: strings.ToLower(text.Many(own))})
		}
	}
	return out
}

// Serve takes over what the server serves: each kind is a line that lists its objects.
func (p *Palette) Serve(list []inspect.Served) {
	p.kinds = p.env.servedHere(list)
	p.listing = p.listing[:0]
	times := map[string]int{}
	for _, s := range p.kinds {
		times[s.Resource]++
	}
	for _, s := range p.kinds {
		name := s.Resource
		if _, group, found := strings.Cut(string(s.Kind), "."); found && (times[name] > 1 || s.Kind.Plain() == string(s.Kind)) && !strings.Contains(name, ".") {
			name += "." + group
		}
		p.listing = append(p.listing, command{
			kind: "list", name: name, note: "all " + text.Many(s.Kind.Plain()), words: s.Words(), request: ListKind{s.Kind},
		})
	}
	p.Filter(p.table.Filtered())
}

// listed are the lines of the kinds, each found by the one of its names that is typed: by
// all of them together a text would find almost any.
func (p *Palette) listed(typed string) []command {
	typed = strings.ToLower(strings.TrimSpace(typed))
	for i := range p.listing {
		c := &p.listing[i]
		c.match = "list " + c.name
		if at := slices.IndexFunc(c.words, func(w string) bool { return strings.HasPrefix(w, typed) }); at > 0 {
			c.match = c.words[at]
		}
	}
	return p.listing
}

// kindCalled finds a kind that is not watched by a word for it.
func (p *Palette) kindCalled(word string) (inspect.Served, bool) {
	i := slices.IndexFunc(p.kinds, func(s inspect.Served) bool {
		return slices.Contains(s.Words(), word) || word == strings.ToLower(string(s.Kind))
	})
	if i < 0 || p.env.watched(p.kinds[i].Kind) {
		return inspect.Served{}, false
	}
	return p.kinds[i], true
}

// reading is the line that reads one object of a kind that is not watched: KIND/NAME, or
// KIND/NAMESPACE/NAME.
func (p *Palette) reading(typed string) []command {
	word, path, split := strings.Cut(strings.Join(strings.Fields(typed), "/"), "/")
	kind, ok := p.kindCalled(strings.ToLower(word))
	if !ok || !split || path == "" || p.env.Inspector == nil {
		return nil
	}
	ref := model.Ref{Kind: kind.Kind, Name: path}
	c := command{kind: "object", name: path, note: "read it", match: typed}
	namespace, name, named := strings.Cut(path, "/")
	switch {
	case kind.Namespaced && named:
		ref.Namespace, ref.Name = namespace, name
	case kind.Namespaced && len(p.env.Namespaces) == 1:
		ref.Namespace = p.env.extent()
	case kind.Namespaced:
		c.disabled = "say in which namespace: " + word + "/NAMESPACE/" + path
	case named:
		c.disabled = kind.Kind.Plain() + " is in no namespace"
	}
	if ref.Name == "" {
		return nil
	}
	c.request = OpenPage{Page: NewObjectRead(p.env, ref), Instead: true}
	return []command{c}
}

// known are the words that mean something in the palette, for suggestions.
func (p *Palette) known() (words []string) {
	for _, c := range slices.Concat(p.rows, p.listing) {
		words = append(append(words, c.name), c.words...)
	}
	return words
}

// customKinds are the custom kinds of which a snapshot has objects.
func customKinds(snap *model.Snapshot) []model.Kind {
	seen := map[model.Kind]bool{}
	for _, space := range snap.Spaces {
		for k := range space.Tables {
			if k.IsCustom() && k != model.KindCustom {
				seen[k] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

package hosts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

const maxMembers = 512

// list is what a group lists of one set's members.
type list struct {
	doc     *doc
	group   *group
	members []*entry
	lines   bool // each entry has lines of its own
}

// lists are the lists of a text, in its order. Hosts without a namespace are in that
// one. Those of one group are in the order of their sets.
func (d *doc) lists(namespace string) (out []*list) {
	for _, g := range d.order {
		lines := g.settle(d.text)
		sets, begin := map[[2]string]*list{}, len(out)
		for i := range g.entries {
			e := &g.entries[i]
			if e.kind != member {
				continue
			}
			of := [2]string{e.host.Set, inNamespace(e.host.Namespace, namespace)}
			l := sets[of]
			if l == nil {
				l = &list{doc: d, group: g, lines: lines}
				sets[of] = l
				out = append(out, l)
			}
			l.members = append(l.members, e)
		}
		slices.SortStableFunc(out[begin:], func(a, b *list) int { return cmp.Compare(a.members[0].host.Set, b.members[0].host.Set) })
	}
	return out
}

// plain reports whether a list is one word that may as well be no host: "utf-8" has
// the form of a member that names neither a service nor a port.
func (l *list) plain() bool {
	e := l.members[0]
	return len(l.members) == 1 && e.host.Service == "" && e.ports == e.name.to
}

// row is a list as it is kept.
func (l *list) row(path string) model.HostList {
	g, first := l.group, l.members[0]
	out := model.HostList{Path: path, Field: strings.Clone(g.shownField()), Role: roleOf(g.keys, first.host.Set), Open: g.open || l.servedWhole()}
	for _, e := range l.members[:min(len(l.members), maxMembers)] {
		out.Members = append(out.Members, e.member(l.doc.text))
	}
	out.Open = out.Open || len(l.members) > maxMembers
	out.Numbered = len(g.numbered) > 0
	if out.Why = l.frozen(); out.Why != "" {
		out.Frozen = true
		return out
	}
	if len(l.members) == 1 {
		out.Why = whyOne
		return out
	}
	s, why := l.shapeOf()
	if out.Why = why; why == "" {
		out.Entry = s.pattern
	}
	return out
}

// member is a host with the text of its entry, none of which holds the whole text.
func (e *entry) member(text string) model.Host {
	raw := strings.Clone(e.raw(text))
	h, _ := hostName(raw[len(e.id)+e.scheme.to-e.scheme.from:])
	h.Raw = raw
	return h
}

// servedWhole reports whether the group names the members' Service as well, which
// stands for all of them.
func (l *list) servedWhole() bool {
	services := map[string]bool{}
	for _, e := range l.members {
		services[e.host.Service] = true
	}
	for i := range l.group.entries {
		if e := &l.group.entries[i]; e.kind != member {
			host, _, _ := strings.Cut(Authority(strings.Trim(e.unit.of(l.doc.text), "\"'`")), ":")
			service, _, _ := strings.Cut(host, ".")
			if service != "" && services[service] {
				return true
			}
		}
	}
	return false
}

// frozen is why nothing can be taken out of a list, or put into it.
func (l *list) frozen() string {
	g := l.group
	switch {
	case g.objects:
		return whyObjects
	case g.several && g.values > 1:
		return whySpread
	case g.beside:
		return whyBeside
	case l.doc.ports[len(g.entries)] && g.several:
		return whyPorts
	}
	return l.doc.keysApart(g.numbered)
}

// shownField is the key of a list, with N for the number in which its keys differ.
func (g *group) shownField() string {
	if len(g.numbered) == 1 {
		return g.numbered[0]
	}
	return g.field
}

// keysApart is why keys that hold a number are not a plain row: some other key goes
// with one of them (node.0.host, node.0.port).
func (d *doc) keysApart(keys []string) string {
	if len(keys) < 2 {
		return ""
	}
	parts := make([][]string, len(keys))
	at := -1
	for i, k := range keys {
		parts[i] = apart(k)
		for j := range min(len(parts[i]), len(parts[0])) {
			if parts[i][j] != parts[0][j] && at < 0 {
				at = j
			}
		}
	}
	if at < 0 {
		return ""
	}
	stems, own := map[string]bool{}, map[string]bool{}
	for i, p := range parts {
		own[keys[i]] = true
		if len(p) > at {
			stems[strings.Join(p[:at+1], "")] = true
		}
	}
	for _, k := range d.numbered {
		p := apart(k)
		if len(p) > at+1 && stems[strings.Join(p[:at+1], "")] && !own[k] {
			return whyObjects
		}
	}
	return ""
}

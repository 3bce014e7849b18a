package dump

import (
	"encoding/json"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// maxUntyped bounds the items of a List that wait for its kind.
const maxUntyped = 32 << 20

// places are the namespaces in which objects of each kind were seen.
type places map[model.Kind]map[string]bool

func (p places) add(kind model.Kind, namespace string) {
	if p[kind] == nil {
		p[kind] = map[string]bool{}
	}
	p[kind][namespace] = true
}

// list is a List being read: what came in it.
type list struct {
	kind    model.Kind // of a typed list: PodList
	seen    places
	untyped []untyped // items that do not say what they are, until the List has
	size    int
	cut     map[model.Kind]bool // not all objects of these could be read; "" for any
}

type untyped struct {
	raw  json.RawMessage
	line int
}

// begin opens a List. kind is its own, where that is known by now.
func (d *document) begin(kind string) {
	d.list = &list{seen: places{}, cut: map[model.Kind]bool{}}
	d.list.typed(kind)
}

// typed takes the kind of a List.
func (l *list) typed(kind string) {
	if one, ok := strings.CutSuffix(kind, "List"); ok && one != "" {
		if info, builtin := model.Info(model.Kind(one)); builtin {
			l.kind = info.Kind
		}
	}
}

// finish closes a List, and draws from it of what the dump holds everything.
func (d *document) finish() {
	l := d.list
	for _, u := range l.untyped {
		d.line = u.line
		d.loose(u.raw)
	}
	d.list = nil
	d.lists++
	s := &d.c.scopes
	if l.cut[""] {
		return
	}
	namespaces := map[string]bool{}
	for kind, in := range l.seen {
		for ns := range in {
			if ns != "" {
				namespaces[ns] = true
			}
		}
		if d.place.whole && d.place.kind == kind {
			delete(l.seen, kind) // its file's name says more
		}
	}
	for kind, in := range l.seen {
		switch {
		case l.cut[kind]:
		case in[""], len(namespaces) > 1:
			s.whole.add(kind, "")
		default:
			for ns := range namespaces {
				s.whole.add(kind, ns)
			}
		}
	}
	if l.kind != "" && len(l.seen[l.kind]) == 0 && !d.place.whole && !l.cut[l.kind] {
		s.empty[l.kind] = true
	}
}

// end draws from a file whose name gives it to a kind, once it is read. In a folder of
// somebody's own making the folder is a namespace only where the dump knows it as one;
// where there are objects, they say whose they are.
func (d *document) end() {
	s, p := &d.c.scopes, d.place
	info, builtin := model.Info(p.kind)
	in := d.seen[p.kind]
	switch {
	case p.custom != "":
		if !d.cut && d.lists > 0 {
			if s.named[p.custom] == nil {
				s.named[p.custom] = map[string]bool{}
			}
			s.named[p.custom][p.namespace] = true
		}
	case !p.whole || p.kind == "":
	case d.cut:
		s.broken[p.kind] = true
	case p.alone:
		if len(in) > 0 {
			s.filed[p.kind] = true
		}
	case d.lists == 0:
	case builtin && !info.Namespaced:
		s.whole.add(p.kind, "")
	case !p.loose && p.namespace != "":
		s.whole.add(p.kind, p.namespace)
	case len(in) > 1:
		s.whole.add(p.kind, "")
	case len(in) == 1:
		for ns := range in {
			s.whole.add(p.kind, ns)
		}
	case p.namespace != "":
		s.folder.add(p.kind, p.namespace)
	default:
		s.empty[p.kind] = true
	}
}

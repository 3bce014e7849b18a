package dump

import (
	"encoding/json"
	"io"

	"github.com/careen-tui/careen/internal/model"
)

// scopes says of which kinds a dump holds everything, and where.
//
// A file that a tool's layout gives to a kind and a namespace holds all of that kind
// there, even where it is empty. A List as kubectl prints it holds all objects of each
// kind that is in it: of every namespace where it has objects of two, since kubectl can
// be asked for one namespace or for all; else of that one. An object that stands alone
// says nothing of its siblings, but where a tool is known to file each of a kind. What
// was cut short is not everything.
type scopes struct {
	whole  places                     // "" for every namespace
	held   places                     // some objects
	filed  map[model.Kind]bool        // by a file for each object
	broken map[model.Kind]bool        // not all of their files could be read
	empty  map[model.Kind]bool        // an empty list, of which the dump does not say whose it is
	folder places                     // likewise, but in a folder that may be a namespace
	named  map[string]map[string]bool // of custom resources by their full plural: namespaces of files that are whole
	cut    bool                       // the dump ends early, or was left before its end
	failed map[model.Kind]map[string]string
}

func newScopes() scopes {
	return scopes{
		whole: places{}, held: places{}, folder: places{}, filed: map[model.Kind]bool{}, broken: map[model.Kind]bool{}, empty: map[model.Kind]bool{},
		failed: map[model.Kind]map[string]string{}, named: map[string]map[string]bool{},
	}
}

// systemNamespaces are in every cluster: the API server makes them (kubernetes
// pkg/controlplane/controller/systemnamespaces). A list of namespaces without one is
// a list of some: troubleshoot lists those that it was told to look at.
var systemNamespaces = []string{"default", "kube-public", "kube-system"}

// settle decides what could not be decided before everything was read. namespaces are
// those that the dump knows,
// listed those of which it has the object.
func (s *scopes) settle(namespaces, listed map[string]bool, customs map[model.Kind]defined) {
	for kind, d := range customs {
		for ns := range s.named[d.resource] {
			switch {
			case !d.namespaced:
				s.whole.add(kind, "")
			case namespaces[ns]:
				s.whole.add(kind, ns)
			default:
				s.empty[kind] = true
			}
		}
	}
	for kind := range s.filed {
		if !s.cut && !s.broken[kind] {
			s.whole.add(kind, "")
		}
	}
	for kind, in := range s.folder {
		for folder := range in {
			if namespaces[folder] {
				s.whole.add(kind, folder)
			} else {
				s.empty[kind] = true
			}
		}
	}
	for kind := range s.empty {
		if len(s.held[kind]) > 0 || len(s.whole[kind]) > 0 {
			continue // other files say more
		}
		info, builtin := model.Info(kind)
		if builtin && !info.Namespaced || len(namespaces) > 1 {
			s.whole.add(kind, "")
			continue
		}
		for ns := range namespaces {
			s.whole.add(kind, ns)
		}
	}
	for _, ns := range systemNamespaces {
		if !listed[ns] {
			delete(s.whole, model.KindNamespace)
		}
	}
	if !s.whole[model.KindNamespace][""] {
		return
	}
	for _, in := range s.whole { // what is whole in each namespace is so everywhere
		everywhere := len(namespaces) > 0
		for ns := range namespaces {
			everywhere = everywhere && in[ns]
		}
		if everywhere {
			clear(in)
			in[""] = true
		}
	}
}

// failures reads a file in which a tool says of which namespaces it could not read a
// kind: a map from namespaces to errors, or a list of errors.
func (c *collector) failures(p place, r io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return err
	}
	byNamespace := map[string]string{}
	if json.Unmarshal(raw, &byNamespace) != nil {
		var list []string
		if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
			byNamespace[""] = list[0]
		}
	}
	if len(byNamespace) > 0 {
		c.scopes.failed[p.kind] = byNamespace
	}
	return nil
}

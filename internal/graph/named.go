package graph

import (
	"github.com/careen-tui/careen/internal/model"
)

// Named reports whether a custom resource of any namespace holds, as a whole value,
// the name of an object: a use of it, whatever the field is called.
func (g *Graph) Named(ref model.Ref) bool {
	want := model.WordsFor(ref.Namespace, ref.Name)
	for name := range g.Snapshot().Spaces {
		x := g.index(name).named()
		for _, w := range want {
			if x != nil && x.words[w] {
				return true
			}
		}
	}
	return false
}

// Cut lists custom resources that were too large to be looked at whole.
func (g *Graph) Cut() (out []model.Ref) {
	for name := range g.Snapshot().Spaces {
		if x := g.index(name).named(); x != nil {
			out = append(out, x.cut...)
		}
	}
	return out
}

// named collects the words of the custom resources of a namespace when they are first
// asked for.
func (x *index) named() *index {
	if x == nil {
		return nil
	}
	x.wordOnce.Do(func() {
		x.words = map[uint32]bool{}
		for _, kind := range x.space.Kinds() {
			for o := range model.Each[*model.Object](x.space, kind) {
				for _, w := range o.Words {
					x.words[w] = true
				}
				if o.Cut {
					x.cut = append(x.cut, o.Ref())
				}
			}
		}
	})
	return x
}

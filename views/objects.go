package views

import (
	"cmp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// mostObjects is how many objects a text may find; more than fit a screen are not found
// faster by scrolling than by another letter.
const mostObjects = 200

// leastLetters is how much of a name has to be typed for objects of every kind to be
// looked through.
const leastLetters = 2

// objectsNamed finds the objects that a text names: a kind as kubectl takes it (deploy,
// pods), "KIND/NAME" or "KIND NAME", a part of a name, or "namespace/part". Those that are called so come
// first, then those whose name begins so. more reports whether some were left out.
func objectsNamed(snap *model.Snapshot, text string) (found []model.Ref, more bool) {
	text = strings.Join(strings.Fields(strings.ToLower(text)), "/")
	word, name, split := strings.Cut(text, "/")
	kind := kindAsked(snap, word)
	var best hits
	switch {
	case kind == nil:
		name = text
		if len(name) < leastLetters {
			return nil, false
		}
	case !split:
		name = ""
	}
	for _, space := range snap.Spaces {
		for k, table := range space.Tables {
			if kind != nil && !kind(k) || unlisted(k) {
				continue
			}
			for _, row := range table {
				if n, ok := near(row.Base(), name); ok {
					more = best.take(hit{n, row.Base().Ref()}) || more
				}
			}
		}
	}
	for _, h := range best {
		found = append(found, h.ref)
	}
	return found, more
}

// hit is an object that was found; the nearer its name is to what was typed, the smaller
// is far.
type hit struct {
	far int
	ref model.Ref
}

// hits are the best of those that were found, in order.
type hits []hit

// take puts one in its place, and reports whether one was left out for want of room.
func (b *hits) take(h hit) (full bool) {
	at, _ := slices.BinarySearchFunc(*b, h, func(a, b hit) int { return cmp.Or(a.far-b.far, a.ref.Compare(b.ref)) })
	if at == mostObjects {
		return true
	}
	*b = slices.Insert(*b, at, h)
	if full = len(*b) > mostObjects; full {
		*b = (*b)[:mostObjects]
	}
	return full
}

// near reports whether an object is called by a name, and how nearly. It makes no text of
// each: there may be a hundred thousand.
func near(m *model.Meta, name string) (far int, ok bool) {
	own, in := strings.ToLower(m.Name), m.Namespace
	if space, rest, split := strings.Cut(name, "/"); split {
		if ok = strings.HasSuffix(in, space); !ok {
			return 0, false
		}
		name = rest
		if !strings.HasPrefix(own, name) {
			return 0, false
		}
	}
	switch {
	case own == name:
		return 0, true
	case strings.HasPrefix(own, name):
		return 1, true
	}
	return 2, strings.Contains(own, name) || strings.Contains(in, name)
}

// kindAsked reports of a kind whether a word means it; nil where the word names none.
func kindAsked(snap *model.Snapshot, word string) func(model.Kind) bool {
	if k, ok := model.KindNamed(word); ok {
		return func(other model.Kind) bool { return other == k }
	}
	if word == "" {
		return nil
	}
	means := func(k model.Kind) bool {
		own, _, _ := strings.Cut(strings.ToLower(string(k)), ".")
		return k.IsCustom() && (word == own || word == own+"s" || word == strings.ToLower(string(k)))
	}
	for _, space := range snap.Spaces {
		for k := range space.Tables {
			if means(k) {
				return means
			}
		}
	}
	return nil
}

// unlisted reports whether the rows of a kind are no objects that anybody looks for.
func unlisted(k model.Kind) bool {
	return k == model.KindLogTail || k == model.KindEvent || k == model.KindRecord || k == model.KindEndpointSlice
}

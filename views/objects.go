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
				ref := row.Base().Ref()
				if name == "" || strings.Contains(strings.ToLower(ref.Path()), name) {
					found = append(found, ref)
				}
			}
		}
	}
	closeness := func(r model.Ref) int {
		switch own := strings.ToLower(r.Name); {
		case own == name || strings.ToLower(r.Path()) == name:
			return 0
		case strings.HasPrefix(own, name):
			return 1
		}
		return 2
	}
	slices.SortFunc(found, func(a, b model.Ref) int { return cmp.Or(closeness(a)-closeness(b), a.Compare(b)) })
	if len(found) > mostObjects {
		return found[:mostObjects], true
	}
	return found, false
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

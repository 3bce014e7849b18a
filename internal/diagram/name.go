package diagram

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// Find names the object that KIND/NAME means in a snapshot: kinds are written as for
// kubectl, in the singular, the plural or short.
func Find(snap *model.Snapshot, words string) (model.Ref, error) {
	word, name, ok := strings.Cut(words, "/")
	if !ok || word == "" || name == "" {
		return model.Ref{}, fmt.Errorf("%q is not of the form KIND/NAME, deployment/web for example", words)
	}
	kind, ok := kindNamed(snap, strings.ToLower(word))
	if !ok {
		return model.Ref{}, fmt.Errorf("%q is not a kind that careen reads%s", word, text.DidYouMean(strings.ToLower(word), Words()))
	}
	var found []model.Ref
	for _, ns := range append([]string{""}, snap.Namespaces()...) {
		ref := model.Ref{Kind: kind, Namespace: ns, Name: name}
		if kind == model.KindRelease {
			if snap.Release(ns, name) != nil {
				found = append(found, ref)
			}
		} else if snap.Row(ref) != nil {
			found = append(found, ref)
		}
	}
	switch len(found) {
	case 0:
		return model.Ref{}, fmt.Errorf("there is no %s %s in what was read%s", kind, name, text.DidYouMean(name, namesOf(snap, kind)))
	case 1:
		return found[0], nil
	}
	var where []string
	for _, f := range found {
		where = append(where, f.Namespace)
	}
	return model.Ref{}, fmt.Errorf("%s %s is in several namespaces: choose one with -n: %s", kind, name, strings.Join(where, ", "))
}

// namesOf lists the names of all objects of a kind, each once.
func namesOf(snap *model.Snapshot, kind model.Kind) (out []string) {
	for _, ns := range append([]string{""}, snap.Namespaces()...) {
		space := snap.Space(ns)
		if space == nil {
			continue
		}
		if kind == model.KindRelease {
			for _, rel := range space.Releases() {
				out = append(out, rel.Name)
			}
			continue
		}
		for _, row := range space.Tables[kind] {
			out = append(out, row.Base().Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func kindNamed(snap *model.Snapshot, word string) (model.Kind, bool) {
	if k, ok := model.KindNamed(word); ok {
		return k, true
	}
	var custom []model.Kind
	for _, ns := range append([]string{""}, snap.Namespaces()...) {
		for _, k := range snap.Space(ns).Kinds() {
			full := strings.ToLower(string(k))
			short, _, dotted := strings.Cut(full, ".")
			if dotted && (word == full || word == short || word == short+"s") && !slices.Contains(custom, k) {
				custom = append(custom, k)
			}
		}
	}
	if len(custom) == 1 {
		return custom[0], true
	}
	return "", false
}

// Words lists the kinds that every cluster has, for completion.
func Words() []string {
	out := []string{"release"}
	for _, i := range model.Builtin {
		out = append(out, strings.ToLower(string(i.Kind)))
	}
	slices.Sort(out)
	return out
}

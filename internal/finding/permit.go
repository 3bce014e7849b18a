package finding

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// Permit is one kind of write that a change may make. What is in no permit of any
// change type is written by no plan and taken back by no undo, whoever asks for it.
type Permit struct {
	Verb  Verb
	Kinds []model.Kind // Record stands for a Secret or ConfigMap that holds a Helm revision; nil for every kind

	// Fields are the fields that an edit may change, as patterns of their paths:
	// elements with a slash between them, * for any one element, {pod} for the way to
	// the pod's spec within a workload. A slash within an element is written ~1.
	Fields []string

	// Values reports whether a field may go from before to after; nil where any value
	// may be written. A field that is absent is nil.
	Values func(before, after any) bool

	// Named reports whether an object of that name may be written; nil for any name.
	Named func(name string) bool
}

// Verb is what a permit allows to be done.
type Verb string

// The verbs. An edit is a patch or an update.
const (
	ToCreate    Verb = "create"
	ToEdit      Verb = "edit"
	ToDelete    Verb = "delete"
	ToRollBack  Verb = "rollback"
	ToUninstall Verb = "uninstall"
)

// changes holds one value of each type of change: what a journal entry may name.
var changes = []Change{
	Create{},
	CreateFromRelease{},
	CopySecret{},
	RestoreData{},
	FillSecret{},
	Patch{},
	RewriteHosts{},
	AddRule{},
	EditRecord{},
	RewriteAPI{},
	RelabelRecord{},
	Delete{},
	Rollback{},
	Uninstall{},
	Restart{},
	Nudge{},
	Scale{},
	TakeSnapshot{},
	Guard{},
	Recreate{},
}

// NameOf is the name of a change's type: "AddRule".
func NameOf(c Change) string { return reflect.TypeOf(c).Name() }

// PermitsOf are the permits of the type of that name; none where there is no such type.
func PermitsOf(name string) []Permit {
	i := slices.IndexFunc(changes, func(c Change) bool { return NameOf(c) == name })
	if i < 0 {
		return nil
	}
	return changes[i].Permits()
}

// Covers reports whether the permit speaks of an object. What has the name of a Helm
// record is one.
func (p Permit) Covers(ref model.Ref) bool {
	if p.Named != nil && !p.Named(ref.Name) {
		return false
	}
	if p.Kinds == nil || slices.Contains(p.Kinds, ref.Kind) {
		return true
	}
	_, _, record := model.ParseRecordName(ref.Name)
	return record && (ref.Kind == model.KindSecret || ref.Kind == model.KindConfigMap) && slices.Contains(p.Kinds, model.KindRecord)
}

// Allows reports whether an edit may change the field at path from before to after.
func (p Permit) Allows(path []string, before, after any) bool {
	return p.names(path) && (p.Values == nil || p.Values(before, after))
}

func (p Permit) names(path []string) bool {
	return slices.ContainsFunc(p.Fields, func(f string) bool { return fits(f, path) })
}

// podSpecs are the ways to a pod's spec within a workload.
var podSpecs = []string{"spec/template/spec", "spec/jobTemplate/spec/template/spec"}

func fits(pattern string, path []string) bool {
	if rest, ok := strings.CutPrefix(pattern, "{pod}"); ok {
		return slices.ContainsFunc(podSpecs, func(to string) bool { return fits(to+rest, path) })
	}
	elements := strings.Split(pattern, "/")
	if len(elements) != len(path) {
		return false
	}
	for i, e := range elements {
		if e != "*" && strings.ReplaceAll(e, "~1", "/") != path[i] {
			return false
		}
	}
	return true
}

// Strays says what a step would write beyond the permits of its change; empty where
// there is nothing.
func (s Step) Strays() string {
	permits := slices.DeleteFunc(slices.Clone(s.Change.Permits()), func(p Permit) bool { return !p.Covers(s.Ref) })
	if len(permits) == 0 {
		return fmt.Sprintf("a %s may not write a %s", NameOf(s.Change), s.Ref.Kind)
	}
	for _, path := range written(s.Change) {
		if !slices.ContainsFunc(permits, func(p Permit) bool { return p.names(path) }) {
			return fmt.Sprintf("a %s may not write %s of a %s", NameOf(s.Change), strings.Join(path, "/"), s.Ref.Kind)
		}
	}
	return ""
}

// written are the fields that a change names itself.
func written(c Change) (paths [][]string) {
	switch c := c.(type) {
	case Patch:
		for _, f := range c.Set {
			path := f.Path
			if f.Value != nil && reflect.TypeOf(f.Value).Kind() == reflect.Slice {
				path = append(slices.Clone(path), "0")
			}
			paths = append(paths, path)
		}
	case RewriteHosts:
		paths = append(paths, c.Path)
	case RelabelRecord:
		for k := range c.Labels {
			paths = append(paths, []string{"metadata", "labels", k})
		}
	}
	return paths
}

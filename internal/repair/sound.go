package repair

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	validname "k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// writesLimit bounds the writes of one entry, and waitLimit how long one may be waited
// for.
const (
	writesLimit = 2000
	waitLimit   = 15 * time.Minute
)

// ofHead refuses an entry whose head speaks of what its own namespace does not hold.
func (e *Entry) ofHead(namespace string) error {
	if e.Namespace != namespace || len(e.Writes) == 0 || len(e.Writes) > writesLimit {
		return errTampered
	}
	for _, w := range e.Writes {
		if w != nil && e.home(w) != namespace {
			return fmt.Errorf("it speaks of namespace %.80q, but what is kept of a namespace stands in it", w.Ref.Namespace)
		}
	}
	return nil
}

// sound refuses an entry that careen would not have written: one whose parts do not
// agree, or which writes what no fix does.
func (e *Entry) sound() error {
	if e.UndoOf != "" && !validID(e.UndoOf) {
		return errTampered
	}
	for i, w := range e.Writes {
		if w == nil || w.DependsOn > i || w.DependsOn < 0 || !w.Wait.sound() {
			return errTampered
		}
		if err := w.agrees(); err != nil {
			return fmt.Errorf("its write %d is not one of careen's: %w", i+1, err)
		}
		if w.Verb.byHelm() && !e.concerns(w) {
			return fmt.Errorf("its write %d is not one of careen's: it is about another release than its finding", i+1)
		}
		if strays := w.strays(e.UndoOf != ""); strays != "" {
			return fmt.Errorf("its write %d is not one of careen's: %s", i+1, strays)
		}
	}
	return nil
}

// concerns reports whether a release is the one that the finding of the write is about,
// where that is about one.
func (e *Entry) concerns(w *Write) bool {
	if len(e.Findings) == 0 { // an undo
		return true
	}
	if w.Choice < 0 || w.Choice >= len(e.Findings) {
		return false
	}
	_, subject, _ := strings.Cut(string(e.Findings[w.Choice]), ":")
	subject, _, _ = strings.Cut(subject, "#")
	parts := strings.SplitN(subject, "/", 3)
	return len(parts) == 3 && (model.Kind(parts[1]) != model.KindRelease || w.Ref == model.Ref{Kind: model.KindRelease, Namespace: parts[0], Name: parts[2]})
}

func validID(id string) bool {
	return len(id) == idLength && strings.Trim(id, "0123456789abcdef") == ""
}

func validNamespace(name string) bool { return len(validation.IsDNS1123Label(name)) == 0 }

func (w Wait) sound() bool {
	known := []Until{"", RolledOut, Taken, Replicas, Gone, Bound, Usable, Moved}
	return slices.Contains(known, w.For) && w.Within >= 0 && w.Within <= waitLimit && (w.Of.IsZero() || validRef(w.Of))
}

// validRef reports whether a reference names one object, and no path below or beside it.
func validRef(r model.Ref) bool {
	return r.Kind != "" && r.Name != "" && len(validname.IsPathSegmentName(r.Name)) == 0 && (r.Namespace == "" || validNamespace(r.Namespace))
}

var errDisagrees = errors.New("its object, kind, resource and name do not agree")

// agrees refuses a write whose object, reference and resource do not name the same
// thing, or which does not hold what its verb needs.
func (w *Write) agrees() error {
	if !validRef(w.Ref) || len(w.Ref.Name) > 253 {
		return errDisagrees
	}
	before, after := w.Before != nil, w.After != nil
	whole := false
	switch w.Verb {
	case Create:
		whole = !before && after
	case Update, Patch, Disown:
		whole = before && after
	case Delete:
		whole = before && !after
	case Rollback, Uninstall:
		return w.agreesByHelm(before || after)
	}
	if !whole || w.Revision != 0 || w.Newest != 0 {
		return errDisagrees
	}
	if w.Verb == Create && w.After.GetGenerateName() != "" { // what was made so keeps it, a StatefulSet's pod for one
		return errDisagrees
	}
	info, builtin := model.Info(w.Ref.Kind)
	if builtin && ((w.Ref.Namespace != "") != info.Namespaced || w.Resource.Group != info.Group || w.Resource.Resource != info.Resource) {
		return errDisagrees
	}
	for _, u := range []*unstructured.Unstructured{w.Before, w.After, w.Stored} {
		if u != nil && !w.isOf(u) {
			return errDisagrees
		}
	}
	return nil
}

// isOf reports whether an object is the one that the write names, as one of its kind.
func (w *Write) isOf(u *unstructured.Unstructured) bool {
	version, err := schema.ParseGroupVersion(u.GetAPIVersion())
	if err != nil || version.Version == "" || u.GetKind() == "" || u.IsList() {
		return false
	}
	return release.KindOf(u.GetAPIVersion(), u.GetKind()) == w.Ref.Kind && version == w.Resource.GroupVersion() &&
		u.GetName() == w.Ref.Name && u.GetNamespace() == w.Ref.Namespace
}

// agreesByHelm is agrees for what Helm does.
func (w *Write) agreesByHelm(objects bool) error {
	records := w.Resource == secretsResource || w.Resource == configMapsResource
	if objects || w.Ref.Kind != model.KindRelease || w.Ref.Namespace == "" || !records || w.Revision <= 0 || w.Newest <= 0 {
		return errDisagrees
	}
	return nil
}

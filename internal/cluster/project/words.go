package project

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

// maxWords bounds the values of one custom resource that are kept as words.
const maxWords = 2048

// words collects the whole values of a custom resource that can be names, its own
// name among them: tools call what they make as they are called themselves.
type words struct {
	list  model.Words
	nodes int
	cut   bool
}

func wordsOf(u *unstructured.Unstructured) (model.Words, bool) {
	w := &words{}
	w.add(u.GetName())
	for k, v := range u.Object {
		if k != "metadata" && k != "apiVersion" && k != "kind" {
			w.walk(v, 0)
		}
	}
	for _, v := range u.GetAnnotations() {
		w.value(v)
	}
	slices.Sort(w.list)
	return slices.Clip(slices.Compact(w.list)), w.cut
}

func (w *words) walk(value any, depth int) {
	if w.nodes++; w.nodes > maxNodes || depth > maxDepth {
		w.cut = true
		return
	}
	switch v := value.(type) {
	case map[string]any:
		for _, item := range v {
			w.walk(item, depth+1)
		}
	case []any:
		for _, item := range v {
			w.walk(item, depth+1)
		}
	case string:
		w.value(v)
	}
}

// value takes name, namespace/name and scheme://namespace/name.
func (w *words) value(v string) {
	if len(v) > 2*nameLimit {
		return
	}
	if _, rest, ok := strings.Cut(v, "://"); ok {
		v = strings.Trim(rest, "/")
	}
	namespace, name, both := strings.Cut(v, "/")
	switch {
	case !both && isName(v):
		w.add(v)
	case both && isName(namespace) && isName(name):
		w.add(v)
	}
}

func (w *words) add(name string) {
	if len(w.list) == maxWords {
		w.cut = true
		return
	}
	w.list = append(w.list, model.Word(name))
}

package repair

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/hosts"
)

// rewriteHosts changes a list of hosts within a text or within arguments. What is
// proved afterwards is the list entry by entry, with ids and ports.
func (e *expander) rewriteHosts(ctx context.Context, step finding.Step, c finding.RewriteHosts) error {
	s, err := e.there(ctx, step.Ref)
	if err != nil {
		return err
	}
	w, err := e.edit(s, Patch, step.Summary, func(o map[string]any) error {
		held, _ := valueAt(any(o), c.Path)
		rewritten, err := rewritten(s.now.GetNamespace(), held, hosts.Change{From: c.From, To: c.To, Add: c.Add, Remove: c.Remove})
		if err != nil {
			return fmt.Errorf("%s: %w", dotted(c.Path), err)
		}
		return setField(o, finding.FieldValue{Path: c.Path, Value: rewritten})
	})
	if w != nil {
		w.shown = append(w.shown, c.Path)
		w.commands = patchCommand(w)
		e.checks = append(e.checks, finding.Check{Ref: s.ref, Path: hostsAt + dotted(c.Path), Want: strings.Join(c.To, entryBetween)})
	}
	return err
}

const (
	hostsAt      = "hosts " // before the path of a check that looks at a list of hosts
	entryBetween = ", "     // in what such a check wants
)

// rewritten is a text, or a list of arguments, with a list of hosts changed.
func rewritten(namespace string, held any, c hosts.Change) (any, error) {
	switch held := held.(type) {
	case string:
		return hosts.Rewrite(namespace, held, c)
	case []any:
		args, err := words(held)
		if err != nil {
			return nil, err
		}
		return hosts.RewriteArgs(namespace, args, c)
	}
	return nil, fmt.Errorf("there is neither a text nor a list of arguments")
}

func words(list []any) ([]string, error) {
	out := make([]string, len(list))
	for i, v := range list {
		word, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("element %d is not a text", i)
		}
		out[i] = word
	}
	return out, nil
}

// holdsHosts reports whether a list of exactly these entries stands at a path.
func holdsHosts(u *unstructured.Unstructured, path, entries string) bool {
	want := strings.Split(entries, entryBetween)
	switch held, _ := valueAt(u.Object, parsePath(path)); held := held.(type) {
	case string:
		return hosts.Holds(u.GetNamespace(), held, want)
	case []any:
		args, err := words(held)
		return err == nil && hosts.HoldsArgs(u.GetNamespace(), args, want)
	}
	return false
}

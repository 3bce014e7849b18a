package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/sanitize"
)

// YAML reads an object as the server has it: without managed fields, secret values
// and what looks like a credential masked.
func (c *Client) YAML(ctx context.Context, ref model.Ref) (*inspect.Document, error) {
	u, err := c.get(ctx, ref)
	if err != nil {
		return nil, err
	}
	return inspect.YAML(ref, u, c.now()), nil
}

// maxEvents is how many events are read of one object, or of one namespace.
const maxEvents = 500

// Events reads the events about an object and about what it owns, of every type,
// newest first. Of what it owns only those are found that stand among the first
// 500 of its namespace.
func (c *Client) Events(ctx context.Context, ref model.Ref, owned []model.Ref) (*inspect.Events, error) {
	name, _, _ := cutGroup(ref.Kind)
	selector := fields.AndSelectors(
		fields.OneTermEqualSelector("involvedObject.kind", name), fields.OneTermEqualSelector("involvedObject.name", ref.Name))
	out, err := c.events(ctx, ref, selector.String())
	if err != nil || len(owned) == 0 {
		return out, err
	}
	all, err := c.events(ctx, ref, "")
	if err != nil {
		return nil, err
	}
	for _, e := range all.List {
		if slices.Contains(owned, e.About) {
			out.List = append(out.List, e)
		}
	}
	out.Left = out.Left || all.Left
	newestFirst(out.List)
	return out, nil
}

func newestFirst(list []inspect.Event) {
	slices.SortStableFunc(list, func(a, b inspect.Event) int { return cmp.Or(b.Last.Compare(a.Last), b.First.Compare(a.First)) })
}

// events reads those of a selector; "" for all of the namespace.
func (c *Client) events(ctx context.Context, ref model.Ref, selector string) (*inspect.Events, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	namespace := ref.Namespace
	if namespace == "" {
		namespace = metav1.NamespaceDefault // events about cluster-scoped objects go there
	}
	list, err := c.kube.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: selector, Limit: maxEvents})
	if err != nil {
		return nil, worded(ctx, model.Ref{Kind: "events of", Namespace: ref.Namespace, Name: ref.Name}, err)
	}
	out := &inspect.Events{Left: list.Continue != ""}
	for i := range list.Items {
		out.List = append(out.List, eventOf(&list.Items[i]))
	}
	newestFirst(out.List)
	return out, nil
}

func eventOf(e *corev1.Event) inspect.Event {
	about := e.InvolvedObject
	out := inspect.Event{
		About: model.Ref{
			Kind: release.KindOf(about.APIVersion, sanitize.Line(about.Kind, 100)), Namespace: sanitize.Line(about.Namespace, 253), Name: sanitize.Line(about.Name, 253),
		},
		Field: sanitize.Line(about.FieldPath, 200), Warning: e.Type == corev1.EventTypeWarning, Reason: sanitize.Line(e.Reason, 128),
		Message: mask.Line(e.Message, 1024), Source: sanitize.Line(cmp.Or(e.ReportingController, e.Source.Component), 100),
		Count: max(e.Count, 1), First: e.FirstTimestamp.UTC(), Last: e.LastTimestamp.UTC(),
	}
	if e.Series != nil {
		out.Count, out.Last = max(e.Series.Count, out.Count), e.Series.LastObservedTime.UTC()
	}
	if out.Last.IsZero() {
		out.Last = e.EventTime.UTC()
	}
	if out.Last.IsZero() {
		out.Last = e.CreationTimestamp.UTC()
	}
	if out.First.IsZero() {
		out.First = cmp.Or(e.EventTime.UTC(), out.Last)
	}
	return out
}

// cutGroup is the kind as the API spells it, and its group.
func cutGroup(kind model.Kind) (name, group string, found bool) {
	s := string(kind)
	for i := range len(s) {
		if s[i] == '.' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// Data reads the values of a Secret or ConfigMap, for comparing them: they are shown
// nowhere.
func (c *Client) Data(ctx context.Context, ref model.Ref) (map[string][]byte, error) {
	values, _, err := c.data(ctx, ref)
	return values, err
}

// data reads the values of a Secret or ConfigMap.
func (c *Client) data(ctx context.Context, ref model.Ref) (values map[string][]byte, typ string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	switch ref.Kind {
	case model.KindSecret, model.KindRecord:
		s, err := c.kube.CoreV1().Secrets(ref.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
		if err != nil {
			return nil, "", worded(ctx, ref, err)
		}
		return s.Data, sanitize.Line(string(s.Type), 253), nil
	case model.KindConfigMap:
		m, err := c.kube.CoreV1().ConfigMaps(ref.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
		if err != nil {
			return nil, "", worded(ctx, ref, err)
		}
		values := make(map[string][]byte, len(m.Data)+len(m.BinaryData))
		for k, v := range m.Data {
			values[k] = []byte(v)
		}
		for k, v := range m.BinaryData {
			values[k] = v
		}
		return values, "", nil
	}
	return nil, "", fmt.Errorf("%s holds no values", ref)
}

// Reveal reads one value of a Secret: one GET. The key is its name as the operator
// saw it, sanitised.
func (c *Client) Reveal(ctx context.Context, ref model.Ref, key string) (inspect.Value, error) {
	values, _, err := c.data(ctx, ref)
	if err != nil {
		return inspect.Value{}, err
	}
	for k, v := range values {
		if sanitize.Line(k, 253) == key {
			return inspect.NewValue(v), nil
		}
	}
	return inspect.Value{}, fmt.Errorf("%s has no key %s any more", ref, key)
}

// Compare reads two Secrets, or two ConfigMaps, and says key by key whether they
// hold the same.
func (c *Client) Compare(ctx context.Context, a, b model.Ref) (*inspect.Comparison, error) {
	dataA, typeA, err := c.data(ctx, a)
	if err != nil {
		return nil, err
	}
	dataB, typeB, err := c.data(ctx, b)
	if err != nil {
		return nil, err
	}
	out := inspect.Compare(a, b, dataA, dataB)
	out.Types = [2]string{typeA, typeB}
	for _, m := range []map[string][]byte{dataA, dataB} {
		for _, v := range m {
			clear(v)
		}
	}
	return out, nil
}

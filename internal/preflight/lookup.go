package preflight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/preflight/box"
	"github.com/careen-tui/careen/internal/sanitize"
)

// The most that a chart may have looked up.
const (
	maxFound   = 32 << 20 // bytes of JSON of all answers
	lookupTime = time.Minute
)

// lookups answers a chart's questions about the cluster, with the operator's rights
// and through the guard. Each question is asked once: a second rendering gets the
// answers of the first.
type lookups struct {
	objects  dynamic.Interface
	serving  *Serving
	disguise *disguise
	answers  map[box.Lookup]*answer
	left     int           // bytes
	time     time.Duration // that is left
}

// answer is what a question brought.
type answer struct {
	real, made box.Found // made is real with Secrets made up
	secrets    []model.Ref
}

func newLookups(objects dynamic.Interface, server *Serving) *lookups {
	return &lookups{
		objects: objects, serving: server, disguise: newDisguise(), answers: map[box.Lookup]*answer{}, left: maxFound, time: lookupTime,
	}
}

// truly answers with what the cluster has.
func (l *lookups) truly(ctx context.Context, q box.Lookup) box.Found { return l.ask(ctx, q).real }

// disguised answers with made-up Secrets.
func (l *lookups) disguised(ctx context.Context, q box.Lookup) box.Found { return l.ask(ctx, q).made }

// secrets lists the Secrets that were looked up.
func (l *lookups) secrets() (out []model.Ref) {
	for _, a := range l.answers {
		out = append(out, a.secrets...)
	}
	slices.SortFunc(out, func(a, b model.Ref) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(out)
}

func (l *lookups) ask(ctx context.Context, q box.Lookup) *answer {
	if a := l.answers[q]; a != nil {
		return a
	}
	a := &answer{}
	found, err := l.find(ctx, q)
	switch {
	case err != nil:
		a.real.Error = sanitize.Line(fmt.Sprintf("looking up %s %s: %s", q.Kind, strings.TrimPrefix(q.Namespace+"/"+q.Name, "/"), oneLine(err.Error())), 1000)
		a.made = a.real
	case found != nil:
		a.real.JSON, err = json.Marshal(found)
		if err == nil {
			a.secrets = l.disguise.object(found)
			a.made.JSON, err = json.Marshal(found)
		}
		if l.left -= len(a.real.JSON); err == nil && l.left < 0 {
			err = fmt.Errorf("the chart looks up more than %d MiB", maxFound>>20)
		}
		if err != nil {
			a = &answer{real: box.Found{Error: err.Error()}, made: box.Found{Error: err.Error()}}
		}
	}
	l.answers[q] = a
	return a
}

// find reads an object or a list, as Helm's engine does (pkg/engine/lookup_func.go):
// nil where there is none, also where the server serves the group and not the kind.
func (l *lookups) find(ctx context.Context, q box.Lookup) (map[string]any, error) {
	begun := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, l.time, fmt.Errorf("the chart's lookups take longer than %s", lookupTime))
	defer cancel()
	defer func() { l.time = max(l.time-time.Since(begun), time.Millisecond) }()
	gv, err := schema.ParseGroupVersion(q.APIVersion)
	if err != nil {
		return nil, err
	}
	k, known := l.serving.kinds[served{q.APIVersion, q.Kind}]
	if !known {
		if !l.serving.serves(q.APIVersion) {
			return nil, fmt.Errorf("the server does not serve %s, or did not say so", q.APIVersion)
		}
		return nil, nil
	}
	kind := l.objects.Resource(gv.WithResource(k.resource))
	in := dynamic.ResourceInterface(kind)
	if k.namespaced && q.Namespace != "" {
		in = kind.Namespace(q.Namespace)
	}
	found, err := read(ctx, in, q.Name)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	return found, err
}

func read(ctx context.Context, in dynamic.ResourceInterface, name string) (map[string]any, error) {
	if name != "" {
		u, err := in.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		return u.Object, nil
	}
	list, err := in.List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	return list.UnstructuredContent(), nil
}

// errWithheld is why a chart's own words are not shown.
var errWithheld = errors.New("rendering the chart fails, with a message that depends on the content of a Secret that the chart looks up, so it is not shown here: helm template --dry-run=server shows it")

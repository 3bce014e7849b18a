package box

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/preflight/source"
	"github.com/careen-tui/careen/internal/sandbox"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Error says what is wrong with a chart, or why it could not be rendered. Its text is
// safe to print, of several lines maybe.
type Error struct {
	text  string
	Limit bool // it went past a limit: the words are careen's, and the box is of no more use
}

func (e *Error) Error() string { return e.text }

// Box holds a chart in a sandbox. It is used by one goroutine.
type Box struct {
	child *sandbox.Child
	ref   string
}

// Lookups answers a template's questions about the cluster. It is not called
// concurrently.
type Lookups func(ctx context.Context, q Lookup) Found

// Open starts a sandbox for a chart. A chart that cannot be installed is an Error.
func Open(ctx context.Context, c *source.Chart) (*Box, error) {
	child, err := sandbox.Start(ctx, work, sandbox.Limits{Memory: memory, In: maxRequest, Out: maxReply})
	if err != nil {
		return nil, err
	}
	b := &Box{child: child, ref: c.Ref}
	l := &load{Archive: c.Archive}
	for _, f := range c.Files {
		l.Names = append(l.Names, f.Name)
		l.Files = append(l.Files, f.Data)
	}
	if _, err := b.ask(ctx, "reading the chart "+c.Ref, request{Load: l}, nil); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// Close ends the sandbox.
func (b *Box) Close() { b.child.Close() }

// Enforced names what the system holds the sandbox to.
func (b *Box) Enforced() []string { return b.child.Enforced }

// Render renders the chart. Its errors are Errors, but for those of ctx and of the
// sandbox itself.
func (b *Box) Render(ctx context.Context, r Request, lookups Lookups) (*Result, error) {
	return b.ask(ctx, "", request{Render: &r}, lookups)
}

// Parse reads the objects of a manifest that was rendered before.
func (b *Box) Parse(ctx context.Context, manifest string) ([]Object, error) {
	result, err := b.ask(ctx, "", request{Parse: &manifest}, nil)
	if err != nil {
		return nil, err
	}
	return result.Objects, nil
}

// ask sends a request and gathers the answer. The time that lookups take is not the
// chart's.
func (b *Box) ask(ctx context.Context, doing string, r request, lookups Lookups) (*Result, error) {
	left := patience
	timed := func(f func(context.Context) error) error {
		begun := time.Now()
		ctx, cancel := context.WithTimeoutCause(ctx, left, sandbox.ErrTime)
		defer cancel()
		err := f(ctx)
		left = max(left-time.Since(begun), time.Millisecond)
		return err
	}
	if err := timed(func(ctx context.Context) error { return b.child.Send(ctx, r) }); err != nil {
		return nil, b.explain(ctx, err)
	}
	out := &Result{}
	size := 0
	for {
		var m reply
		if err := timed(func(ctx context.Context) error { return b.child.Receive(ctx, &m) }); err != nil {
			return nil, b.explain(ctx, err)
		}
		switch {
		case m.Object != nil:
			if size += len(m.Object.JSON); size > maxOutput || len(out.Objects) == maxObjects {
				b.Close() // it counts itself, and did not
				return nil, &Error{text: errTooMany.Error(), Limit: true}
			}
			out.Objects = append(out.Objects, clean(*m.Object))
		case m.Lookup != nil && lookups != nil:
			found := lookups(ctx, *m.Lookup)
			if err := timed(func(ctx context.Context) error { return b.child.Send(ctx, request{Found: &found}) }); err != nil {
				return nil, b.explain(ctx, err)
			}
		case m.Done != nil:
			out.RecordSize, out.Largest, out.References, out.Varying = m.Done.RecordSize, m.Done.Largest, m.Done.References, m.Done.Varying
			return cleaned(out), nil
		case m.Failed != "":
			if doing != "" {
				m.Failed = doing + ": " + m.Failed
			}
			return nil, &Error{text: sanitize.Text(m.Failed, 4000)}
		default:
			b.Close()
			return nil, fmt.Errorf("rendering the chart %s: the sandbox sent an empty answer", b.ref)
		}
	}
}

// explain words why the sandbox gave no answer.
func (b *Box) explain(ctx context.Context, err error) error {
	why := ""
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, sandbox.ErrMemory):
		why = fmt.Sprintf("rendering the chart needs more than %d MiB of memory", memory>>20)
	case errors.Is(err, sandbox.ErrTime):
		why = fmt.Sprintf("rendering the chart takes longer than %s", patience)
	case errors.Is(err, sandbox.ErrDepth):
		why = "the chart's templates or values nest too deep to be rendered"
	default:
		return fmt.Errorf("rendering the chart %s: %w", b.ref, err)
	}
	return &Error{text: sanitize.Text(b.ref, maxName) + ": " + why, Limit: true}
}

// maxName is the most of a file's name or a reference that is kept.
const maxName = 300

// clean makes safe to print what of an object is no JSON.
func clean(o Object) Object {
	o.Source = sanitize.Line(o.Source, maxName)
	return o
}

func cleaned(r *Result) *Result {
	r.Largest = r.Largest[:min(len(r.Largest), 3)]
	r.References = r.References[:min(len(r.References), maxProblems)]
	r.Varying = r.Varying[:min(len(r.Varying), maxProblems)]
	for i := range r.Largest {
		r.Largest[i].Name = sanitize.Line(r.Largest[i].Name, maxName)
	}
	for i := range r.References {
		r.References[i].Chart, r.References[i].URL = sanitize.Line(r.References[i].Chart, maxName), sanitize.Line(r.References[i].URL, maxName)
	}
	for i := range r.Varying {
		r.Varying[i] = sanitize.Line(r.Varying[i], maxName)
	}
	return r
}

package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
)

// The bounds of an answer, in bytes: all of it, one text of it, and the one text that a
// plan or a page is.
const (
	maxAnswer = 256 << 10
	maxText   = 4 << 10
	maxLong   = 64 << 10
)

// Level is a severity as it is asked for.
type Level string

// words are the schemas of types that are written as words.
var words = map[reflect.Type]*jsonschema.Schema{
	reflect.TypeFor[Level]():            {Type: "string", Enum: []any{"critical", "high", "medium", "low"}},
	reflect.TypeFor[finding.Severity](): {Type: "string"},
	reflect.TypeFor[finding.Grade]():    {Type: "string"},
	reflect.TypeFor[finding.Risk]():     {Type: "string"},
}

// tool is one tool: what it is called, what it is for, and what it does.
type tool[In, Out any] struct {
	name, title, about string
	within             time.Duration
	do                 func(ctx context.Context, in In) (*Out, error)
}

// callWithin is how long a tool may take beside the first look.
const callWithin = 30 * time.Second

// add gives a server a tool, with the schemas of its types. Every tool only reads.
func add[In, Out any](to *sdk.Server, s *server, t tool[In, Out]) {
	outside := true
	sdk.AddTool(to, &sdk.Tool{
		Name: t.name, Title: t.title, Description: t.about, InputSchema: schemaOf[In](), OutputSchema: schemaOf[Out](),
		Annotations: &sdk.ToolAnnotations{Title: t.title, ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &outside},
	}, func(ctx context.Context, _ *sdk.CallToolRequest, in In) (_ *sdk.CallToolResult, out *Out, err error) {
		within := s.FirstLook + max(t.within, callWithin)
		ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("it took longer than %s", text.Duration(within)))
		defer cancel()
		defer func() {
			if v := recover(); v != nil {
				s.Log.Error("a tool crashed", "tool", t.name, "panic", sanitize.Line(fmt.Sprint(v), 300), "stack", string(debug.Stack()))
				out, err = nil, errors.New("careen itself failed at this: its log says more")
			}
		}()
		out, err = t.do(ctx, in)
		if err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return nil, nil, plain(err)
		}
		harmless(out)
		return nil, out, tooLarge(out)
	})
}

// schemaOf is the schema of a type. That it has none is a fault that every test finds.
func schemaOf[T any]() *jsonschema.Schema {
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: words})
	if err != nil {
		panic(err)
	}
	return s
}

// plain is an error as it may be told: one line, without credentials.
func plain(err error) error { return errors.New(mask.Line(err.Error(), 2000)) }

// harmless sanitises and bounds every text of an answer.
func harmless(out any) {
	sanitize.Each(out, func(_, s string) string { return sanitize.Text(s, maxLong) })
}

// tooLarge refuses an answer past its bound.
func tooLarge(out any) error {
	raw, err := json.Marshal(out)
	if err != nil {
		return plain(err)
	}
	if len(raw) > maxAnswer {
		return fmt.Errorf("the answer has %d kB, more than %d: ask for less, with a smaller limit or depth, or one namespace", len(raw)>>10, maxAnswer>>10)
	}
	return nil
}

// Head says of an answer what was looked at, and how much of it was seen.
type Head struct {
	Cluster  report.Cluster `json:"cluster"`
	LookedAt time.Time      `json:"lookedAt"`
	Complete bool           `json:"complete" jsonschema:"whether everything was read; where it was not, that nothing is found proves nothing"`
	Unread   []string       `json:"unread,omitempty" jsonschema:"what was not read, and why"`
	Problem  string         `json:"problem,omitempty" jsonschema:"why the cluster does not answer at present: the rest is what was known before"`
}

// maxUnread is how many reads are named that were not complete.
const maxUnread = 20

func headOf(r *engine.Report, d *report.Document) Head {
	h := Head{Cluster: d.Cluster, LookedAt: r.At.UTC().Truncate(time.Second), Complete: !d.Partial(), Unread: d.Incomplete()}
	if over := len(h.Unread) - maxUnread; over > 0 {
		h.Unread = append(h.Unread[:maxUnread:maxUnread], fmt.Sprintf("and %d more", over))
	}
	if r.Err != nil {
		h.Problem = mask.Line(r.Err.Error(), 1000)
	}
	return h
}

// atMost is a limit that was asked for: the usual one for 0, and none beyond the most.
func atMost(asked, usual, most int, what string) (int, error) {
	switch {
	case asked < 0:
		return 0, fmt.Errorf("%s %d: it cannot be negative", what, asked)
	case asked == 0:
		return usual, nil
	}
	return min(asked, most), nil
}

package views

import (
	"context"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/timeline"
)

// Inspector reads what the watches do not keep, when an operator asks for it. What
// it returns is masked, sanitised and bounded. Pages call it within a Fetch only.
type Inspector interface {
	YAML(ctx context.Context, ref model.Ref) (*inspect.Document, error)
	Events(ctx context.Context, ref model.Ref, owned []model.Ref) (*inspect.Events, error)
	Logs(ctx context.Context, ask inspect.LogAsk, sink func(lines []string)) error
	// Said is what the ends of logs say of what goes wrong.
	Said(ctx context.Context, runs []inspect.LogRun) []inspect.LogSaid
	Reveal(ctx context.Context, ref model.Ref, key string) (inspect.Value, error)
	Compare(ctx context.Context, a, b model.Ref) (*inspect.Comparison, error)
	History(ctx context.Context, rel *model.Release) (*inspect.History, error)
	Diff(ctx context.Context, a, b *model.Record) (*inspect.Difference, []styled.Line, error)
	Live(ctx context.Context, rec *model.Record) (*inspect.Live, error)
	Leaving(ctx context.Context, snap *model.Snapshot, ref model.Ref) ([]inspect.Leaving, error)
	// Kinds are those that the server serves, and List the objects of one that is not watched.
	Kinds(ctx context.Context) ([]inspect.Served, error)
	List(ctx context.Context, kind model.Kind, namespaces []string) (*inspect.Listing, error)
	Object(ctx context.Context, ref model.Ref) (model.Row, error)
	// Usage is what a pod or a node uses; all of them where ref has no name.
	Usage(ctx context.Context, ref model.Ref) (*inspect.Usages, error)
	Lately(ctx context.Context, refs []model.Ref) (timeline.Asked, error)
}

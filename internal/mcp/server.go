package mcp

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/preflight"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/probes"
)

// Planner makes plans; a *repair.Mender on a read-only connection is one.
type Planner interface {
	Plan(ctx context.Context, r *engine.Report, f *finding.Finding, fix string, in repair.Inputs) (*repair.Plan, error)
}

// Lately reads what the watches do not keep; an *inspect/client.Client does.
type Lately interface {
	Lately(ctx context.Context, refs []model.Ref) (timeline.Asked, error)
}

// Logs reads what the ends of logs say; an *inspect/client.Client does.
type Logs interface {
	Said(ctx context.Context, runs []inspect.LogRun) []inspect.LogSaid
}

// Options are what the tools work with.
type Options struct {
	Reports   <-chan *engine.Report                 // an engine's mailbox, which is the server's from then on
	Document  func(*engine.Report) *report.Document // a look on paper; called from several goroutines
	Page      func(finding.ProbeID) (string, bool)  // the page of a probe, in Markdown
	Planner   Planner
	Lately    Lately
	Logs      Logs
	Server    preflight.Server // guarded: no dry run is asked of it
	Namespace string           // of a release that is asked about without one
	Driver    model.Kind       // in which Helm keeps records
	Settings  probes.Settings
	Version   string // of careen
	Log       *slog.Logger
	FirstLook time.Duration // how long a tool waits until the cluster is read
}

// server is what the tools share.
type server struct {
	Options
	look *look
	// rendering holds the place of the one chart that is rendered at a time: each may take
	// hundreds of megabytes.
	rendering chan struct{}
}

const instructions = `careen looks at a Kubernetes cluster and says what is wrong with it, with evidence. Begin with the tool findings, ` +
	`which lists causes before their symptoms' details: a finding with causes goes away when they do. Ids stay the same from call to call. ` +
	`A grade says how well something is known: proved, observed, inferred, or unknown where it could not be looked at. ` +
	`Where complete is false, that nothing is found proves nothing. Every tool only reads: to apply a plan a person runs the command that it names.`

// Serve answers requests that come as lines, until in ends or ctx does. It writes nothing
// to out but messages of the protocol. That the client goes away is no error.
func Serve(ctx context.Context, in io.Reader, out io.Writer, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return serve(ctx, newLines(in, out), o)
}

// serve answers over a transport.
func serve(ctx context.Context, over sdk.Transport, o Options) error {
	s := &server{Options: o, look: newLook(), rendering: make(chan struct{}, 1)}
	go s.look.follow(ctx, o.Reports)
	served := sdk.NewServer(
		&sdk.Implementation{Name: "careen", Title: "careen", Version: o.Version},
		&sdk.ServerOptions{Instructions: instructions, Logger: o.Log, Capabilities: &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}}},
	)
	s.tools(served)
	err := served.Run(ctx, over)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrClosedPipe):
		return nil
	}
	o.Log.Info("the client went away", "error", err)
	return nil
}

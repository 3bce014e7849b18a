package command

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/dump"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
)

// session is what a command works on: the options with the configuration read, the
// log, and, once opened, a cluster or a file. There is no other way to any of them.
type session struct {
	Streams
	*options
	ctx     context.Context
	log     *slog.Logger
	logFile *os.File
	probes  []*probes.Probe // those that --probe and --skip-probe leave, of what the command reports
	started time.Time

	conn *connect.Connection // nil with --from
	live *cluster.Source     // nil with --from, and until it is opened
	file *archive.File       // of --from

	writes  []connect.Write // that connect.ReadAndWrite lets pass
	several bool            // it is one of many clusters, which need not have every namespace of -n
	met     *string         // of one of many: the version of the server, which was asked for it already; see meet
	unmet   error           // of one of many: why it cannot be read
}

// within makes a command's RunE of its work: configuration and log are opened before
// it, and everything that it opened is closed after it. The command works on a cluster
// as it is; those that foretell are made by foretelling.
func (o *options) within(s Streams, work func(ss *session, args []string) error) func(*cobra.Command, []string) error {
	return o.foretelling(catalogue.Live, s, work)
}

// foretelling is within, for a command that reports what preflight or forecast do.
func (o *options) foretelling(where catalogue.Where, s Streams, work func(ss *session, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		if err := o.complete(cmd); err != nil {
			return err
		}
		chosen, err := o.chosen(where)
		if err != nil {
			return err
		}
		log, file, err := o.openLog(s)
		if err != nil {
			return usageError(err)
		}
		ctx, cancel := context.WithCancel(cmd.Context())
		ss := &session{Streams: s, options: o, ctx: ctx, log: log, logFile: file, probes: chosen, started: time.Now()}
		if note := o.outsideTheCluster(); note != "" {
			fmt.Fprintln(s.Err, note)
		}
		defer file.Close()
		defer ss.close()
		defer cancel()
		defer func() { // before the log is closed
			if v := recover(); v != nil {
				err = fmt.Errorf("%w (details are in %s)", crash(log, v), placeOf(file))
			}
		}()
		return work(ss, args)
	}
}

// openLog opens the log file, which the command may go without: then lines go to standard
// error, and there is no file.
func (o *options) openLog(s Streams) (*slog.Logger, *os.File, error) {
	if !o.logToStderr || o.logFile != "" {
		return logfile.Open(o.logFile, o.verbose)
	}
	level := slog.LevelInfo
	if o.verbose {
		level = slog.LevelDebug
	}
	return logfile.To(s.Err, level), nil, nil
}

// placeOf says where the log is.
func placeOf(file *os.File) string {
	if file == nil {
		return "the lines above"
	}
	return file.Name()
}

// close gives up what was opened.
func (ss *session) close() {
	switch {
	case ss.live != nil:
		ss.live.Close()
	case ss.several && ss.conn != nil:
		ss.conn.Close()
	}
}

// extent is how much of a cluster a command opens.
type extent struct {
	mode       connect.Mode
	kinds      []model.Kind // nil for everything that the panes show
	namespaces []string     // nil for those of -n
}

// userAgent is how careen calls itself to servers.
func userAgent() string { return "careen/" + strings.ReplaceAll(built().Version, " ", "_") }

// connected prepares the connection, of one of many clusters that of meet. It sends no
// request.
func (ss *session) connected(mode connect.Mode) (*connect.Connection, error) {
	if ss.several && ss.conn != nil {
		return ss.conn, nil
	}
	if ss.readOnly {
		mode = connect.ReadOnly
	}
	conn, err := connect.Open(ss.kube, connect.Options{Mode: mode, Writes: ss.writes, Agent: userAgent(), Log: ss.log})
	if err != nil {
		return nil, err
	}
	ss.conn = conn
	ss.known = ss.known.Alone(conn.Context)
	return conn, nil
}

// read begins to read a cluster, and waits until everything is known that will be:
// the one way to look once.
func (ss *session) read(e extent) error {
	if ss.unmet != nil {
		return ss.unmet
	}
	conn, err := ss.connected(e.mode)
	if err != nil {
		return err
	}
	if e.namespaces == nil {
		e.namespaces = ss.namespaces
	}
	ss.live, err = cluster.Open(ss.ctx, conn, cluster.Options{Namespaces: e.namespaces, Kinds: e.kinds, Log: ss.log, ReadyLogs: ss.readyLogs, Once: true, Timeout: ss.timeout, Met: ss.met})
	if err != nil {
		return err
	}
	if err := ss.live.Wait(ss.ctx); err != nil {
		return err
	}
	snap, _ := ss.live.Snapshot()
	if absent := ss.namespacesAbsent(snap); len(absent) > 0 && !ss.several {
		return usageError(fmt.Errorf("-n %s: there is no such namespace on %s", absent[0], snap.Cluster.Server))
	}
	return nil
}

// open reads the cluster, or the file of --from.
func (ss *session) open(e extent) error {
	if ss.from != "" {
		return ss.openFile()
	}
	return ss.read(e)
}

// whole is what was read.
func (ss *session) whole() *model.Snapshot {
	if ss.file != nil {
		return ss.file.Snapshot
	}
	snap, _ := ss.live.Snapshot()
	return snap
}

// now is the moment as of which is judged, by the clock of what is looked at.
func (ss *session) now() time.Time {
	switch {
	case ss.file != nil:
		return ss.file.Now
	case ss.live != nil:
		return time.Now().Add(ss.live.Ahead())
	}
	return time.Now()
}

// look reads the cluster or the file of --from, and runs the chosen probes once.
func (ss *session) look(e extent) (*engine.Report, error) {
	if err := ss.open(e); err != nil {
		return nil, err
	}
	return engine.Look(ss.whole().Only(ss.namespaces), ss.probes, ss.settings, ss.now()), nil
}

// document is a look on paper.
func (ss *session) document(r *engine.Report) *report.Document {
	completed := time.Now()
	if ss.file != nil {
		return report.New(r, r.At, r.At, ss.least(), ss.known)
	}
	return report.New(r, ss.started, completed, ss.least(), ss.known)
}

// openFile reads the snapshot of --from.
func (ss *session) openFile() error {
	ss.readOnly = true
	file, err := dump.Open(ss.from, dump.Options{At: ss.at, Stdin: ss.In})
	if err != nil {
		return usageError(err)
	}
	for _, p := range slices.Concat(file.Notes, file.Problems) {
		fmt.Fprintln(ss.Err, p)
	}
	for _, n := range ss.namespaces {
		if file.Snapshot.Space(n) == nil && file.Snapshot.Row(model.Ref{Kind: model.KindNamespace, Name: n}) == nil {
			return usageError(fmt.Errorf("-n %s: there is no such namespace in %s", n, ss.from))
		}
		if !slices.ContainsFunc(file.Snapshot.Coverage, func(w model.Watch) bool { return w.Covers(n) }) {
			return usageError(fmt.Errorf("-n %s: %s holds nothing of it: it was taken of other namespaces", n, ss.from))
		}
	}
	ss.file = file
	ss.known = ss.known.Alone(file.Snapshot.Cluster.Context)
	return nil
}

// taken says of a look at a file which moment it shows; "" for a cluster.
func (ss *session) taken() string {
	if ss.file == nil {
		return ""
	}
	age, _ := text.Steps(max(ss.started.Sub(ss.file.Now), 0))
	return fmt.Sprintf("SNAPSHOT  %s  %s old", ss.file.Now.UTC().Format("2006-01-02 15:04:05Z"), age)
}

// namespacesAbsent lists the namespaces of -n that a complete list does not have.
func (ss *session) namespacesAbsent(snap *model.Snapshot) (absent []string) {
	if ok, _ := snap.Knows(model.KindNamespace, ""); !ok {
		return nil
	}
	if w, read := snap.State(model.KindNamespace, ""); !read || w.State == model.Absent {
		return nil
	}
	for _, n := range ss.namespaces {
		if snap.Row(model.Ref{Kind: model.KindNamespace, Name: n}) == nil {
			absent = append(absent, n)
		}
	}
	return absent
}

// unread are watches of namespaces that are not there.
func unread(absent []string) (out []model.Watch) {
	for _, n := range absent {
		out = append(out, model.Watch{Kind: model.KindNamespace, Resource: "namespaces", Namespace: n, State: model.Absent, Message: "there is no such namespace"})
	}
	return out
}

// kindsOf is the union of what the probes read.
func kindsOf(list []*probes.Probe) []model.Kind {
	var kinds []model.Kind
	for _, p := range list {
		kinds = append(kinds, p.Reads()...)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// showRequests prints what left the process.
func (ss *session) showRequests() {
	if ss.conn == nil {
		return
	}
	ss.tellRequests(ss.conn.Guard().Requests())
}

func (ss *session) tellRequests(list []connect.Count) {
	for _, c := range list {
		fmt.Fprintf(ss.Err, "%6d  %-8s %s\n", c.N, c.Verb, c.Resource)
	}
}

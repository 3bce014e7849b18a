package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/tui"
)

// rehearse opens the interface on a recording of the demo at once, builds and starts the
// real one beside it, and lets that take the recording's place. all has the mistakes planted in it.
func rehearse(ss *session, all bool) error {
	file, err := archive.Read(bytes.NewReader(demo.Recording))
	if err != nil {
		return fmt.Errorf("reading the recording of the demo: %w", err)
	}
	stderr := logfile.NewStderr(ss.logFile)
	ctx, cancel := context.WithCancel(ss.ctx)
	defer cancel()
	live := &rehearsal{coming: make(chan tui.Arrival, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if v := recover(); v != nil {
				live.fail(ctx, crash(ss.log, v))
			}
		}()
		if err := live.build(ctx, ss, stderr, all); err != nil {
			live.fail(ctx, err)
		}
	}()
	eng := engine.Start(ctx, file.Source(nil), engine.Options{Probes: ss.probes, Settings: ss.settings, Log: ss.log, AsOf: file.Now})
	err = ss.present(stderr, tui.Options{
		Session: tui.Session{
			Context: file.Snapshot.Cluster.Context, Feed: eng, End: eng.Stop, Waivers: ss.waiversOf(file.Snapshot.Cluster.Context),
		},
		AsOf:      file.Now,
		Recording: "is starting", Coming: live.coming,
	})
	cancel()
	<-done
	return errors.Join(err, live.stop(progress(ss.Err)))
}

// rehearsal is the cluster that is being built while its recording is shown.
type rehearsal struct {
	coming  chan tui.Arrival
	mu      sync.Mutex
	cluster *controlplane.Cluster
	session *tui.Session
	err     error
}

// say replaces what was said last, unless that was taken already.
func (r *rehearsal) say(line string) {
	text := stage(line)
	if text == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.coming:
	default:
	}
	r.coming <- tui.Arrival{Text: text}
}

var percent = regexp.MustCompile(`\((\d+ %)\)`)

// stage is how far the cluster is, by a line of its progress, after "the real control
// plane"; "" for a line that tells nothing of that.
func stage(line string) string {
	switch {
	case percent.MatchString(line):
		return "is being built: " + percent.FindStringSubmatch(line)[1]
	case strings.HasPrefix(line, "Building"):
		return "is being built (the first time only)"
	case strings.HasPrefix(line, "go: downloading"):
		return "is being built: downloading modules"
	case strings.HasPrefix(line, "Starting"):
		return "is starting"
	case strings.HasPrefix(line, "planting"):
		return "is up, and being broken"
	}
	return ""
}

// build starts the control plane, plants everything, and begins to look at it.
func (r *rehearsal) build(ctx context.Context, ss *session, stderr *logfile.Stderr, all bool) error {
	cluster, err := controlplane.Start(ctx, controlplane.Options{Audit: true, Progress: r.say})
	if err != nil {
		return demoError(ctx, "starting the demo", err)
	}
	r.cluster = cluster
	cfg, err := clientcmd.BuildConfigFromFlags("", cluster.Kubeconfig)
	if err != nil {
		return demoError(ctx, "reading the demo's kubeconfig", err)
	}
	if err := demo.Plant(ctx, cfg, all, r.say); err != nil {
		return demoError(ctx, "planting the incidents", err)
	}
	*ss.kube.KubeConfig = cluster.Kubeconfig
	if r.session, err = ss.watch(stderr); err != nil {
		return err
	}
	select {
	case r.coming <- tui.Arrival{Session: r.session, Contexts: contexts{ss, stderr}}:
	case <-ctx.Done():
		r.session.End()
	}
	return nil
}

// fail says that the cluster will not come, unless the interface has ended.
func (r *rehearsal) fail(ctx context.Context, err error) {
	r.err = err
	select {
	case r.coming <- tui.Arrival{Err: err}:
	case <-ctx.Done():
		r.err = nil // it was given up
	}
}

// stop takes down what was started, and says what went wrong.
func (r *rehearsal) stop(say controlplane.Progress) error {
	if r.session != nil {
		r.session.End()
	}
	if r.cluster == nil {
		return r.err
	}
	say("Taking the control plane down")
	return errors.Join(r.err, r.cluster.Stop())
}

package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
)

// in is the session of one cluster of many: its own connection, deadline and log, the
// rest is shared. What it knows of findings is for the goroutine that has it.
func (ss *session) in(p place) *session {
	out := *ss
	out.options = ss.inContext(p.context)
	out.known = ss.known.In(shown(p.context))
	out.log = ss.log.With("context", shown(p.context))
	out.several, out.started = true, time.Now()
	return &out
}

// contactsAtOnce is how many clusters are asked for their version at a time: that costs
// next to nothing, and of those that never answer none has to wait for another.
const contactsAtOnce = 64

// everywhere makes the first contact with each place, and does work in each, at most
// --parallel at a time: one that does not answer keeps no other from its turn. It gives up
// what each has opened when its work is done. met is told of each that answered and waits
// for its turn; it may be nil. It returns the error of each; a crash in one of them is the
// error of all.
func (ss *session) everywhere(places []place, met func(i int), work func(i int, one *session) error) ([]error, error) {
	errs := make([]error, len(places))
	contacts, turns := make(chan struct{}, max(contactsAtOnce, ss.parallel)), make(chan struct{}, ss.parallel)
	var running sync.WaitGroup
	for i := range places {
		contacts <- struct{}{}
		running.Go(func() {
			one := ss.in(places[i])
			defer one.close()
			defer func() {
				if v := recover(); v != nil {
					errs[i] = crash(one.log, v)
				}
			}()
			done := sync.OnceFunc(func() { <-contacts })
			defer done()
			one.meet()
			done()
			if met != nil && one.unmet == nil {
				met(i)
			}
			turns <- struct{}{}
			defer func() { <-turns }()
			if errs[i] = ss.ctx.Err(); errs[i] == nil {
				errs[i] = work(i, one)
			}
		})
	}
	running.Wait()
	for _, err := range errs {
		var crashed *panicError
		if errors.As(err, &crashed) {
			return errs, err
		}
	}
	return errs, ss.ctx.Err()
}

// meet makes the first contact with one of many clusters before its turn, to read it and
// no more. Where a program of the kubeconfig has to be run for it, it is made in its turn,
// so that no more of them run at a time.
func (ss *session) meet() {
	conn, err := ss.connected(connect.ReadOnly)
	if err != nil {
		ss.unmet = err
		return
	}
	if conn.Plugin() != "" {
		return
	}
	ctx, cancel := context.WithTimeoutCause(ss.ctx, ss.timeout, fmt.Errorf("no answer in %s", ss.timeout))
	defer cancel()
	version, err := conn.Contact(ctx)
	ss.met, ss.unmet = &version, err
}

// failed is the report of a place that could not be looked at.
func (ss *session) failed(p place, kinds []model.Kind, started time.Time, err error) *report.Document {
	c := report.Cluster{Context: shown(p.context), Server: mask.Line(p.server, 500)}
	return report.Failed(c, kinds, started, time.Now(), mask.Line(err.Error(), 1000))
}

// unusable is the error of a kubeconfig of whose chosen contexts none can be used; nil
// where one can.
func unusable(errs []error) error {
	for _, err := range errs {
		if !errors.Is(err, connect.ErrConfig) {
			return nil
		}
	}
	return errors.Join(errs...)
}

// tellTwins says on standard error which contexts are read once.
func (ss *session) tellTwins(places []place) {
	for _, p := range places {
		for _, also := range p.also {
			fmt.Fprintf(ss.Err, "%s leads to the same server as %s, with the same credentials: it is read once\n", shown(also), shown(p.context))
		}
	}
}

// twins are the other contexts of a place, as they are shown.
func (p place) twins() (out []string) {
	for _, name := range p.also {
		out = append(out, shown(name))
	}
	return out
}

// nowhere refuses a namespace of -n that no cluster has. absent are those that each
// cluster that could be looked at does not have.
func (ss *session) nowhere(absent [][]string) error {
	if len(absent) == 0 {
		return nil
	}
	for _, n := range ss.namespaces {
		if !slices.ContainsFunc(absent, func(list []string) bool { return !slices.Contains(list, n) }) {
			return usageError(fmt.Errorf("-n %s: there is no such namespace in any of the clusters", n))
		}
	}
	return nil
}

// severally is the error that ends a look at many clusters with a code.
func severally(code int, what string, l *report.List) error {
	switch code {
	case codeOK:
		return nil
	case codeUnreachable:
		return &exitError{code, errors.New("none of the clusters could be looked at")}
	case codePartial:
		return &exitError{code, errors.New(strings.Join(append([]string{what}, l.Incomplete()...), "\n"))}
	}
	return &exitError{code, nil}
}

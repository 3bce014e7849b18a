package repair

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/future"
)

// DryRun is the server's answer to a write that it was asked not to keep.
type DryRun struct {
	State  DryRunState
	Text   string                     // a refusal's or an omission's reason
	Result *unstructured.Unstructured // what would be stored
}

// DryRunState says whether the server was asked, and what it said.
type DryRunState int8

// The states of a dry run.
const (
	NotSent DryRunState = iota
	Passed
	Refused
)

// String is "dry run passed" or the like.
func (d DryRun) String() string {
	switch d.State {
	case Passed:
		return strings.TrimSpace("dry run passed " + d.Text)
	case Refused:
		return "dry run REFUSED"
	case NotSent:
	}
	return "no dry run " + d.Text
}

// dryRun sends each write that does not depend on another as a server dry run.
func (m *Mender) dryRun(ctx context.Context, p *Plan) {
	for _, w := range p.Writes {
		switch {
		case p.readOnly:
			w.dryRun.Text = "in read-only mode"
		case w.DependsOn > 0:
			w.dryRun.Text = fmt.Sprintf("until write %d is done", w.DependsOn)
		case w.Verb == Rollback:
			w.dryRun = m.dryRunRollback(p, w)
		case w.Verb == Uninstall:
			w.dryRun = m.dryRunUninstall(p, w)
		default:
			w.dryRun = m.dryRunOne(ctx, p, w)
		}
	}
}

func (m *Mender) dryRunOne(ctx context.Context, p *Plan, w *Write) DryRun {
	result, err := m.send(ctx, w, w.Before, []string{metav1.DryRunAll})
	switch {
	case err == nil:
		if w.Verb == Create && result != nil {
			w.settle(result)
		}
		return DryRun{State: Passed, Result: result}
	case apierrors.IsBadRequest(err) && strings.Contains(err.Error(), "does not support dry run"):
		return DryRun{Text: "since a webhook does not support it"}
	case apierrors.IsConflict(err):
		return DryRun{State: Refused, Text: "the object changed while the plan was made; plan again."}
	case unreachable(err):
		return DryRun{State: Refused, Text: "the server does not answer: " + p.scrub.said(err) + "."}
	}
	return DryRun{State: Refused, Text: p.scrub.said(err)}
}

// tryStored tries the fixes again with what the server would store, which admission may
// have made something else of than what was sent.
func (p *Plan) tryStored(report *engine.Report, list []intent) {
	var stored []*unstructured.Unstructured
	for _, w := range p.Writes {
		if w.dryRun.State == Passed && w.dryRun.Result != nil {
			stored = append(stored, w.dryRun.Result)
		}
	}
	if len(stored) == 0 {
		return
	}
	rows := future.Rows(stored)
	for _, it := range list {
		if it.finding == nil || it.finding.Prevents(it.fix.ID) {
			continue
		}
		if why := report.Stands(it.finding, it.fix, rows); why != "" {
			p.stands = fmt.Sprintf("Tried with what the server would store: %s.", strings.TrimSuffix(why, "."))
			return
		}
	}
}

// settle keeps what the server would store of a created object, so that the journal
// knows its whole content, defaults included.
func (w *Write) settle(result *unstructured.Unstructured) {
	w.Stored = result.DeepCopy()
	w.Stored.Object = content(w.Stored)
	for _, k := range []string{"uid", "creationTimestamp"} {
		unstructured.RemoveNestedField(w.Stored.Object, "metadata", k)
	}
}

func unreachable(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded)
}

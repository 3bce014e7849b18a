package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/forecast"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
)

const (
	maxRevisions = 20  // whose bodies are read
	maxLive      = 500 // objects of a release that are read
	noteLines    = 500
)

// decoding lets one record expand at a time: it may take 64 MiB.
var decoding sync.Mutex

// stored reads what Helm keeps under the key "release".
func (c *Client) stored(ctx context.Context, rec *model.Record) ([]byte, error) {
	ref := model.Ref{Kind: rec.Driver, Namespace: rec.Namespace, Name: rec.Name}
	values, _, err := c.data(ctx, ref)
	if err != nil {
		return nil, err
	}
	return values["release"], nil
}

func recordRef(rec *model.Record) model.Ref {
	return model.Ref{Kind: rec.Driver, Namespace: rec.Namespace, Name: rec.Name}
}

// History reads the newest revisions of a release, at most eight at a time. A
// revision that cannot be read says why.
func (c *Client) History(ctx context.Context, rel *model.Release) (*inspect.History, error) {
	h := &inspect.History{Release: rel.Ref()}
	n := len(rel.Records)
	h.Revisions = make([]inspect.Revision, n)
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range h.Revisions {
		rec, out := rel.Records[n-1-i], &h.Revisions[i]
		*out = inspect.Revision{Number: rec.Revision, Record: recordRef(rec), Label: rec.LabelStatus, Updated: rec.Created}
		if i >= maxRevisions {
			h.Left++
			continue
		}
		group.Go(func() error {
			c.revision(ctx, rec, out)
			return nil
		})
	}
	_ = group.Wait() // what failed stands in the revision
	return h, ctx.Err()
}

func (c *Client) revision(ctx context.Context, rec *model.Record, out *inspect.Revision) {
	defer func() {
		if recover() != nil {
			out.Problem = "the record cannot be read"
		}
	}()
	stored, err := c.stored(ctx, rec)
	if err != nil {
		out.Problem = err.Error()
		return
	}
	out.Read = true
	body := release.Decode(stored, "")
	if body.Problem != "" {
		out.Problem = body.Problem
		return
	}
	out.Status, out.Description, out.Chart, out.Version, out.App = body.Status, mask.Line(body.Description, 1024), body.Chart, body.ChartVersion, body.AppVersion
	if !body.LastDeployed.IsZero() {
		out.Updated = body.LastDeployed
	}
	out.Objects, out.Hooks, out.Trouble = body.Objects, body.Hooks, body.ManifestError
	contents, err := contentsOf(stored)
	if err != nil {
		out.Problem = err.Error()
		return
	}
	objects, _ := inspect.Parse(contents.Manifest)
	secrets := secretsOf(contents, objects)
	out.Notes = inspect.Notes(contents.Notes, noteLines, secrets)
	out.Description = mask.Line(secrets.Text(body.Description), 1024)
	out.Values = inspect.Settings(contents.Values)
}

// secretsOf are the secret values that a record holds.
func secretsOf(c *release.Contents, objects []inspect.Object) *mask.Values {
	v := &mask.Values{}
	v.Named(c.Values)
	v.Named(c.Defaults)
	inspect.Learn(v, objects)
	return v
}

func contentsOf(stored []byte) (*release.Contents, error) {
	decoding.Lock()
	defer decoding.Unlock()
	return release.Read(stored)
}

func (c *Client) contents(ctx context.Context, rec *model.Record) (*release.Contents, error) {
	stored, err := c.stored(ctx, rec)
	if err != nil {
		return nil, err
	}
	return contentsOf(stored)
}

func title(rec *model.Record) string { return fmt.Sprintf("revision %d", rec.Revision) }

// Diff compares two revisions of a release: their manifests, and which of the
// values that they were given differ.
func (c *Client) Diff(ctx context.Context, a, b *model.Record) (*inspect.Difference, []styled.Line, error) {
	var contents [2]*release.Contents
	group, groupCtx := errgroup.WithContext(ctx)
	for i, rec := range []*model.Record{a, b} {
		group.Go(func() (err error) {
			contents[i], err = c.contents(groupCtx, rec)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	before, troubleA := inspect.Parse(contents[0].Manifest)
	after, troubleB := inspect.Parse(contents[1].Manifest)
	secrets := secretsOf(contents[0], before)
	secrets.Named(contents[1].Values)
	secrets.Named(contents[1].Defaults)
	inspect.Learn(secrets, after)
	d := inspect.Diff(title(a), title(b), before, after, secrets)
	for _, t := range troubleA {
		d.Unread = append(d.Unread, title(a)+": "+t)
	}
	for _, t := range troubleB {
		d.Unread = append(d.Unread, title(b)+": "+t)
	}
	return &d, inspect.DiffValues(contents[0].Values, contents[1].Values), nil
}

// Declared are the objects of a revision's manifest; trouble says which documents of it
// could not be read, and how many objects are beyond what is read of one release.
func (c *Client) Declared(ctx context.Context, rec *model.Record) (list []inspect.Object, trouble []string, err error) {
	contents, err := c.contents(ctx, rec)
	if err != nil {
		return nil, nil, err
	}
	list, trouble = inspect.Parse(contents.Manifest)
	list, trouble = bounded(list, trouble)
	return list, trouble, nil
}

func bounded(list []inspect.Object, trouble []string) ([]inspect.Object, []string) {
	if over := len(list) - maxLive; over > 0 {
		return list[:maxLive], append(trouble, fmt.Sprintf("%d more objects", over))
	}
	return list, trouble
}

// States says how each of some objects is, in their order. Those without a namespace
// are looked for in this one, if their kind has any.
func (c *Client) States(ctx context.Context, list []inspect.Object, namespace string) []inspect.State {
	states, _, _ := c.states(ctx, list, namespace)
	return states
}

// states reads objects, at most eight at a time. It returns how each is, what was read
// of it, and why nothing was where that is no answer.
func (c *Client) states(ctx context.Context, list []inspect.Object, namespace string) ([]inspect.State, []*unstructured.Unstructured, []error) {
	states := make([]inspect.State, len(list))
	found := make([]*unstructured.Unstructured, len(list))
	errs := make([]error, len(list))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range list {
		group.Go(func() error {
			s := &states[i]
			s.Keep = list[i].Keep
			var err error
			s.Ref, found[i], err = c.declared(ctx, list[i].Ref, namespace)
			switch {
			case errors.Is(err, inspect.ErrGone):
				s.Status = string(status.NotFoundStatus)
			case err != nil:
				s.Status, s.Message, errs[i] = string(status.UnknownStatus), err.Error(), err
			default:
				s.Status, s.Message = Status(found[i])
			}
			return nil
		})
	}
	_ = group.Wait() // what failed is in errs
	return states, found, errs
}

// Live compares a revision with the cluster.
func (c *Client) Live(ctx context.Context, rec *model.Record) (*inspect.Live, error) {
	contents, err := c.contents(ctx, rec)
	if err != nil {
		return nil, err
	}
	objects, trouble := inspect.Parse(contents.Manifest)
	objects, trouble = bounded(objects, trouble)
	live := &inspect.Live{Revision: rec.Revision, Read: c.now(), Drift: inspect.Difference{From: title(rec), To: "live", Unread: trouble}}
	states, found, errs := c.states(ctx, objects, rec.Namespace)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	secrets := secretsOf(contents, objects)
	for _, u := range found {
		if u != nil {
			secrets.Secret(u.Object)
		}
	}
	for i, s := range states {
		switch {
		case errs[i] != nil:
			live.Drift.Unread = append(live.Drift.Unread, errs[i].Error())
		case found[i] == nil:
			live.Drift.Beside(s.Ref, objects[i].Fields, nil, secrets)
		default:
			live.Drift.Beside(s.Ref, objects[i].Fields, found[i].Object, secrets)
		}
	}
	live.States = states
	return live, nil
}

// declared reads the object that a manifest names.
func (c *Client) declared(ctx context.Context, ref model.Ref, namespace string) (model.Ref, *unstructured.Unstructured, error) {
	p, err := c.placeOf(ref.Kind)
	if err != nil {
		return ref, nil, err
	}
	switch {
	case !p.namespaced:
		ref.Namespace = ""
	case ref.Namespace == "":
		ref.Namespace = namespace
	}
	u, err := c.get(ctx, ref)
	return ref, u, err
}

// Status is an object's state in the words of kstatus, and what there is to say of it.
func Status(u *unstructured.Unstructured) (word, message string) {
	defer func() {
		if recover() != nil { // a status of another shape than its kind has
			word, message = string(status.UnknownStatus), "its status cannot be read"
		}
	}()
	r, err := status.Compute(u)
	if err != nil {
		return string(status.UnknownStatus), mask.Line(err.Error(), 300)
	}
	message = mask.Line(r.Message, 300)
	if r.Status == status.CurrentStatus && strings.HasPrefix(message, "Resource is ") {
		message = ""
	}
	return string(r.Status), sanitize.Line(message, 300)
}

// Leaving says what an uninstall of a release would delete, keep, and leave behind.
func (c *Client) Leaving(ctx context.Context, snap *model.Snapshot, ref model.Ref) ([]inspect.Leaving, error) {
	result, err := forecast.Run(ctx, forecast.Input{Snapshot: snap, Client: c.kube, Release: ref.Name, Namespace: ref.Namespace, Now: c.now()})
	if err != nil {
		return nil, err
	}
	var out []inspect.Leaving
	for _, f := range result.Report.Findings {
		out = append(out, inspect.Leaving{Ref: f.Subject, Verb: f.Severity.String(), Text: f.Summary, Serious: true})
	}
	for _, p := range result.Changes {
		out = append(out, inspect.Leaving{Ref: p.Ref, Verb: p.Verb, Text: p.Summary})
	}
	return out, nil
}

package versions

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
)

// Version is one state of an object that something still knows.
type Version struct {
	ID      string    `json:"id"` // "now", "web.v3", a journal entry's id: what --to takes
	At      time.Time `json:"at"`
	Source  string    `json:"source"`
	Keys    []string  `json:"keys"`
	Differs []string  `json:"differs"` // how it differs from now, key by key: "+a" it has a, "-b" it lacks b, "~c" another value
	Back    bool      `json:"back"`    // whether careen can plan going back to it

	release  model.Ref // where its data stands, and the revision
	revision int
	entry    string
}

// Reader reads objects and records; *client.Client of package inspect is one.
type Reader interface {
	Declared(ctx context.Context, rec *model.Record) ([]inspect.Object, []string, error)
	Data(ctx context.Context, ref model.Ref) (map[string][]byte, error)
}

// List are the known versions of an object, newest first, and what could not be read.
func List(ctx context.Context, r *engine.Report, reader Reader, journal repair.Journal, ref model.Ref) (list []Version, unread []string, err error) {
	now, err := reader.Data(ctx, ref)
	switch row := r.Snapshot.Row(ref); {
	case err != nil && !errors.Is(err, inspect.ErrGone):
		return nil, nil, err
	case err == nil:
		v := Version{ID: "now", Source: "the cluster", Keys: keysOf(now), Differs: []string{}}
		if row != nil {
			v.At = row.Base().Created
			if w := row.Base().Writes; len(w) > 0 {
				v.At, v.Source = w[0].Time, "the cluster, written by "+w[0].Manager
			}
		}
		list = append(list, v)
	}
	earlier, unread := declared(ctx, r, reader, ref, now)
	earlier = append(earlier, kept(journal, ref, now)...)
	slices.SortStableFunc(earlier, func(a, b Version) int { return b.At.Compare(a.At) })
	return append(list, earlier...), unread, ctx.Err()
}

// declared are the versions in the records of the namespace's releases.
func declared(ctx context.Context, r *engine.Report, reader Reader, ref model.Ref, now map[string][]byte) (list []Version, unread []string) {
	for _, rel := range r.Snapshot.Space(ref.Namespace).Releases() {
		for _, rec := range slices.Backward(rel.Records) {
			objects, _, err := reader.Declared(ctx, rec)
			if err != nil {
				unread = append(unread, fmt.Sprintf("revision %d of release %s: %s", rec.Revision, rel.Name, err))
				continue
			}
			for _, o := range objects {
				at := o.Ref
				if at.Namespace == "" {
					at.Namespace = rel.Namespace
				}
				if at != ref {
					continue
				}
				data := dataOf(o.Fields)
				list = append(list, Version{
					ID: fmt.Sprintf("%s.v%d", rel.Name, rec.Revision), At: deployed(rec), Source: fmt.Sprintf("revision %d of release %s (%s)", rec.Revision, rel.Name, rec.LabelStatus),
					Keys: keysOf(data), Differs: differences(now, data), Back: now != nil && len(differences(now, data)) > 0, release: rel.Ref(), revision: rec.Revision,
				})
			}
		}
	}
	return list, unread
}

func deployed(rec *model.Record) time.Time {
	if rec.Body != nil && !rec.Body.LastDeployed.IsZero() {
		return rec.Body.LastDeployed
	}
	return rec.Created
}

// kept are the versions that the journal keeps: what a plan found before it wrote.
func kept(journal repair.Journal, ref model.Ref, now map[string][]byte) (list []Version) {
	for _, e := range journal.Entries {
		for _, w := range e.Writes {
			if w == nil || w.Ref != ref || w.Before == nil {
				continue
			}
			data := dataOf(w.Before.Object)
			source := fmt.Sprintf("journal entry %s (%s), before: %s", e.ID, e.State, e.Title)
			if !e.Own {
				source += ", not applied from here"
			}
			list = append(list, Version{
				ID: e.ID, At: e.At, Source: source, Keys: keysOf(data), Differs: differences(now, data),
				Back: e.State != repair.Undone && e.UndoOf == "", entry: e.ID,
			})
			break
		}
	}
	return list
}

// Plan plans going back to the version of that id.
func Plan(ctx context.Context, m *repair.Mender, r *engine.Report, list []Version, ref model.Ref, id string) (*repair.Plan, error) {
	i := slices.IndexFunc(list, func(v Version) bool { return v.ID == id })
	switch {
	case i < 0:
		return nil, fmt.Errorf("%w: %s has no version %q", repair.ErrUnknownEntry, ref, id)
	case list[i].entry != "":
		return m.UndoPlan(ctx, list[i].entry)
	case list[i].revision > 0:
		return m.PlanRestore(ctx, r, ref, list[i].release, list[i].revision)
	}
	return nil, fmt.Errorf("%w: %s is so now", repair.ErrUnknownEntry, ref)
}

// dataOf is the data of a Secret or ConfigMap as a manifest or the server has it.
func dataOf(fields map[string]any) map[string][]byte {
	out := map[string][]byte{}
	secret := fields["kind"] == string(model.KindSecret)
	for _, field := range []string{"data", "binaryData", "stringData"} {
		values, _ := fields[field].(map[string]any)
		for k, v := range values {
			text := fmt.Sprint(v)
			if field == "binaryData" || secret && field == "data" {
				if raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
					out[k] = raw
					continue
				}
			}
			out[k] = []byte(text)
		}
	}
	return out
}

func keysOf(data map[string][]byte) []string {
	out := make([]string, 0, len(data))
	for k := range data {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// differences says key by key how data differs from what is there now.
func differences(now, data map[string][]byte) []string {
	out := []string{}
	for _, k := range keysOf(data) {
		switch v, there := now[k]; {
		case !there:
			out = append(out, "+"+k)
		case sha256.Sum256(v) != sha256.Sum256(data[k]):
			out = append(out, "~"+k)
		}
	}
	for _, k := range keysOf(now) {
		if _, there := data[k]; !there {
			out = append(out, "-"+k)
		}
	}
	return out
}

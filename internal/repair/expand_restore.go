package repair

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// restoreData writes the data that a revision of a release declares for an object.
func (e *expander) restoreData(ctx context.Context, step finding.Step, c finding.RestoreData) error {
	declared, err := e.declaredBy(ctx, c.Release, c.Revision, step.Ref)
	if err != nil {
		return err
	}
	data, err := dataIn(declared)
	if err != nil {
		return refuse("%s as revision %d declares it cannot be read: %s.", step.Ref, c.Revision, e.scrub.said(err))
	}
	if step.Ref.Kind == model.KindSecret {
		e.scrub.learn(declared)
	}
	s, err := e.there(ctx, step.Ref)
	if err != nil {
		return err
	}
	w, err := e.edit(s, Patch, step.Summary, func(o map[string]any) error {
		for _, field := range dataFields {
			if data[field] == nil {
				delete(o, field)
				continue
			}
			o[field] = data[field]
		}
		return nil
	})
	if w == nil {
		return err
	}
	w.shown = append(w.shown, []string{"data"}, []string{"binaryData"})
	w.commands = []string{fmt.Sprintf("helm get manifest %s -n %s --revision %d | yq 'select(.kind == %q and .metadata.name == %q)' | %s replace -f -",
		quote(c.Release.Name), quote(c.Release.Namespace), c.Revision, string(step.Ref.Kind), step.Ref.Name, kubectlIn(step.Ref.Namespace))}
	return nil
}

var dataFields = []string{"data", "binaryData"}

// declaredBy is an object as one revision of a release declares it.
func (e *expander) declaredBy(ctx context.Context, rel model.Ref, revision int, ref model.Ref) (*unstructured.Unstructured, error) {
	history := e.report.Snapshot.Release(rel.Namespace, rel.Name)
	if history == nil {
		return nil, refuse("%s has no record to take %s from.", rel, ref)
	}
	i := slices.IndexFunc(history.Records, func(rec *model.Record) bool { return rec.Revision == revision })
	if i < 0 {
		return nil, refuse("%s has no revision %d any more.", rel, revision)
	}
	rec := history.Records[i]
	s, err := e.look(ctx, model.Ref{Kind: rec.Driver, Namespace: rec.Namespace, Name: rec.Name})
	if err != nil {
		return nil, err
	}
	if s.live == nil {
		return nil, refuse("The record of revision %d is gone.", revision)
	}
	stored, err := storedRecord(s.live)
	if err != nil {
		return nil, refuse("The record of revision %d cannot be read: %s.", revision, e.scrub.said(err))
	}
	manifest, err := release.Manifest(stored)
	if err != nil {
		return nil, refuse("The record of revision %d cannot be read: %s.", revision, e.scrub.said(err))
	}
	u := findDocument(manifest, rel, ref)
	if u == nil {
		return nil, refuse("Revision %d of %s does not declare %s.", revision, rel, ref)
	}
	return u, nil
}

// dataIn is the data of a Secret or ConfigMap as the server would store it.
func dataIn(u *unstructured.Unstructured) (map[string]map[string]any, error) {
	out := map[string]map[string]any{}
	for _, field := range dataFields {
		data, found, err := unstructured.NestedMap(u.Object, field)
		if err != nil {
			return nil, err
		}
		if found && len(data) > 0 {
			out[field] = data
		}
	}
	plain, _, err := unstructured.NestedMap(u.Object, "stringData")
	if err != nil || len(plain) == 0 || u.GetKind() != string(model.KindSecret) {
		return out, err
	}
	data := maps.Clone(out["data"])
	if data == nil {
		data = map[string]any{}
	}
	for k, v := range plain {
		data[k] = base64.StdEncoding.EncodeToString([]byte(fmt.Sprint(v)))
	}
	out["data"] = data
	return out, nil
}

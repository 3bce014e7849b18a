package repair

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// thereRecord is there, for a step that may name a Record instead of the Secret or
// ConfigMap that holds it.
func (e *expander) thereRecord(ctx context.Context, ref model.Ref) (*seen, error) {
	if ref.Kind != model.KindRecord {
		return e.there(ctx, ref)
	}
	for _, kind := range []model.Kind{model.KindSecret, model.KindConfigMap} {
		s, err := e.look(ctx, model.Ref{Kind: kind, Namespace: ref.Namespace, Name: ref.Name})
		if err != nil {
			return nil, err
		}
		if s.now != nil {
			return s, nil
		}
	}
	return nil, refuse("%s is not there.", ref)
}

// editRecord rewrites status and description in the record's own JSON and the labels
// beside it, in one update. Every other byte, label, annotation and owner stays.
func (e *expander) editRecord(ctx context.Context, step finding.Step, c finding.EditRecord) error {
	description := c.Description
	if description == "" {
		description = "Marked " + c.Status + " by careen"
	}
	w, err := e.record(ctx, step, map[string]string{"status": c.Status}, func(json []byte) ([]byte, error) {
		return release.Edit(json, c.Status, description)
	})
	if w != nil {
		w.commands = recordCommands(w, c.Status, description)
	}
	return err
}

// rewriteAPI changes apiVersions in the record's manifest, in one update.
func (e *expander) rewriteAPI(ctx context.Context, step finding.Step, c finding.RewriteAPI) error {
	renames := make([]release.Rename, len(c.Changes))
	for i, r := range c.Changes {
		renames[i] = release.Rename(r)
	}
	w, err := e.record(ctx, step, nil, func(json []byte) ([]byte, error) { return release.Rewrite(json, renames) })
	if w != nil {
		w.commands = []string{fmt.Sprintf("helm mapkubeapis %s -n %s", quote(releaseOf(w.Ref.Name)), quote(w.Ref.Namespace))}
	}
	return err
}

// releaseOf is the release whose revision an object of that name holds.
func releaseOf(name string) string {
	rel, _, _ := model.ParseRecordName(name)
	return rel
}

// record changes the JSON of a record and labels beside it, and dates the write as Helm
// does.
func (e *expander) record(ctx context.Context, step finding.Step, labels map[string]string, change func(json []byte) ([]byte, error)) (*Write, error) {
	s, err := e.thereRecord(ctx, step.Ref)
	if err != nil {
		return nil, err
	}
	stored, err := storedRecord(s.now)
	if err != nil {
		return nil, refuse("%s is not a release record: %s.", s.ref, err)
	}
	if body := release.Decode(stored, ""); body.Problem != "" {
		return nil, refuse("%s cannot be edited: %s.", s.ref, body.Problem)
	}
	packed, err := changeStored(stored, change)
	if err != nil {
		return nil, refuse("%s cannot be edited: %s.", s.ref, err)
	}
	return e.edit(s, Update, step.Summary, func(o map[string]any) error {
		u := &unstructured.Unstructured{Object: o}
		all := u.GetLabels()
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, labels)
		all["modifiedAt"] = strconv.FormatInt(e.stamp.Unix(), 10)
		u.SetLabels(all)
		return storeRecord(u, packed)
	})
}

func changeStored(stored []byte, change func(json []byte) ([]byte, error)) ([]byte, error) {
	json, gz, err := release.Raw(stored)
	if err != nil {
		return nil, err
	}
	edited, err := change(json)
	if err != nil {
		return nil, err
	}
	return release.Encode(edited, gz)
}

// storedRecord is what Helm's driver stored under the key "release".
func storedRecord(u *unstructured.Unstructured) ([]byte, error) {
	text, found, err := unstructured.NestedString(u.Object, "data", "release")
	if err != nil || !found {
		return nil, fmt.Errorf("it has no key release")
	}
	if u.GetKind() == string(model.KindConfigMap) {
		return []byte(text), nil
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("its key release is not base64")
	}
	return b, nil
}

func storeRecord(u *unstructured.Unstructured, stored []byte) error {
	text := string(stored)
	if u.GetKind() != string(model.KindConfigMap) {
		text = base64.StdEncoding.EncodeToString(stored)
	}
	return unstructured.SetNestedField(u.Object, text, "data", "release")
}

// isRecord reports whether an object is a Secret or ConfigMap in which Helm keeps a
// revision.
func isRecord(u *unstructured.Unstructured) bool {
	if u == nil || u.GetKind() != string(model.KindSecret) && u.GetKind() != string(model.KindConfigMap) {
		return false
	}
	_, _, ok := model.ParseRecordName(u.GetName())
	return ok
}

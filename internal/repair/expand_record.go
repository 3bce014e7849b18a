package repair

import (
	"context"
	"encoding/base64"
	"fmt"
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
	s, err := e.thereRecord(ctx, step.Ref)
	if err != nil {
		return err
	}
	stored, err := storedRecord(s.now)
	if err != nil {
		return refuse("%s is no release record: %s.", s.ref, err)
	}
	if body := release.Decode(stored, ""); body.Problem != "" {
		return refuse("%s cannot be edited: %s.", s.ref, body.Problem)
	}
	description := c.Description
	if description == "" {
		description = "Marked " + c.Status + " by careen"
	}
	packed, err := editStored(stored, c.Status, description)
	if err != nil {
		return refuse("%s cannot be edited: %s.", s.ref, err)
	}
	w, err := e.edit(s, Update, step.Summary, func(o map[string]any) error {
		u := &unstructured.Unstructured{Object: o}
		labels := u.GetLabels()
		if labels == nil {
			labels = map[string]string{}
		}
		labels["status"], labels["modifiedAt"] = c.Status, strconv.FormatInt(e.stamp.Unix(), 10)
		u.SetLabels(labels)
		return storeRecord(u, packed)
	})
	if w != nil {
		w.commands = recordCommands(w, c.Status, description)
	}
	return err
}

func editStored(stored []byte, status, description string) ([]byte, error) {
	json, gz, err := release.Raw(stored)
	if err != nil {
		return nil, err
	}
	edited, err := release.Edit(json, status, description)
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

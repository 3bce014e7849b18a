package future

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/serializer"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/model"
)

var decoder = serializer.NewCodecFactory(project.Scheme).UniversalDeserializer()

// Rows projects objects as the server would store them; those of kinds without a row of
// their own are left out.
func Rows(objects []*unstructured.Unstructured) (rows []model.Row) {
	for _, u := range objects {
		raw, err := u.MarshalJSON()
		if err != nil {
			continue
		}
		if row, err := parse(string(raw)); err == nil {
			rows = append(rows, row)
		}
	}
	return rows
}

// parse projects a manifest of a fix: careen writes those itself, of built-in kinds.
func parse(manifest string) (model.Row, error) {
	obj, _, err := decoder.Decode([]byte(manifest), nil, nil)
	if err != nil {
		return nil, fmt.Errorf("reading a fix's manifest: %w", err)
	}
	row, ok := project.Object(obj)
	if !ok {
		return nil, fmt.Errorf("reading a fix's manifest: %T is not a kind that careen reads", obj)
	}
	return row, nil
}

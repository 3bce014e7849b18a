package future

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/serializer"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/model"
)

var decoder = serializer.NewCodecFactory(project.Scheme).UniversalDeserializer()

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

// Package samples holds an object of each kind, as `kubectl get -o yaml` prints it, for
// the tests that look at all kinds. What its row keeps is set in it.
package samples

import (
	"embed"
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/model"
)

//go:embed testdata/*.yaml
var files embed.FS

// Words stand in all that an organisation would choose itself: names, labels, hosts,
// messages.
var Words = []string{"acme", "ledger", "globex"}

var decoder = serializer.NewCodecFactory(project.Scheme).UniversalDeserializer()

// File is where the object of a kind stands.
func File(kind model.Kind) string { return "testdata/" + strings.ToLower(string(kind)) + ".yaml" }

// Object is the object of a kind. The one of Record is the Secret that stores it, the
// one of CustomResource is of a kind that no table knows.
func Object(kind model.Kind) (runtime.Object, error) {
	text, err := files.ReadFile(File(kind))
	if err != nil {
		return nil, fmt.Errorf("reading the sample of %s: %w", kind, err)
	}
	obj, _, err := decoder.Decode(text, nil, nil)
	if err == nil {
		return obj, nil
	}
	if !runtime.IsNotRegisteredError(err) {
		return nil, fmt.Errorf("decoding the sample of %s: %w", kind, err)
	}
	custom := &unstructured.Unstructured{}
	if err := yaml.UnmarshalStrict(text, &custom.Object); err != nil {
		return nil, fmt.Errorf("decoding the sample of %s: %w", kind, err)
	}
	return custom, nil
}

// ErrNoProjection is the error of a kind that package project does not know.
var ErrNoProjection = errors.New("no projection takes it")

// Row is the object of a kind as a row.
func Row(kind model.Kind) (model.Row, error) {
	obj, err := Object(kind)
	if err != nil {
		return nil, err
	}
	row, ok := project.Object(obj)
	if !ok {
		return nil, fmt.Errorf("%w: the sample of %s is a %T", ErrNoProjection, kind, obj)
	}
	return row, nil
}

// Kinds lists the kinds that have an object.
func Kinds() (list []model.Kind) {
	for _, info := range model.Builtin {
		list = append(list, info.Kind)
	}
	return append(list, model.KindRecord, model.KindCustom)
}

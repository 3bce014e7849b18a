package future

import (
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// The pods of an old template ask for a label of which the present one says nothing.
func TestASelectorIsSetWhereThereIsNone(t *testing.T) {
	shared := &model.Placement{}
	template := model.Template{Placement: shared}
	if !patchSelector(&template, "spec.template.spec.nodeSelector.disk", "ssd") || template.Placement.NodeSelector["disk"] != "ssd" {
		t.Errorf("%+v", template.Placement)
	}
	if shared.NodeSelector != nil {
		t.Error("what pods share was changed")
	}
}

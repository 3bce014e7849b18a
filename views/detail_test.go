package views

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

func TestTheDetailSaysThatItsObjectWasDeleted(t *testing.T) {
	env := loadedEnv(t)
	ref := model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "vminsert"}
	d := NewDetail(env)
	d.Follow(Subject{Ref: model.Ref{Kind: model.KindConfigMap, Namespace: "metrics", Name: "vm-vmstorage-env"}})
	d.Walk(Subject{Ref: ref})
	if s := seen(d); strings.Contains(s, "deleted") {
		t.Error(s)
	}
	delete(env.Report.Snapshot.Spaces["metrics"].Tables, model.KindDeployment)
	if s := seen(d); !strings.Contains(s, "It was deleted while this was open; esc goes back.") {
		t.Error(s)
	}
	// What was never there was not deleted.
	d.Walk(Subject{Ref: model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "never"}})
	if s := seen(d); strings.Contains(s, "deleted") || !strings.Contains(s, "is not there") {
		t.Error(s)
	}
}

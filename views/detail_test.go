package views

import (
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
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
	at := env.Now()
	if s := seen(d); !strings.Contains(s, "Deleted "+at.In(env.Zone).Format("15:04:05")+", while this was open. Below is how it was last seen; esc goes back.") {
		t.Error(s)
	}
	env.Now = func() time.Time { return at.Add(time.Hour) }
	if s := seen(d); !strings.Contains(s, "Deleted "+at.In(env.Zone).Format("15:04:05")) || !strings.Contains(s, "strategy") {
		t.Errorf("its last state is lost, or when it went:\n%s", s)
	}
	for _, p := range d.paras()[1:] {
		for _, span := range p.Body {
			if span.Role != styled.Muted {
				t.Errorf("%q looks as if it still held", span.Text)
			}
		}
	}
	// What was never there was not deleted.
	d.Walk(Subject{Ref: model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "never"}})
	if s := seen(d); strings.Contains(s, "deleted") || !strings.Contains(s, "is not there") {
		t.Error(s)
	}
}

func TestAReleaseSaysHowHelm4AppliedIt(t *testing.T) {
	env := loadedEnv(t)
	d := NewDetail(env)
	d.Follow(Subject{Ref: model.Ref{Kind: model.KindRelease, Namespace: "metrics", Name: "vm"}})
	if s := seen(d); strings.Contains(s, "by Helm 4") {
		t.Error("Helm 3 did not say how it applied it:\n" + s)
	}
	for method, want := range map[string]string{"ssa": "server-side", "csa": "client-side"} {
		env := loadedEnv(t)
		env.Report.Snapshot.Release("metrics", "vm").Newest().Body.ApplyMethod = method
		d := NewDetail(env)
		d.Follow(Subject{Ref: model.Ref{Kind: model.KindRelease, Namespace: "metrics", Name: "vm"}})
		if s := seen(d); !strings.Contains(s, want) || !strings.Contains(s, "by Helm 4") {
			t.Errorf("%s is not shown:\n%s", method, s)
		}
	}
}

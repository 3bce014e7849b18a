package cluster

import (
	"errors"
	"testing"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
)

// Without Once the source tries on, and shows why it waits.
func TestFirstContactIsTriedAgain(t *testing.T) {
	f := newFake(t)
	configMaps(f, 1)
	f.stop(true)
	s := f.open(onlyConfigMaps, quietFor)
	snap := await(t, s, "the reason", func(*model.Snapshot) bool { return errors.Is(s.Err(), connect.ErrConnect) })
	if w, _ := snap.State(model.KindConfigMap, ""); w.State != model.Syncing {
		t.Errorf("before the first answer: %+v", w)
	}
	f.stop(false)
	await(t, s, "the first answer", func(snap *model.Snapshot) bool { return live(model.KindConfigMap, 1)(snap) && s.Err() == nil })
}

package cluster

import (
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// TestARightThatIsWithdrawn takes away every right to a kind while it is watched: it is
// soon known to be forbidden, and read again once the right is back.
func TestARightThatIsWithdrawn(t *testing.T) {
	f := newFake(t)
	configMaps(f, 2)
	f.put("namespaces", object("", "ns", ""))
	s := f.open(onlyConfigMaps, quietFor)
	await(t, s, "a first reading", live(model.KindConfigMap, 2))
	f.watched("configmaps")
	deny := func(on bool) {
		f.mu.Lock()
		f.denied["watch configmaps"], f.denied["list configmaps"] = on, on
		f.mu.Unlock()
	}
	deny(true)
	f.server.CloseClientConnections()
	await(t, s, "the refusal", func(snap *model.Snapshot) bool { return stateOf(snap, model.KindConfigMap, "") == model.Forbidden })
	deny(false)
	await(t, s, "what is there", live(model.KindConfigMap, 2))
}

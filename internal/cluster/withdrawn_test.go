package cluster

import (
	"net/http"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// TestARightThatIsWithdrawn takes away every right to a kind while it is watched, or while
// its watch is being opened: it is soon known to be forbidden, and read again once the
// right is back.
func TestARightThatIsWithdrawn(t *testing.T) {
	for name, broken := range map[string]bool{"watched": false, "being opened": true} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			there := 2
			configMaps(f, there)
			f.put("namespaces", object("", "ns", ""))
			set := func(breaks, denied bool) {
				f.mu.Lock()
				defer f.mu.Unlock()
				delete(f.raw, "watch configmaps")
				if breaks {
					f.raw["watch configmaps"] = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
				}
				f.denied["watch configmaps"], f.denied["list configmaps"] = denied, denied
			}
			set(broken, false)
			s := f.open(onlyConfigMaps, quietFor)
			if broken {
				await(t, s, "a broken watch", func(snap *model.Snapshot) bool { return stateOf(snap, model.KindConfigMap, "") == model.Stale })
			} else {
				await(t, s, "a first reading", live(model.KindConfigMap, 2))
				f.watched("configmaps")
				// The server has the watch; what comes by it says that the client has it too.
				f.put("configmaps", object("ns", "by-the-watch", ""))
				there++
				await(t, s, "a change", live(model.KindConfigMap, there))
			}
			set(false, true)
			f.server.CloseClientConnections()
			await(t, s, "the refusal", func(snap *model.Snapshot) bool { return stateOf(snap, model.KindConfigMap, "") == model.Forbidden })
			set(false, false)
			await(t, s, "what is there", live(model.KindConfigMap, there))
		})
	}
}

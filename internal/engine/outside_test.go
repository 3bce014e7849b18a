package engine

import (
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

func TestWhatWasNotAskedForIsOutside(t *testing.T) {
	of := func(list ...model.Watch) *model.Snapshot { return &model.Snapshot{Coverage: list} }
	watch := func(ns string, state model.WatchState) model.Watch {
		return model.Watch{Kind: model.KindService, Resource: "services", Namespace: ns, State: state}
	}
	for name, c := range map[string]struct {
		snap      *model.Snapshot
		namespace string
		want      bool
	}{
		"another namespace is read":           {of(watch("shop", model.Live)), "policy", true},
		"all that was asked for is known":     {of(watch("shop", model.Live)), "", true},
		"it was asked for, and is forbidden":  {of(watch("shop", model.Live), watch("policy", model.Forbidden)), "policy", false},
		"one that was asked for is forbidden": {of(watch("shop", model.Forbidden)), "", false},
		"everything was asked for, in vain":   {of(watch("", model.Forbidden), watch("shop", model.Live)), "policy", false},
		"everything is read":                  {of(watch("", model.Live)), "policy", false},
		"the kind is not read at all":         {of(), "policy", false},
	} {
		if got := outside(c.snap, model.KindService, c.namespace); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

package views

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/samples"
)

// lacks lists what a kind still needs, and where that belongs.
func lacks(env *Env, info model.KindInfo) (out []string) {
	need := func(what, where string) { out = append(out, fmt.Sprintf("%s has no %s: %s", info.Kind, what, where)) }
	if info.Short == "" {
		need("short name", "set Short in its row of internal/model/kinds.go")
	}
	if info.Row == nil {
		need("row type", "set Row in its row of internal/model/kinds.go")
		return out
	}
	row, err := samples.Row(info.Kind)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		need("fixture", "write internal/samples/"+samples.File(info.Kind))
		return out
	case errors.Is(err, samples.ErrNoProjection):
		need("projection", "add a case to Object in internal/cluster/project/projector.go")
		return out
	case err != nil:
		return append(out, err.Error())
	case fmt.Sprintf("%T", row) != fmt.Sprintf("%T", info.Row):
		return append(out, fmt.Sprintf("%s is projected as %T, its row of internal/model/kinds.go says %T", info.Kind, row, info.Row))
	case model.Lookup(row.Base().Kind).Kind != info.Kind:
		return append(out, fmt.Sprintf("the fixture of %s is projected as a %s", info.Kind, row.Base().Kind))
	}
	f := &facts{Env: env, namespace: row.Base().Namespace}
	if f.of(row); len(f.lines) == 0 {
		need("facts", fmt.Sprintf("add a case for %T to of in views/facts.go", row))
	}
	return out
}

// A kind that careen reads has all that CONTRIBUTING asks for.
func TestEveryKindIsWhole(t *testing.T) {
	env := loadedEnv(t)
	for _, kind := range samples.Kinds() {
		for _, problem := range lacks(env, *model.Lookup(kind)) {
			t.Error(problem)
		}
	}
	f := &facts{Env: env}
	if f.of(&model.LogTail{Pod: model.Ref{Kind: model.KindPod, Name: "p"}}); len(f.lines) == 0 {
		t.Error("LogTail has no facts")
	}
}

// That each of the four is missed is seen on kinds that lack it.
func TestWhatAKindLacksIsNamed(t *testing.T) {
	env := loadedEnv(t)
	whole := *model.Lookup(model.KindLimitRange)
	for want, spoil := range map[string]func(i *model.KindInfo){
		"LimitRange has no short name: set Short in its row of internal/model/kinds.go":                     func(i *model.KindInfo) { i.Short = "" },
		"LimitRange has no row type: set Row in its row of internal/model/kinds.go":                         func(i *model.KindInfo) { i.Row = nil },
		"Rocket has no fixture: write internal/samples/testdata/rocket.yaml":                                func(i *model.KindInfo) { i.Kind = "Rocket" },
		"LimitRange is projected as *model.LimitRange, its row of internal/model/kinds.go says *model.Node": func(i *model.KindInfo) { i.Row = (*model.Node)(nil) },
	} {
		broken := whole
		spoil(&broken)
		if got := lacks(env, broken); len(got) != 1 || got[0] != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
	if got := lacks(env, whole); len(got) > 0 {
		t.Errorf("of a whole one it says %q", got)
	}
}

package own

import (
	"errors"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/own/objects"
	"github.com/careen-tui/careen/probes"
)

// lookType is the type of a look, of which a rule can make nothing.
var lookType = types.NewOpaqueType("careen.look")

// look is what the evaluation of a rule for one object looks at, and what it saw. As a
// value it is handed to the functions that related becomes.
type look struct {
	pass   *probes.Pass
	native types.Adapter // makes values of mirrors
	seen   []model.Ref
	absent []finding.Absence // proved
	unread *model.Ref        // what is not known to be there or not
}

// maxSeen bounds the related objects that are shown as evidence.
const maxSeen = 10

// related is an object, or null where there is none. Where it is not known, the value is
// an error: what does not depend on it is true or false nevertheless.
func (l *look) related(to model.Ref) ref.Val {
	to.Namespace = to.Kind.In(to.Namespace)
	if to.Name == "" {
		return types.NullValue
	}
	row := l.pass.Row(to)
	if row == nil {
		a, absent := l.pass.Absent(to)
		if absent && a.Grade == finding.Proved {
			l.absent = append(l.absent, a)
			return types.NullValue
		}
		l.unread = &to
		return types.NewErr("%s was not read", to)
	}
	offer, ok := objects.For(to.Kind)
	if !ok {
		return types.NewErr("%s is not offered", to)
	}
	if offer.Cut(row) != "" {
		l.unread = &to
		return types.NewErr("%s is not known whole", to)
	}
	if len(l.seen) < maxSeen {
		l.seen = append(l.seen, to)
	}
	return l.native.NativeToValue(offer.Of(row))
}

// evidence is what was seen of other objects.
func (l *look) evidence() (out []finding.Evidence) {
	for _, to := range l.seen {
		out = append(out, finding.Evidence{Ref: to, Path: "metadata.name", Value: to.Name, Note: "the rule looks at it"})
	}
	for _, a := range l.absent[:min(len(l.absent), maxSeen)] {
		out = append(out, finding.Evidence{Ref: a.Of, Note: "does not exist"})
	}
	return out
}

// ConvertToNative is none.
func (l *look) ConvertToNative(reflect.Type) (any, error) {
	return nil, errors.New("a look is not converted")
}

// ConvertToType is none.
func (l *look) ConvertToType(ref.Type) ref.Val { return types.NewErr("a look is not converted") }

// Equal is none.
func (l *look) Equal(ref.Val) ref.Val { return types.False }

// Type is its type.
func (l *look) Type() ref.Type { return lookType }

// Value is itself.
func (l *look) Value() any { return l }

package views

import (
	"context"
	"errors"
	"strings"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/styled"
)

// loaded is something that is read when the operator asks for it. What was read stays
// while it is read again, and when that fails. The zero value was not asked for.
type loaded[T any] struct {
	value   T
	has     bool // value was read, now or before
	reading bool
	err     error // why the last reading failed
}

func (l *loaded[T]) begin() { l.reading, l.err = true, nil }

func (l *loaded[T]) set(v T, err error) {
	l.reading, l.err = false, err
	if err == nil {
		l.value, l.has = v, true
	}
}

func (l *loaded[T]) fail(err error) { l.reading, l.err = false, err }

// fresh reports whether the value is what was read last, and nothing is under way.
func (l *loaded[T]) fresh() bool { return l.has && !l.reading && l.err == nil }

// asked reports whether the value is there, or on its way.
func (l *loaded[T]) asked() bool { return l.reading || l.fresh() }

// status says that what is on its way, or why it could not be read; nothing where it
// is there.
func (l *loaded[T]) status(what string) []styled.Line {
	switch {
	case l.reading && l.has:
		return []styled.Line{styled.Of(styled.Muted, "Reading "+what+" again ...")}
	case l.reading:
		return []styled.Line{styled.Of(styled.Muted, "Reading "+what+" ...")}
	case l.err != nil && !errors.Is(l.err, inspect.ErrGone):
		return []styled.Line{{styled.T(styled.Bad, "Cannot read "+what+": "), styled.T(styled.Normal, sentence(l.err.Error()))}}
	}
	return nil
}

// fetch asks for it to be read into a slot; then is asked for what is to be done
// after that, and may be nil.
func (l *loaded[T]) fetch(slot string, read func(context.Context) (T, error), then func() Request) Request {
	l.begin()
	return Fetch{
		Slot: slot,
		Read: func(ctx context.Context, show func(func() Request)) {
			v, err := read(ctx)
			show(func() Request {
				l.set(v, err)
				if then == nil {
					return nil
				}
				return then()
			})
		},
		Fail: l.fail,
	}
}

// sentence ends a text with a full stop, where it is no question.
func sentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

package mutants

import "errors"

// forced is the state of the one run under way. A package under test calls Cond before
// there is any, while it is initialised.
var forced struct {
	id    int // of the condition that is forced; 0 for none
	value bool
	steps int
	most  int     // steps after which a run is given up; 0 for no bound
	seen  []uint8 // by condition, which results it had; nil where that is not recorded
}

// Results that a condition had.
const (
	wasFalse uint8 = 1 << iota
	wasTrue
)

// errEndless ends a trial that a mutant made run for far longer than before.
var errEndless = errors.New("the mutant does not come to an end")

// Cond stands for a condition of the package under test: its own result, unless it is
// the one that is forced.
func Cond[T ~bool](id int, result T) T {
	forced.steps++
	if forced.most > 0 && forced.steps > forced.most {
		panic(errEndless)
	}
	if forced.seen != nil {
		forced.seen[id] |= was(bool(result))
	}
	if id == forced.id {
		return T(forced.value)
	}
	return result
}

func was(result bool) uint8 {
	if result {
		return wasTrue
	}
	return wasFalse
}

package mutants

import (
	"cmp"
	"fmt"
	"slices"
)

// Trial is a test that passes while nothing is forced. It fails by a panic.
type Trial struct {
	Name string
	Test func()

	seen  []uint8
	steps int
}

// Mutant is a site that is forced.
type Mutant struct {
	Site
	Value  bool
	Trials []string // that came to it with the other result
	Killer string   // which of them failed; empty for a survivor
}

// most is how many times as long as before a mutant may run.
const most = 30

// Run forces each site, and says what became of it. It is an error where a trial fails
// while nothing is forced. Only one Run may be under way, and a trial must call Cond from
// one goroutine at a time.
func Run(sites []Site, trials []Trial) ([]Mutant, error) {
	defer force(0, false, 0, nil)
	last := 0
	for _, s := range sites {
		last = max(last, s.ID)
	}
	trials = slices.Clone(trials)
	for i := range trials {
		t := &trials[i]
		t.seen = make([]uint8, last+1)
		force(0, false, 0, t.seen)
		if !t.Passes() {
			return nil, fmt.Errorf("%s fails without a mutant", t.Name)
		}
		t.steps = forced.steps
	}
	// The cheap ones first: most mutants are killed by any.
	slices.SortStableFunc(trials, func(a, b Trial) int { return cmp.Compare(a.steps, b.steps) })
	var out []Mutant
	for _, s := range sites {
		for _, value := range s.Values {
			out = append(out, mutate(s, value, trials))
		}
	}
	return out, nil
}

func mutate(s Site, value bool, trials []Trial) Mutant {
	m := Mutant{Site: s, Value: value}
	for i := range trials {
		t := &trials[i]
		if t.seen[s.ID]&was(!value) == 0 {
			continue
		}
		m.Trials = append(m.Trials, t.Name)
		force(s.ID, value, most*t.steps+10_000, nil)
		if !t.Passes() {
			m.Killer = t.Name
			break
		}
	}
	return m
}

// Passes reports whether the test comes to its end.
func (t *Trial) Passes() (ok bool) {
	defer func() { ok = recover() == nil }()
	t.Test()
	return true
}

func force(id int, value bool, most int, seen []uint8) {
	forced.id, forced.value, forced.steps, forced.most, forced.seen = id, value, 0, most, seen
}

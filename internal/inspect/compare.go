package inspect

import (
	"bytes"
	"maps"
	"slices"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Verdict is how the values of one key stand to each other.
type Verdict string

// The verdicts. Space says that the values differ in whitespace at their ends only,
// which is what a newline from echo does.
const (
	Equal     Verdict = "equal"
	Space     Verdict = "differ only in whitespace at the ends"
	Different Verdict = "different"
	OnlyA     Verdict = "only in the first"
	OnlyB     Verdict = "only in the second"
)

// Comparison says key by key whether two Secrets, or two ConfigMaps, hold the same.
type Comparison struct {
	A, B  model.Ref
	Types [2]string
	Keys  []KeyVerdict // sorted by name
	Left  int          // keys beyond the bound
}

// KeyVerdict is one key; sizes are left out, since a size tells of a value.
type KeyVerdict struct {
	Key     string
	Verdict Verdict
}

const maxKeys = 10_000

// Compare compares the data of two objects without telling any of it.
func Compare(a, b model.Ref, dataA, dataB map[string][]byte) *Comparison {
	c := &Comparison{A: a, B: b}
	keys := map[string]bool{}
	for k := range dataA {
		keys[k] = true
	}
	for k := range dataB {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if len(c.Keys) == maxKeys {
			c.Left++
			continue
		}
		va, inA := dataA[k]
		vb, inB := dataB[k]
		verdict := Different
		switch {
		case !inB:
			verdict = OnlyA
		case !inA:
			verdict = OnlyB
		case bytes.Equal(va, vb):
			verdict = Equal
		case bytes.Equal(bytes.TrimSpace(va), bytes.TrimSpace(vb)):
			verdict = Space
		}
		c.Keys = append(c.Keys, KeyVerdict{sanitize.Line(k, 253), verdict})
	}
	return c
}

// Count is how many keys have a verdict.
func (c *Comparison) Count(v Verdict) int {
	n := 0
	for _, k := range c.Keys {
		if k.Verdict == v {
			n++
		}
	}
	return n
}

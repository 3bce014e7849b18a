package mask

import (
	"hash/maphash"
	"strings"
	"sync"
)

// Known recognises the values of Secrets that stand in a text under no name. It keeps
// no value, but a hash of each by a seed that is random for the process and that
// never leaves it. It is safe for concurrent use.
type Known struct {
	seed maphash.Seed
	mu   sync.RWMutex
	sums map[uint64]struct{}
}

// The bounds of values that are recognised. A shorter one stands in ordinary words.
const (
	leastKnown = 8
	mostKnown  = 512
	maxKnown   = 200_000
	longRandom = 20 // from here on a value counts under any name
)

// NewKnown returns a Known of no values.
func NewKnown() *Known {
	return &Known{seed: maphash.MakeSeed(), sums: map[uint64]struct{}{}}
}

// Add takes over one value of a Secret of a namespace, if it is one word that would be
// recognised: not what may be the name of an object, a host or a word of prose.
func (k *Known) Add(namespace, name string, value []byte) {
	if len(value) < leastKnown || len(value) > mostKnown {
		return
	}
	word := strings.TrimSpace(string(value))
	switch {
	case len(word) < leastKnown || strings.ContainsAny(word, " \t\n\r\"'"), strings.Contains(word, "://"), strings.HasPrefix(word, "/"):
		return
	case isWord(word) || isObjectName(word) || isHarmless(word, field{}) || !Name(name) && (len(word) < longRandom || !isMixed(word)):
		return
	}
	sum := k.sum(namespace, word)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.sums) < maxKnown {
		k.sums[sum] = struct{}{}
	}
}

func (k *Known) sum(namespace, word string) uint64 {
	var h maphash.Hash
	h.SetSeed(k.seed)
	h.WriteString(namespace)
	h.WriteByte(0)
	h.WriteString(word)
	return h.Sum64()
}

// Text is a text about a namespace without the values that are known of it.
func (k *Known) Text(namespace, text string) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if len(k.sums) == 0 || len(text) < leastKnown {
		return text
	}
	var out strings.Builder
	done := 0
	for i := 0; i < len(text); {
		from := i
		for i < len(text) && !isBlank(text[i]) && text[i] != '\n' && !isQuote(text[i]) {
			i++
		}
		if at, end, ok := k.wordIn(namespace, text[from:i]); ok {
			out.WriteString(text[done : from+at])
			out.WriteString(Hidden)
			done = from + end
		}
		i++
	}
	if done == 0 {
		return text
	}
	out.WriteString(text[done:])
	return out.String()
}

// wordIn finds a known value in a word: all of it, without the punctuation around it,
// or what stands behind the name that it is assigned to.
func (k *Known) wordIn(namespace, word string) (from, to int, ok bool) {
	for from <= len(word) {
		for _, end := range [...]int{len(word), from + len(strings.TrimRight(word[from:], ".,;:!?)]}>"))} {
			if end-from < leastKnown {
				continue
			}
			if _, ok = k.sums[k.sum(namespace, word[from:end])]; ok {
				return from, end, true
			}
		}
		i := strings.IndexAny(word[from:], "=:([{<,;@/")
		if i < 0 || from > mostKnown {
			break
		}
		from += i + 1
	}
	return 0, 0, false
}

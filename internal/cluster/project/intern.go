package project

import (
	"hash/maphash"
	"strings"
	"sync"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/sanitize"
)

const (
	internShards = 16
	internEach   = 1024 // strings a shard keeps at least
	internLength = 256
)

// interner keeps one copy of strings that many objects share: namespaces, labels,
// images, reasons, node names.
type interner struct {
	seed   maphash.Seed
	shards [internShards]struct {
		sync.Mutex
		recent[string, string]
	}
}

func newInterner() *interner {
	n := &interner{seed: maphash.MakeSeed()}
	for i := range n.shards {
		n.shards[i].limit = internEach
	}
	return n
}

// get returns the copy of s that is kept. A string that comes for the first time passes
// clean, and what that makes of it is kept.
func (n *interner) get(s string, clean func(string) string) string {
	if s == "" {
		return s
	}
	if len(s) > internLength {
		return clean(s)
	}
	shard := &n.shards[maphash.String(n.seed, s)%internShards]
	shard.Lock()
	kept, ok := shard.get(s)
	shard.Unlock()
	if ok {
		return kept
	}
	if cleaned := clean(s); cleaned != s {
		return cleaned
	}
	shard.Lock()
	defer shard.Unlock()
	if kept, ok := shard.get(s); ok {
		return kept
	}
	kept = strings.Clone(s)
	shard.put(kept, kept)
	return kept
}

// The bounds of strings, in bytes.
const (
	nameLimit    = 253
	wordLimit    = 317 // a label key: a DNS name, a slash, 63 characters
	imageLimit   = 1024
	messageLimit = 1024
	noteLimit    = 512 // an annotation's value
)

// name sanitises a name that is likely to be its object's own.
func name(s string) string { return sanitize.Line(s, nameLimit) }

// word sanitises and masks a string that many objects share, and keeps it once.
func (p *Projector) word(s string) string {
	return p.shared.get(sanitize.Line(s, wordLimit), mask.Text)
}

func (p *Projector) words(list []string, limit int) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, min(len(list), limit))
	for i := range out {
		out[i] = p.word(list[i])
	}
	return out
}

// message sanitises and masks what a program, a controller or a webhook says about an
// object of a namespace. It may quote a log, a command line or a Secret.
func (p *Projector) message(namespace, s string) string {
	if s == "" {
		return ""
	}
	return p.known.Text(namespace, mask.Lines(s, messageLimit))
}

package project

import (
	"hash/maphash"
	"maps"
	"sync"
)

const (
	pairShards = 16
	pairEach   = 512 // maps a shard keeps at least
)

// pairs keeps one copy of maps that many objects share: a Deployment, its template, its
// selector, its Service and its account have the same labels, and containers of many
// programs ask for the same amounts. What it returns is never changed.
type pairs struct {
	seed   maphash.Seed
	shards [pairShards]struct {
		sync.Mutex
		recent[uint64, map[string]string]
	}
}

func newPairs() *pairs {
	p := &pairs{seed: maphash.MakeSeed()}
	for i := range p.shards {
		p.shards[i].limit = pairEach
	}
	return p
}

// like returns the copy that is kept of what m holds; nil where there is none. All that is
// kept was made harmless in the same way, so that what is equal to it is harmless as well.
func (p *pairs) like(m map[string]string) map[string]string {
	sum := sumOf(p.seed, m)
	shard := &p.shards[sum%pairShards]
	shard.Lock()
	kept, _ := shard.get(sum)
	shard.Unlock()
	return alike(kept, m)
}

// once returns the copy that is kept of m, which is m itself where there was none.
func (p *pairs) once(m map[string]string) map[string]string {
	if len(m) == 0 {
		return m
	}
	sum := sumOf(p.seed, m)
	shard := &p.shards[sum%pairShards]
	shard.Lock()
	defer shard.Unlock()
	if kept, ok := shard.get(sum); ok && maps.Equal(kept, m) {
		return kept
	}
	shard.put(sum, m)
	return m
}

// sumOf hashes a map whatever the order of its keys.
func sumOf(seed maphash.Seed, m map[string]string) (sum uint64) {
	for k, v := range m {
		sum += maphash.Comparable(seed, [2]string{k, v})
	}
	return sum
}

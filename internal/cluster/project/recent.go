package project

// recent keeps the values that were put or asked for last: at least limit of them, and at
// most twice as many, so that what is used again stays and what is not goes.
type recent[K comparable, V any] struct {
	limit      int
	young, old map[K]V
}

func (r *recent[K, V]) get(k K) (v V, ok bool) {
	if v, ok = r.young[k]; ok {
		return v, true
	}
	if v, ok = r.old[k]; ok {
		r.put(k, v)
	}
	return v, ok
}

func (r *recent[K, V]) put(k K, v V) {
	if r.young == nil || len(r.young) >= r.limit {
		r.old, r.young = r.young, make(map[K]V, min(64, r.limit))
	}
	r.young[k] = v
}

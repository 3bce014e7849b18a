package cluster

import "sync/atomic"

// room bounds what several feeds keep together. Each takes a place for every object of a
// first or repeated reading, and gives them back when it reads again or ends.
type room struct{ left atomic.Int64 }

func newRoom(n int64) *room {
	r := &room{}
	r.left.Store(n)
	return r
}

// take reports whether there was a place. A nil room has no end.
func (r *room) take() bool {
	if r == nil {
		return true
	}
	if r.left.Add(-1) >= 0 {
		return true
	}
	r.left.Add(1)
	return false
}

func (r *room) give(n int64) {
	if r != nil {
		r.left.Add(n)
	}
}

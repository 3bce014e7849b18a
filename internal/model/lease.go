package model

import (
	"reflect"
	"time"
)

// Lease is a Lease: who holds it, and until when. Each leader election has one, renewed every
// two seconds, and each node, renewed every ten, which is not watched.
type Lease struct {
	Meta
	Holder   string        `careen:"name"`
	Renewed  time.Time     // by the holder's clock; see Renewal
	Duration time.Duration // after which without renewal it has run out
}

// Renewal reports whether row says nothing new but that the holder of a lease renewed
// it before it ran out. That is no change that anyone need look at; that no renewal
// came in time is for a rule to find, which asks to be woken when one is due.
func Renewal(old, row Row) bool {
	before, ok := old.(*Lease)
	now, also := row.(*Lease)
	if !ok || !also || before.Renewed.IsZero() || now.Renewed.Sub(before.Renewed) > before.Duration || now.Renewed.Before(before.Renewed) {
		return false
	}
	like := *before
	like.ResourceVersion, like.Renewed = now.ResourceVersion, now.Renewed
	return reflect.DeepEqual(&like, now)
}

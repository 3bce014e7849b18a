package agent

import "time"

// How soon what could not be written is tried again.
const (
	retryFirst  = 2 * time.Second
	retryAtMost = 10 * time.Minute
)

// retries are the namespaces whose object has to wait.
type retries map[string]*retry

type retry struct {
	pause time.Duration
	at    time.Time
}

// failed makes a namespace wait, longer every time.
func (r retries) failed(namespace string, now time.Time) {
	one := r[namespace]
	if one == nil {
		one = &retry{}
		r[namespace] = one
	}
	one.pause = min(max(2*one.pause, retryFirst), retryAtMost)
	one.at = now.Add(one.pause)
}

// contested makes a namespace wait whose object somebody else writes too: two that write
// the same object in turn would never end.
func (r retries) contested(namespace string, times int, now time.Time) {
	pause := retryAtMost
	if times < 6 {
		pause = min(retryFirst<<(2*(times-1)), retryAtMost)
	}
	r[namespace] = &retry{pause, now.Add(pause)}
}

// waits reports whether a namespace has to wait still.
func (r retries) waits(namespace string, now time.Time) bool {
	one := r[namespace]
	return one != nil && one.at.After(now)
}

// next is when the first of them need not wait any more; zero where none waits.
func (r retries) next() (at time.Time) {
	for _, one := range r {
		if at.IsZero() || one.at.Before(at) {
			at = one.at
		}
	}
	return at
}

package repair

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
)

// Lease says who works on an entry. It is renewed for as long as they do; times are by
// the server's clock.
type Lease struct {
	Who   string    `json:"who"`
	Host  string    `json:"host"`
	Token string    `json:"token"` // tells one careen from another
	Since time.Time `json:"since"`
	Beat  time.Time `json:"beat"` // when it was renewed last

	raw string // as it stands in the entry
}

// A lease is renewed every beatEvery, and counts for nothing once it was not for
// staleAfter: whoever held it is dead, or cut off. Until then nobody else takes the
// entry back or finishes it.
const (
	beatEvery  = 5 * time.Second
	staleAfter = 30 * time.Second
)

// leaseLimit bounds what is read as a lease.
const leaseLimit = 2 << 10

func (m *Mender) newLease(ctx context.Context) Lease {
	now := m.serverNow().UTC()
	return Lease{Who: m.identity(ctx), Host: m.host, Token: rand.Text(), Since: now, Beat: now}
}

func (l Lease) text() string {
	b, _ := json.Marshal(l) //nolint:errchkjson // strings and times
	return string(b)
}

func readLease(raw string) (l Lease) {
	if raw == "" || len(raw) > leaseLimit || json.Unmarshal([]byte(raw), &l) != nil {
		l = Lease{}
	}
	l.raw = raw
	l.Who, l.Host = sanitize.Line(l.Who, 256), sanitize.Line(l.Host, 256)
	return l
}

// holds reports whether whoever holds the lease is at work at that time of the server.
func (l Lease) holds(now time.Time, stale time.Duration) bool {
	return l.Token != "" && now.Sub(l.Beat).Abs() <= stale
}

// words is "by oncall on laptop since 15:04:05 (2m ago)".
func (l Lease) words(now time.Time) string {
	age, _ := text.Steps(max(0, now.Sub(l.Since)))
	return fmt.Sprintf("by %s on %s since %s UTC (%s ago)", l.Who, l.Host, l.Since.UTC().Format(time.TimeOnly), age)
}

// beingApplied refuses to touch an entry that someone works on.
func (e *Entry) beingApplied(now time.Time) error {
	until := fmt.Sprintf("wait for it; if it died, its entry is free %s after its last sign of life", staleAfter)
	switch {
	case e.Undoing != nil:
		return refuse("Entry %s is being taken back %s: %s.", e.ID, e.Undoing.Lease.words(now), until)
	case e.Live && e.UndoOf != "":
		return refuse("Entry %s takes back entry %s, and is being applied %s: %s.", e.ID, e.UndoOf, e.Lease.words(now), until)
	case e.Live:
		return refuse("Entry %s is being applied %s: %s.", e.ID, e.Lease.words(now), until)
	}
	return nil
}

// takeOver puts this careen's lease on an entry whose own is stale or given up, so that
// whoever held it, should they wake up, stops before their next write.
func (m *Mender) takeOver(ctx context.Context, e *Entry, lease Lease) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	head, err := m.kube.CoreV1().Secrets(e.Namespace).Get(ctx, secretName(e.ID, 1), metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading journal entry %s: %w", e.ID, err)
	}
	if stateIn(head) != e.State {
		return refuse("Entry %s is %s since the plan was made.", e.ID, stateIn(head))
	}
	e.Lease = readLease(head.Annotations[applyingNote])
	if e.Live = e.Lease.holds(m.serverNow(), m.stale()); e.Live {
		return e.beingApplied(m.serverNow())
	}
	n := noting{was: State(head.Labels[stateLabel]), lease: e.Lease.raw, set: map[string]string{applyingNote: lease.text()}}
	if err := m.note(ctx, e, n); err != nil {
		return err
	}
	e.Lease, e.Live = lease, true
	e.Lease.raw = lease.text()
	return nil
}

func stateIn(head *corev1.Secret) State {
	for _, s := range states {
		if head.Labels[stateLabel] == string(s) {
			return s
		}
	}
	return Open
}

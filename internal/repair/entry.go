package repair

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/sanitize"
)

// reading reads journal entries, knowing which were applied from here. What strangers
// may have planted is read within a budget.
type reading struct {
	*Mender
	known   map[string]kept
	key     []byte
	warning string
	want    string // the beginning of the ids that are read whatever they cost

	entriesLeft, bytesLeft, partsLeft int // of the strangers' entries
}

// errFuture is said of a stranger's entry that is dated ahead of the time at which the
// server stored it.
var errFuture = errors.New("it is dated in the future: it is made up, or the clock of the host that wrote it is wrong")

// clockSkew is by how much the clock of whoever wrote an entry may be ahead of the
// server's.
const clockSkew = 5 * time.Minute

// The budget of what was not applied from here, in one listing.
const (
	strangerEntries = 200
	strangerBytes   = 64 << 20 // unpacked
	strangerParts   = 64       // Secrets besides the heads
	strangerEntry   = 8 << 20  // unpacked, of one entry
)

func (m *Mender) reading(want string) *reading {
	r := &reading{
		Mender: m, want: want, key: operatorKey(m.log.path),
		entriesLeft: strangerEntries, bytesLeft: strangerBytes, partsLeft: strangerParts,
	}
	r.known, r.warning = m.log.entries()
	return r
}

// entry reads an entry from its head; nil where it is a stranger's beyond the budget.
// What is wrong with it is the entry's Problem.
func (r *reading) entry(ctx context.Context, head *corev1.Secret) *Entry {
	id := strings.TrimPrefix(head.Name, secretName("", 1))
	named := r.want != "" && strings.HasPrefix(id, r.want)
	if !named && !r.claims(head, id) {
		if r.entriesLeft == 0 || r.bytesLeft <= 0 || r.partsLeft <= 0 {
			return nil
		}
		r.entriesLeft--
	}
	e := &Entry{}
	err := r.content(ctx, head, id, e, named)
	stored := head.CreationTimestamp.Time
	if stored.IsZero() {
		stored = r.serverNow()
	}
	if err == nil && !e.Own && e.At.After(stored.Add(clockSkew)) {
		err = errFuture
	}
	if err != nil {
		e = &Entry{Problem: sanitize.Line(err.Error(), maxMessage), Title: head.Annotations[titleNote]}
	}
	if !e.Own {
		e.At = stored // what it says itself may be made up
	}
	r.describe(e, head, id)
	return e
}

// claims reports whether a head seems to be that of an entry applied from here, before
// all of its content is read.
func (r *reading) claims(head *corev1.Secret, id string) bool {
	return r.known[id].object == headOf(head) ||
		head.Annotations[partsNote] == "1" && signed(r.key, serverOf(r.cluster), head.Namespace, digest(head.Data[payloadKey]), head.Annotations[signedNote])
}

// headOf is how the operator's log names a head.
func headOf(head *corev1.Secret) string { return "Secret " + head.Namespace + "/" + head.Name }

// describe takes over what labels and annotations say.
func (r *reading) describe(e *Entry, head *corev1.Secret, id string) {
	e.ID, e.Namespace, e.State, e.Progress = id, head.Namespace, stateIn(head), map[int]Did{}
	if r.known[id].undone {
		e.State = Undone // whatever its label says by now
	}
	for k, v := range head.Annotations {
		n, err := strconv.Atoi(strings.TrimPrefix(k, stepNote))
		var did Did
		if err == nil && strings.HasPrefix(k, stepNote) && n > 0 && n <= len(e.Writes) && json.Unmarshal([]byte(v), &did) == nil {
			e.Progress[n] = did
		}
	}
	e.Lease = readLease(head.Annotations[applyingNote])
	e.Live = e.State == Open && e.Lease.holds(r.serverNow(), r.stale())
	e.Reason = sanitize.Line(head.Annotations[reasonNote], maxMessage)
	e.Title, e.By, e.Host = sanitize.Line(e.Title, 300), sanitize.Line(e.By, 256), sanitize.Line(e.Host, 256)
	e.Cluster, e.Version = sanitize.Line(e.Cluster, 256), sanitize.Line(e.Version, 64)
}

// content reads and checks what the entry's Secrets hold.
func (r *reading) content(ctx context.Context, head *corev1.Secret, id string, e *Entry, named bool) error {
	parts, err := strconv.Atoi(head.Annotations[partsNote])
	if err != nil || parts < 1 || parts > partsLimit || head.Type != journalType {
		return errTampered
	}
	b, err := r.joined(ctx, head.Namespace, id, parts, head)
	if err != nil {
		return err
	}
	sum := digest(b)
	if len(id) != idLength || sum[:idLength] != id {
		return errTampered
	}
	k := r.known[id]
	own := !k.pruned && (k.digest == sum && k.object == headOf(head) && k.server == serverOf(r.cluster) ||
		signed(r.key, serverOf(r.cluster), head.Namespace, sum, head.Annotations[signedNote]))
	limit := unpackedLimit
	if !own && !named {
		limit = strangerEntry
	}
	if err := r.unpack(b, e, limit); err != nil {
		return err
	}
	e.parts, e.digest, e.Own = parts, sum, own
	if err := e.ofHead(head.Namespace); err != nil {
		return err
	}
	for _, s := range e.Shards {
		if err := r.shard(ctx, s, id, e, limit); err != nil {
			return err
		}
	}
	return e.sound()
}

// shard reads the part of an entry that stands in another namespace. It holds what is
// written of that namespace, and nothing else.
func (r *reading) shard(ctx context.Context, s shard, id string, e *Entry, limit int) error {
	if s.Parts < 1 || s.Parts > partsLimit || !validNamespace(s.Namespace) || s.Namespace == e.Namespace {
		return errTampered
	}
	b, err := r.joined(ctx, s.Namespace, id, s.Parts, nil)
	if err != nil {
		return err
	}
	if digest(b) != s.Digest {
		return fmt.Errorf("its part in namespace %s is not what was written", s.Namespace)
	}
	var own []numbered
	if err := r.unpack(b, &own, limit); err != nil {
		return err
	}
	for _, n := range own {
		if n.Number < 1 || n.Number > len(e.Writes) || n.Write == nil || e.Writes[n.Number-1] != nil || n.Write.Ref.Namespace != s.Namespace {
			return errTampered
		}
		e.Writes[n.Number-1] = n.Write
	}
	return nil
}

// unpack decodes a payload, and takes it off the budget.
func (r *reading) unpack(b []byte, into any, limit int) error {
	size, err := unpack(b, into, limit)
	r.bytesLeft -= size
	return err
}

// joined puts a payload together from its Secrets; first is the one already read.
func (r *reading) joined(ctx context.Context, namespace, id string, parts int, first *corev1.Secret) ([]byte, error) {
	var out []byte
	for part := 1; part <= parts; part++ {
		s := first
		if part > 1 || s == nil {
			r.partsLeft--
			var err error
			if s, err = r.kube.CoreV1().Secrets(namespace).Get(ctx, secretName(id, part), metav1.GetOptions{}); err != nil {
				return nil, fmt.Errorf("its part %s/%s cannot be read: %s", namespace, secretName(id, part), resultOf(err))
			}
			if s.Type != journalType {
				return nil, errTampered
			}
		}
		out = append(out, s.Data[payloadKey]...)
	}
	return out, nil
}

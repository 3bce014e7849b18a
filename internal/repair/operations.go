package repair

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Operation is one line of the operator's log: what was asked of which object, and
// what came of it. It never holds any content of an object.
type Operation struct {
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Cluster string    `json:"cluster"`
	Entry   string    `json:"entry,omitempty"`
	Verb    string    `json:"verb"`
	Object  string    `json:"object"`
	UID     string    `json:"uid,omitempty"`
	Before  string    `json:"resourceVersionBefore,omitempty"`
	After   string    `json:"resourceVersionAfter,omitempty"`
	Digest  string    `json:"digest,omitempty"` // of a journal entry's content, when its head is created
	Result  string    `json:"result"`           // begun, done, or the reason the server gave in its own word
	Prev    string    `json:"prev"`             // SHA-256 of the line before, in hex; empty for the first
	Sum     string    `json:"sum"`              // SHA-256 of this line as it is with an empty sum
}

// sealed is the line of an operation, with its sum.
func (op Operation) sealed() ([]byte, error) {
	op.Sum = ""
	bare, err := json.Marshal(op)
	if err != nil {
		return nil, err
	}
	op.Sum = hashOf(bare)
	return json.Marshal(op)
}

// sealedAs reports whether that is the operation's line.
func (op Operation) sealedAs(line []byte) bool {
	whole, err := op.sealed()
	return err == nil && bytes.Equal(whole, line)
}

// operations is the operator's log: one JSON object a line, each with the hash of
// the line before. It is only appended to, under a lock that other processes of the
// same user respect.
type operations struct {
	path string
	now  func() time.Time
}

// lineLimit bounds one line; longer ones are not ours.
const lineLimit = 64 << 10

// append writes one line and returns when it is on the disk.
func (l *operations) append(op Operation) error {
	if err := l.write(op); err != nil {
		return fmt.Errorf("writing the operator's log %s: %w", l.path, err)
	}
	return nil
}

func (l *operations) write(op Operation) (err error) {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return err
	}
	lock := flock.New(l.path+".lock", flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.Chmod(0o600); err != nil {
		return err
	}
	last, whole, err := lastLine(f)
	if err != nil {
		return err
	}
	if op.Prev = ""; last != nil {
		op.Prev = hashOf(last)
	}
	op.At = l.now().UTC()
	line, err := op.sealed()
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if !whole {
		line = append([]byte{'\n'}, line...)
	}
	if _, err := f.Write(line); err != nil {
		return err
	}
	return f.Sync()
}

func hashOf(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// lastLine returns the file's last line, nil where it is empty; whole is false where
// that line has no end, because a write was cut.
func lastLine(f *os.File) (line []byte, whole bool, err error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return nil, true, err
	}
	tail := make([]byte, min(size, lineLimit))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return nil, true, err
	}
	whole = tail[len(tail)-1] == '\n'
	tail = bytes.TrimSuffix(tail, []byte{'\n'})
	return tail[bytes.LastIndexByte(tail, '\n')+1:], whole, nil
}

// LogReport is what a check of the operator's log found.
type LogReport struct {
	Path  string
	Lines int
	Torn  []int  // lines that a crash cut short, from 1; the chain goes on over them
	Bad   int    // the first line that does not follow from the one before; 0 for none
	Why   string // what is wrong with it
}

// VerifyLog checks the hash chain of the operator's log. A log that does not exist
// is an empty one.
func (m *Mender) VerifyLog() (LogReport, error) { return VerifyLog(m.log.path) }

// VerifyLog checks the log at path.
func VerifyLog(path string) (LogReport, error) {
	return (&operations{path: path}).scan(func(Operation) {})
}

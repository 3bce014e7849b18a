package repair

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// kept is what the operator's log says of one journal entry.
type kept struct {
	object string // the Secret of its head
	digest string // of its content
	server string
	undone bool
	pruned bool // whoever puts it there again is not the operator
}

// What the log says of entries, besides the creation of their Secrets.
const (
	verbUndone = "undone"
	verbForget = "delete"
)

// entries reads from the log what was kept in the journal from here, by id. Lines after
// a break of the chain count for nothing; why then says where it breaks.
func (l *operations) entries() (known map[string]kept, why string) {
	known = map[string]kept{}
	r, err := l.scan(func(op Operation) {
		head := op.Entry != "" && strings.HasSuffix(op.Object, "/"+secretName(op.Entry, 1)) && op.Result == "done"
		switch {
		case head && op.Verb == string(Create) && op.Digest != "":
			known[op.Entry] = kept{object: op.Object, digest: op.Digest, server: serverOf(op.Cluster)}
		case head && op.Verb == verbForget:
			known[op.Entry] = kept{pruned: true}
		case head && op.Verb == verbUndone:
			k := known[op.Entry]
			k.undone = true
			known[op.Entry] = k
		}
	})
	switch {
	case err != nil:
		why = err.Error()
	case r.Bad > 0:
		why = fmt.Sprintf("the operator's log %s breaks at line %d: %s", l.path, r.Bad, r.Why)
	}
	return known, why
}

// serverOf is the server's part of how the log names a cluster: what a kubeconfig calls
// it may change.
func serverOf(cluster string) string { return cluster[strings.LastIndexByte(cluster, ' ')+1:] }

// scan reads the log line by line and checks its chain as far as it holds. A log that
// does not exist is an empty one.
func (l *operations) scan(each func(Operation)) (LogReport, error) {
	r := LogReport{Path: l.path}
	f, err := os.Open(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("reading the operator's log: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 0, 4096), lineLimit)
	prev := ""
	for lines.Scan() {
		r.Lines++
		line := lines.Bytes()
		var op Operation
		switch {
		case json.Unmarshal(line, &op) != nil:
			r.Torn = append(r.Torn, r.Lines)
		case op.Prev != prev:
			r.Bad, r.Why = r.Lines, "it does not hold the hash of the line before: a line was changed, added or removed"
			return r, nil
		case !op.sealedAs(line):
			r.Bad, r.Why = r.Lines, "it was changed after it was written"
			return r, nil
		default:
			each(op)
		}
		prev = hashOf(line)
	}
	if err := lines.Err(); err != nil {
		return r, fmt.Errorf("reading the operator's log: %w", err)
	}
	return r, nil
}

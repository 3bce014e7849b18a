package repair

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// packed is an entry as it is stored: payloads by namespace, the head's first.
type packed struct {
	id       string
	payloads []payload
}

type payload struct {
	namespace, role string
	bytes           []byte
}

// numbered is a write at its place in the entry.
type numbered struct {
	Number int    `json:"number"`
	Write  *Write `json:"write"`
}

// pack encodes the entry and gives it its id, which is a digest of its content: a
// Secret whose content was exchanged does not fit its name.
func (e *Entry) pack() (packed, error) {
	e.Nonce = rand.Text()
	head := *e
	head.Writes, head.Shards = make([]*Write, len(e.Writes)), nil
	var out packed
	for _, ns := range e.namespaces() {
		var own []numbered
		for i, w := range e.Writes {
			switch {
			case e.home(w) != ns:
			case ns == e.Namespace:
				head.Writes[i] = w
			default:
				own = append(own, numbered{i + 1, w})
			}
		}
		if ns == e.Namespace {
			continue
		}
		b, err := compress(own)
		if err != nil {
			return packed{}, err
		}
		head.Shards = append(head.Shards, shard{ns, digest(b), partsOf(b)})
		out.payloads = append(out.payloads, payload{ns, shardRole, b})
	}
	b, err := compress(head)
	if err != nil {
		return packed{}, err
	}
	e.digest = digest(b)
	out.id = e.digest[:idLength]
	out.payloads = append([]payload{{e.Namespace, headRole, b}}, out.payloads...)
	e.ID, e.Shards, e.parts = out.id, head.Shards, partsOf(b)
	return out, nil
}

const (
	idLength = 12

	// partLimit is below the API server's limit of 1 MiB for a Secret's data.
	partLimit = 1000 << 10

	// unpackedLimit bounds what an entry may expand to, and partsLimit how many
	// Secrets it may claim to have.
	unpackedLimit = 64 << 20
	partsLimit    = 32
)

func partsOf(b []byte) int { return max(1, (len(b)+partLimit-1)/partLimit) }

func compress(v any) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(v); err != nil {
		return nil, fmt.Errorf("encoding the journal entry: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("encoding the journal entry: %w", err)
	}
	return b.Bytes(), nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// errTampered is said of an entry whose content is not what was written.
var errTampered = errors.New("its content is not what was written: it was changed, or is not careen's")

// unpack decodes a payload and says how large it is unpacked. It trusts nothing: what
// expands too far, is cut, or is no JSON is refused in words that do not repeat it.
func unpack(b []byte, into any, limit int) (size int, err error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return 0, errTampered
	}
	text, err := io.ReadAll(io.LimitReader(z, int64(limit)+1))
	switch {
	case err != nil:
		return len(text), errTampered
	case len(text) > limit:
		return len(text), fmt.Errorf("it expands to more than %d MiB", limit>>20)
	case !modest(text), json.Unmarshal(text, into) != nil:
		return len(text), errTampered
	}
	return len(text), nil
}

// What a payload may hold: each value takes far more memory decoded than written, and
// each level an indentation when it is shown.
const (
	valuesLimit = 200_000
	depthLimit  = 100
)

// modest reports whether JSON holds no more values, and no deeper ones, than an entry
// could need. Text that is no JSON is left to the decoder.
func modest(text []byte) bool {
	values, depth, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{', c == '[':
			values++
			depth++
		case c == '}', c == ']':
			depth--
		case c == ',':
			values++
		}
		if values > valuesLimit || depth > depthLimit {
			return false
		}
	}
	return true
}

package preflight

import (
	crand "crypto/rand"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/rand/v2"
	"regexp"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

// disguise makes up values that look like others, so that what a chart computes from
// them can be shown: letters become other letters, digits other digits, and what
// parses still parses. The same value becomes the same each time.
//
// A chart may turn a Secret's value into anything, a name, a hash, a number of
// replicas, letter by letter if it wants to. What it renders from made-up values holds
// nothing of the Secret but a length and where its punctuation is, whatever it does.
type disguise struct {
	random *rand.Rand
	made   map[string]string
	stands *standIns
}

func newDisguise() *disguise {
	var seed [32]byte
	_, _ = crand.Read(seed[:]) // never fails
	return &disguise{random: rand.New(rand.NewChaCha8(seed)), made: map[string]string{}, stands: &standIns{}}
}

// object makes up the values of a Secret, of each in a list, and of a Helm record in a
// ConfigMap. It returns which of them held any.
func (d *disguise) object(object map[string]any) (secrets []model.Ref) {
	if items, ok := object["items"].([]any); ok {
		for _, item := range items {
			if m, ok := item.(map[string]any); ok {
				secrets = append(secrets, d.object(m)...)
			}
		}
		return secrets
	}
	u := &unstructured.Unstructured{Object: object}
	record := u.GetKind() == "ConfigMap" && u.GetLabels()["owner"] == "helm"
	if u.GetKind() != "Secret" && !record {
		return nil
	}
	held := false
	for _, field := range []string{"data", "stringData"} {
		values, _ := object[field].(map[string]any)
		for key, value := range values {
			text, _ := value.(string)
			held = held || text != ""
			values[key] = d.encoded(text)
		}
	}
	const applied = "kubectl.kubernetes.io/last-applied-configuration" // repeats the values
	if notes := u.GetAnnotations(); notes[applied] != "" {
		notes[applied] = d.value(notes[applied])
		u.SetAnnotations(notes)
	}
	if !held {
		return nil
	}
	return []model.Ref{{Kind: model.Kind(u.GetKind()), Namespace: u.GetNamespace(), Name: u.GetName()}}
}

// encoded makes up what is base64 of something.
func (d *disguise) encoded(text string) string {
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil || text == "" {
		return d.value(text)
	}
	return base64.StdEncoding.EncodeToString([]byte(d.value(string(plain))))
}

// value makes up a value.
func (d *disguise) value(text string) string {
	if text == "" || text == "true" || text == "false" {
		return text
	}
	if made, ok := d.made[text]; ok {
		return made
	}
	made := d.like(text)
	d.made[text] = made
	return made
}

func (d *disguise) like(text string) string {
	if block, _ := pem.Decode([]byte(text)); block != nil {
		return d.blocks([]byte(text))
	}
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err == nil {
			if out, err := json.Marshal(d.parsed(v)); err == nil {
				return string(out)
			}
		}
	}
	if !utf8.ValidString(text) {
		return string(d.bytes(len(text)))
	}
	return d.letters(text)
}

// fieldName is a key of JSON that names a field, and is no value itself.
var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,31}$`)

func (d *disguise) parsed(v any) any {
	switch v := v.(type) {
	case string:
		return d.value(v)
	case float64:
		return json.Number(d.number(v))
	case []any:
		for i := range v {
			v[i] = d.parsed(v[i])
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, below := range v {
			if !fieldName.MatchString(key) {
				key = d.value(key)
			}
			out[key] = d.parsed(below)
		}
		return out
	}
	return v
}

func (d *disguise) number(v float64) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "0"
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, string(text))
	return d.letters(digits)
}

// scrub takes out of a text what was made up for others: the values themselves, where
// they are long enough not to stand in it by chance, and their base64.
func (d *disguise) scrub(text string) string {
	const least = 6 // bytes
	for value := range d.made {
		if len(value) >= least {
			text = strings.ReplaceAll(text, value, hidden)
			text = strings.ReplaceAll(text, base64.StdEncoding.EncodeToString([]byte(value)), hidden)
		}
	}
	return text
}

// letters replaces letters and digits; at least one of them changes.
func (d *disguise) letters(text string) string {
	for range 100 {
		made := strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z':
				return 'a' + d.random.Int32N(26)
			case r >= 'A' && r <= 'Z':
				return 'A' + d.random.Int32N(26)
			case r >= '0' && r <= '9': // a number does not begin with a zero
				return '1' + d.random.Int32N(9)
			case r > 0x7f:
				return 'a' + d.random.Int32N(26)
			}
			return r
		}, text)
		if made != text {
			return made
		}
	}
	return strings.Repeat("x", len(text)) // of punctuation alone
}

func (d *disguise) bytes(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(d.random.Uint32())
	}
	return out
}

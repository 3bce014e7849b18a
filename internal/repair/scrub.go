package repair

import (
	"encoding/base64"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

// scrubber knows the secret values that passed through a plan, and takes them out
// of text that others wrote: a server's or a webhook's message.
type scrubber struct {
	values []string
}

// leastSecret is the length from which a value is recognised; a shorter one stands
// in ordinary words.
const leastSecret = 6

func (s *scrubber) learn(u *unstructured.Unstructured) {
	if u == nil || u.GetKind() != string(model.KindSecret) {
		return
	}
	for _, field := range []string{"data", "stringData"} {
		values, _, _ := unstructured.NestedMap(u.Object, field)
		for _, v := range values {
			text, _ := v.(string)
			s.add(text)
			if plain, err := base64.StdEncoding.DecodeString(text); err == nil {
				s.add(string(plain))
			}
		}
	}
}

func (s *scrubber) add(value string) {
	if len(value) >= leastSecret && !slices.Contains(s.values, value) {
		s.values = append(s.values, value)
	}
}

func (s *scrubber) clean(text string) string {
	if s == nil {
		return text
	}
	for _, v := range s.values {
		text = strings.ReplaceAll(text, v, hidden)
	}
	return text
}

package inspect

import (
	"cmp"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// Scrub knows secret values, and takes them out of text in which a chart repeats
// them: its notes, a config map, an argument.
type Scrub struct{ values []string }

const (
	leastSecret = 6 // a shorter value stands in ordinary words
	maxSecrets  = 500
)

// Learn takes over the values of a release that stand under the name of a
// credential.
func (s *Scrub) Learn(values map[string]any) {
	leaves(values, func(path string, v any) {
		text, ok := v.(string)
		name := path[strings.LastIndexByte(path, '.')+1:]
		if ok && LooksSecret(strings.Trim(name, `"`)) {
			s.add(text)
		}
	})
}

// LearnSecrets takes over what the Secrets of a manifest hold.
func (s *Scrub) LearnSecrets(list []Object) {
	for _, o := range list {
		if o.Ref.Kind != model.KindSecret {
			continue
		}
		data, _ := o.Fields["data"].(map[string]any)
		for _, v := range data {
			text, _ := v.(string)
			s.add(text)
			if plain, err := base64.StdEncoding.DecodeString(text); err == nil {
				s.add(string(plain))
			}
		}
		plain, _ := o.Fields["stringData"].(map[string]any)
		for _, v := range plain {
			text, _ := v.(string)
			s.add(text)
		}
	}
}

// words are values that a Secret may hold and that tell nothing.
var words = regexp.MustCompile(`^[a-z]+$`)

func (s *Scrub) add(value string) {
	value = strings.TrimSpace(value)
	if len(value) < leastSecret || len(s.values) >= maxSecrets || slices.Contains(s.values, value) || words.MatchString(value) && len(value) < 12 {
		return
	}
	s.values = append(s.values, value)
	slices.SortFunc(s.values, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// Text is text without the values.
func (s *Scrub) Text(text string) string {
	if s == nil {
		return text
	}
	for _, v := range s.values {
		if strings.Contains(text, v) {
			text = strings.ReplaceAll(text, v, Hidden)
		}
	}
	return text
}

// Difference takes the values out of a difference, in place.
func (s *Scrub) Difference(d *Difference) {
	for i := range d.Parts {
		for _, l := range d.Parts[i].Lines {
			l.Map(s.Text)
		}
	}
}

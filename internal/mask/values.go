package mask

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"sort"
	"strings"
)

// Values are secret values that are known, and that are hidden wherever they stand,
// under whatever name: as they are, line by line, quoted, and encoded in base64 or
// hex, also within a longer text that is encoded. The zero Values, and nil, know none.
type Values struct {
	list []string // the longest first: one may be a part of another
}

const (
	leastValue = 6 // bytes: a shorter value stands in ordinary words
	leastWord  = 12
	maxValues  = 500
	maxEncoded = 1 << 20
	maxNesting = 3 // of encodings
)

// Add takes over one value. A word of a few letters is left out, since it stands in
// ordinary text.
func (v *Values) Add(value string) {
	v.add(value)
	if strings.Contains(value, "\n") {
		for line := range strings.SplitSeq(value, "\n") {
			if !strings.HasPrefix(line, "-----") {
				v.add(line)
			}
		}
	}
	for _, form := range [...]string{quoted(value), url.QueryEscape(value), url.PathEscape(value)} {
		if form != value {
			v.add(form)
		}
	}
}

func quoted(value string) string {
	b, err := json.Marshal(value)
	if err != nil {
		return value
	}
	return string(b[1 : len(b)-1])
}

func (v *Values) add(value string) {
	value = strings.TrimSpace(value)
	if len(value) < leastValue || len(v.list) >= maxValues || slices.Contains(v.list, value) || strings.HasPrefix(value, begun) {
		return
	}
	if len(value) < leastWord && strings.Trim(value, "abcdefghijklmnopqrstuvwxyz") == "" {
		return
	}
	at := sort.Search(len(v.list), func(i int) bool { return len(v.list[i]) < len(value) })
	v.list = slices.Insert(v.list, at, value)
}

// Secret takes over what an object holds if it is a Secret: its values as they are
// and decoded.
func (v *Values) Secret(object map[string]any) {
	if object["kind"] != "Secret" {
		return
	}
	for _, field := range [...]string{"data", "stringData"} {
		data, _ := object[field].(map[string]any)
		for _, value := range data {
			text, _ := value.(string)
			v.Add(text)
			if plain, err := base64.StdEncoding.DecodeString(text); err == nil && field == "data" {
				v.Add(string(plain))
			}
		}
	}
}

// Named takes over the values below v, as JSON decodes them, that stand under the name
// of a credential.
func (v *Values) Named(values map[string]any) {
	for _, value := range collect(nil, values, false, 0) {
		v.Add(value)
	}
}

// Text is a text without the values.
func (v *Values) Text(text string) string {
	if v == nil || len(v.list) == 0 || text == "" {
		return text
	}
	for _, value := range v.list {
		if strings.Contains(text, value) {
			text = strings.ReplaceAll(text, value, Hidden)
		}
	}
	return v.encoded(text)
}

// encoded hides the words of a text that are base64 or hex and hold a value.
func (v *Values) encoded(text string) string {
	if len(text) > maxEncoded {
		return text
	}
	var out strings.Builder
	done := 0
	for i := 0; i < len(text); {
		if !isEncoded(text[i]) {
			i++
			continue
		}
		from := i
		i = encodedEnd(text, i)
		if i-from >= leastValue && v.within(text[from:i], 0) {
			out.WriteString(text[done:from])
			out.WriteString(Hidden)
			done = i
		}
	}
	if done == 0 {
		return text
	}
	out.WriteString(text[done:])
	return out.String()
}

// encodedEnd is where the encoded text ends that begins at i: long lines of base64 may
// be folded.
func encodedEnd(text string, i int) int {
	for {
		from := i
		for i < len(text) && isEncoded(text[i]) {
			i++
		}
		next := i
		for next < len(text) && (isBlank(text[next]) || text[next] == '\n' || text[next] == '\\') {
			next++
		}
		if i-from < 48 || next == i || next >= len(text) || !isEncoded(text[next]) || !strings.Contains(text[i:next], "\n") {
			return i
		}
		i = next
	}
}

// within reports whether a word, decoded, holds one of the values, or another encoding
// of one.
func (v *Values) within(word string, depth int) bool {
	word = strings.Map(func(r rune) rune {
		if r == '\n' || r == ' ' || r == '\t' || r == '\r' || r == '\\' {
			return -1
		}
		return r
	}, word)
	for _, plain := range decodings(word) {
		for _, value := range v.list {
			if strings.Contains(plain, value) {
				return true
			}
		}
		if depth+1 < maxNesting && len(plain) >= leastValue && v.within(plain, depth+1) {
			return true
		}
	}
	return false
}

// decodings are what a word, or what stands in it behind an equals sign, may be the
// encoding of.
func decodings(word string) (out []string) {
	for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return r == '=' }) {
		if plain, err := hex.DecodeString(part); err == nil {
			out = append(out, string(plain))
		}
		part = strings.NewReplacer("-", "+", "_", "/").Replace(part)
		if len(part)%4 == 1 {
			part = part[:len(part)-1] // a letter that stands for no byte
		}
		if plain, err := base64.RawStdEncoding.DecodeString(part); err == nil {
			out = append(out, string(plain))
		}
	}
	return out
}

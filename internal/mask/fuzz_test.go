package mask

import (
	"encoding/xml"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	plainly = letters + "!$%*+./=?^_~-"
)

// spelt is a value as a format of shaped writes it. What the format itself cannot hold
// at that place is left out of it.
func spelt(parser, value string) string {
	only := func(alphabet string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(alphabet, r) {
				return r
			}
			return -1
		}, value)
	}
	switch parser {
	case "json":
		q := quoteJSON(strings.ToValidUTF8(value, ""))
		return q[1 : len(q)-1]
	case "yaml":
		return "x" + only(plainly)
	case "shell":
		return "x" + only(letters+"%+./=_^~-")
	case "quoted":
		return only(plainly + " ,;:&@#()[]{}<>|")
	case "url":
		return url.PathEscape(value)
	case "account":
		return "x" + only(letters+"!*_.~-")
	case "bare":
		return "x" + only(plainly)
	case "header":
		return "x" + only(letters+"._~+/-")
	case "xml":
		var b strings.Builder
		if xml.EscapeText(&b, []byte(value)) != nil {
			return ""
		}
		return b.String()
	}
	return only(letters + "+/")
}

// FuzzCredentials puts a credential into one of the shapes, between other lines and
// within strings: it never comes out.
func FuzzCredentials(f *testing.F) {
	parsers := slices.Sorted(maps.Keys(shaped))
	var shapes [][2]string
	for _, p := range parsers {
		for _, shape := range shaped[p] {
			shapes = append(shapes, [2]string{p, shape})
		}
	}
	for i := range shapes {
		f.Add(uint16(i), uint8(i%3), "", "", "", "")
	}
	f.Add(uint16(0), uint8(1), "it's \"", "\\ \n", "-----BEGIN X-----\ntoken:", "x: |")
	f.Add(uint16(3), uint8(0), "#/?@:", "=&;,", "- --password", "<password>")
	f.Fuzz(func(t *testing.T, n uint16, deep uint8, before, after, lead, tail string) {
		if len(before)+len(after) > 80 || len(lead)+len(tail) > 400 || !utf8.ValidString(before+after) {
			return
		}
		s := shapes[int(n)%len(shapes)]
		in := lead + "\n" + fill(s[1], spelt(s[0], before+sentinel+after)) + "\n" + tail
		for range deep % 3 {
			in = `{"msg":` + quoteJSON(in) + `}`
		}
		if out := Text(in); strings.Contains(out, sentinel) {
			t.Fatalf("%q\nbecame\n%q", in, out)
		}
	})
}

// FuzzText masks whatever comes: it ends, and what it made of a text it leaves alone.
func FuzzText(f *testing.F) {
	for _, list := range shaped {
		for _, shape := range list {
			f.Add(fill(shape, sentinel))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		out := Text(text)
		if len(out) > 12*len(text)+len(Hidden) {
			t.Fatalf("%d bytes became %d", len(text), len(out))
		}
		if strings.Count(out, "\n") < strings.Count(text, "\n") {
			t.Fatalf("%q lost lines: %q", text, out)
		}
		Object(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{"x": text}, "args": []any{text, "--password", text}}, Options{Profile: Plan})
	})
}

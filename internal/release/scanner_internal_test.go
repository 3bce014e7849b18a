package release

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// TestStringsAcrossWindows reads strings whose escapes stand across the edges of
// the window, and byte by byte.
func TestStringsAcrossWindows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{`\ud83d\ude00`, `\ud83d`, `\ude00x`, `\n`, `\"`, `\\`, `\/`, `\u0041`, "é", "plain", "\u2028"}
	for range 200 {
		var b strings.Builder
		b.WriteString(`"` + strings.Repeat("x", windowBytes-40+r.IntN(40)))
		for range 20 {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		b.WriteByte('"')
		var want string
		if err := json.Unmarshal([]byte(b.String()), &want); err != nil {
			t.Fatal(err)
		}
		var s scanner
		s.reset(strings.NewReader(b.String()))
		got, size, err := s.text(nil, 1<<20)
		if err != nil || string(got) != want || size != len(want) {
			t.Fatalf("error %v, %d of %d bytes, tail %q, want %q", err, size, len(want), got[windowBytes-40:], want[windowBytes-40:])
		}
		s.reset(iotest.OneByteReader(strings.NewReader(b.String()[windowBytes-50:])))
		if _, _, err := s.text(nil, 0); err == nil {
			t.Fatal("a string without its opening quote was accepted")
		}
		s.reset(iotest.OneByteReader(strings.NewReader(`"` + b.String()[windowBytes-45:])))
		if got, _, err = s.text(nil, 1<<20); err != nil || !strings.HasSuffix(want, string(got)) {
			t.Fatalf("byte by byte: error %v, %q", err, got)
		}
		s.reset(strings.NewReader(b.String()))
		if got, _, err = s.text(nil, 10); err != nil || string(got) != "xxxxxxxxxx" {
			t.Fatalf("cut: error %v, %q", err, got)
		}
	}
}

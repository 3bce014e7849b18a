package inspect

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Hidden is what a Value reads, and what stands for every other one that is masked.
const Hidden = mask.Hidden

// Value is one secret value. However it is printed, marshalled or logged it reads
// "(masked)"; only Show and Text tell it.
type Value struct{ bytes []byte }

// NewValue takes over b.
func NewValue(b []byte) Value { return Value{b} }

// String is "(masked)".
func (v Value) String() string { return Hidden }

// GoString is "(masked)".
func (v Value) GoString() string { return Hidden }

// Format writes "(masked)" for every verb.
func (v Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Hidden)) }

// MarshalJSON is "(masked)".
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(Hidden) }

// MarshalText is "(masked)".
func (v Value) MarshalText() ([]byte, error) { return []byte(Hidden), nil }

// LogValue is "(masked)".
func (v Value) LogValue() slog.Value { return slog.StringValue(Hidden) }

// Size is the number of bytes.
func (v Value) Size() int { return len(v.bytes) }

// Binary reports whether the value is something else than text.
func (v Value) Binary() bool {
	if !utf8.Valid(v.bytes) {
		return true
	}
	for _, c := range v.bytes {
		if c < 0x20 && c != '\n' && c != '\t' && c != '\r' {
			return true
		}
	}
	return false
}

// maxDump is how many bytes of a binary value are shown.
const maxDump = 4096

// Show is the value as lines: sanitised text, or a dump of what is binary. It is
// for the one page that reveals it.
func (v Value) Show() []string {
	if v.Binary() {
		dump := strings.TrimSuffix(hex.Dump(v.bytes[:min(len(v.bytes), maxDump)]), "\n")
		return strings.Split(dump, "\n")
	}
	text := strings.TrimSuffix(strings.ReplaceAll(string(v.bytes), "\r\n", "\n"), "\n")
	out := strings.Split(text, "\n")
	for i := range out {
		out[i] = sanitize.Line(out[i], 1<<20)
	}
	return out
}

// Text is the value for the clipboard; ok is false for what is binary.
func (v Value) Text() (text string, ok bool) {
	if v.Binary() {
		return "", false
	}
	return string(v.bytes), true
}

// Wipe forgets the value.
func (v *Value) Wipe() {
	clear(v.bytes)
	v.bytes = nil
}

package sanitize

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf8"
)

func through(t *testing.T, text string, styles bool) string {
	t.Helper()
	var out bytes.Buffer
	if n, err := io.WriteString(NewWriter(&out, styles), text); err != nil || n != len(text) {
		t.Fatalf("wrote %d of %d: %v", n, len(text), err)
	}
	return out.String()
}

func TestOnlyWhatIsMeantPasses(t *testing.T) {
	for _, tt := range []struct{ name, in, plain, styled string }{
		{"text", "a\tb\nüñ 集 ●\n", "a\tb\nüñ 集 ●\n", "a\tb\nüñ 集 ●\n"},
		{"colour", "\x1b[1;31mred\x1b[0m", "red", "\x1b[1;31mred\x1b[0m"},
		{"256 colours", "\x1b[38;5;8mgrey\x1b[m", "grey", "\x1b[38;5;8mgrey\x1b[m"},
		{"conceal", "\x1b[8mhidden\x1b[28m", "hidden", "hidden\x1b[28m"},
		{"blink", "\x1b[1;5mx", "x", "x"},
		{"cursor", "a\x1b[2Jb\x1b[1;1Hc", "abc", "abc"},
		{"title", "a\x1b]0;pwned\x07b", "ab", "ab"},
		{"title in C1", "a\u009d0;x\u009cb", "ab", "ab"},
		{"clipboard", "\x1b]52;c;aGk=\x1b\\ok", "ok", "ok"},
		{"link", "\x1b]8;;http://x\x1b\\ok\x1b]8;;\x1b\\", "ok", "ok"},
		{"a string without an end", "\x1b]0;x\nnext\n", "\nnext\n", "\nnext\n"},
		{"bidi and tags", "a\u202eb\U000e0041c", "abc", "abc"},
		{"NUL, BS, CR, DEL", "a\x00b\x08c\rd\x7fe", "abcde", "abcde"},
		{"C1 colour", "\u009b31mx", "x", "x"},
		{"overlong and cut UTF-8", "a\xc0\xafb\xe2\x28c", "a\ufffd\ufffdb\ufffd(c", "a\ufffd\ufffdb\ufffd(c"},
		{"emoji", "\U0001f468\u200d\U0001f469 ❤️.", "\U0001f468\u200d\U0001f469 ❤️.", "\U0001f468\u200d\U0001f469 ❤️."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := through(t, tt.in, false); got != tt.plain {
				t.Errorf("plain: got %q, want %q", got, tt.plain)
			}
			if got := through(t, tt.in, true); got != tt.styled {
				t.Errorf("with styles: got %q, want %q", got, tt.styled)
			}
			var out bytes.Buffer
			if _, err := io.Copy(struct{ io.Writer }{NewWriter(&out, true)}, iotest.OneByteReader(strings.NewReader(tt.in))); err != nil || out.String() != tt.styled {
				t.Errorf("byte by byte: got %q, want %q (%v)", out.String(), tt.styled, err)
			}
		})
	}
}

func TestDocumentsStayValid(t *testing.T) {
	in := map[string]string{"a": "x\x1b]0;t\x07\u009b1m\u202e\U000e0041\u0085\x7f \U0001f468\u200d\U0001f469"}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]string
	if err := json.Unmarshal([]byte(through(t, string(b), false)), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out["a"], "x") || !strings.HasSuffix(out["a"], "\U0001f468\u200d\U0001f469") {
		t.Errorf("got %q", out["a"])
	}
}

func TestALineOfAMegabyte(t *testing.T) {
	line := strings.Repeat("x", 1<<20) + "\x1b]" + strings.Repeat("y", 1<<20) + "\n"
	if got := through(t, line, true); got != strings.Repeat("x", 1<<20)+"\n" {
		t.Errorf("%d bytes came through", len(got))
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAnErrorOfWritingIsReturned(t *testing.T) {
	if n, err := fmt.Fprint(NewWriter(failing{}, true), "x"); err == nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
}

func FuzzWriter(f *testing.F) {
	for _, s := range []string{"", "a\tb\n", "\x1b[31mx\x1b[0m", "\x1b]0;x\x07y", "\u009b1m", "\xff\xc2", "\x1bP\x1b\\", "\x1b[38;5;1;8m", "\xf0\x9f\x91\xa8\u200d\U0001f469"} {
		f.Add(s, uint8(3), true)
	}
	f.Fuzz(func(t *testing.T, s string, cut uint8, styles bool) {
		if len(s) > 4096 {
			return
		}
		whole := through(t, s, styles)
		var parts bytes.Buffer
		w := NewWriter(&parts, styles)
		for i := 0; i < len(s); i += int(cut)%7 + 1 {
			if _, err := w.Write([]byte(s[i:min(len(s), i+int(cut)%7+1)])); err != nil {
				t.Fatal(err)
			}
		}
		if parts.String() != whole {
			t.Fatalf("%q in parts became %q, whole %q", s, parts.String(), whole)
		}
		rest := whole
		for styles {
			from, to, found := strings.Cut(rest, "\x1b[")
			end := strings.IndexByte(to, 'm')
			if !found {
				break
			}
			if end < 0 || strings.Trim(to[:end], "0123456789;") != "" {
				t.Fatalf("%q became %q", s, whole)
			}
			rest = from + to[end+1:]
		}
		if !utf8.ValidString(rest) {
			t.Fatalf("%q became %q, which is not UTF-8", s, whole)
		}
		for _, r := range rest {
			if r != '\n' && r != '\t' && unicode.IsControl(r) || r >= 0xe0000 && r <= 0xe007f || r >= 0x202a && r <= 0x202e {
				t.Fatalf("%q keeps %U: %q", s, r, whole)
			}
		}
	})
}

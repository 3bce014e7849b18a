package sanitize

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "secrets \"x\" not found", "secrets \"x\" not found"},
		{"colour", "\x1b[31mred\x1b[0m", "red"},
		{"title by BEL", "a\x1b]0;pwned\x07b", "ab"},
		{"title by ST", "a\x1b]0;pwned\x1b\\b", "ab"},
		{"device control", "a\x1bP1$r\x1b\\b", "ab"},
		{"clipboard", "\x1b]52;c;aGk=\x07ok", "ok"},
		{"C1 control sequence", "a\u009b31mb", "ab"},
		{"C1 string", "a\u009d0;x\u009cb", "ab"},
		{"raw C1 byte", "a\x9b31m", "a\ufffd31m"},
		{"charset", "a\x1b(0b", "ab"},
		{"reset", "a\x1bcb", "ab"},
		{"lone escape at the end", "a\x1b", "a"},
		{"escape before a control", "a\x1b\x07b", "ab"},
		{"unfinished string stops at the newline", "\x1b]0;x\nnext", " next"},
		{"newline and tab", "a\n\tb", "a  b"},
		{"carriage return", "shown\rhidden", "shown hidden"},
		{"line ends of Windows", "a\r\nb", "a b"},
		{"bidi", "a\u202egpj.exe\u2066b", "agpj.exeb"},
		{"zero width", "ad\u200bmi\u200dn\ufeff", "admin"},
		{"a family", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"},
		{"joiners without an end", "\U0001f468\u200d\u200d\U0001f469\u200d", "\U0001f468\u200d\U0001f469"},
		{"a rainbow flag", "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f3f3\ufe0f\u200d\U0001f308"},
		{"a keycap", "1\ufe0f\u20e3", "1\ufe0f\u20e3"},
		{"Persian", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"},
		{"Hindi", "\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"},
		{"an ideograph's variant", "\u845b\U000e0100", "\u845b\U000e0100"},
		{"bytes hidden behind an emoji", "\U0001f600\ufe0f\ufe01\U000e0150\U000e0151", "\U0001f600\ufe0f"},
		{"tags", "a\U000e0041b", "ab"},
		{"variation selector", "\u2764\ufe0f", "\u2764\ufe0f"},
		{"variation selector of nothing", "a\ufe0f\ufe00b", "ab"},
		{"line separator", "a\u2028b", "a b"},
		{"invalid", "a\xffb", "a\ufffdb"},
		{"wide stays", "集群 ü", "集群 ü"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Line(tt.in, 200); got != tt.want {
				t.Errorf("Line(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestTextKeepsNewlines(t *testing.T) {
	if got := Text("a\x1b[1m\nb\r\n", 100); got != "a\nb\n" {
		t.Errorf("got %q", got)
	}
}

func TestBound(t *testing.T) {
	long := strings.Repeat("x", 100)
	if got := Line(long, 10); got != "xxxxxxx…" || len(got) > 10 {
		t.Errorf("got %q", got)
	}
	if got := Line(strings.Repeat("集", 10), 10); got != "集集…" {
		t.Errorf("got %q", got)
	}
}

func TestCleanStringIsReturnedWithoutAllocating(t *testing.T) {
	s := strings.Repeat("name-", 20)
	if n := testing.AllocsPerRun(100, func() { Line(s, 1000) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "\x1b[31m", "\x1b]0;x\x07", "\u009b1m", "\xff\xc2", "a\u202eb", "\x1bP\x1b", "\U0001f468\u200d\U0001f469", "\u0645\u200c\u062e", "a\r\nb\rc"} {
		f.Add(s, 40)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if len(s) > 4096 {
			return
		}
		limit = max(3, min(limit, 1<<16))
		for _, got := range []string{Text(s, limit), Line(s, limit)} {
			if len(got) > limit {
				t.Fatalf("%q is longer than %d", got, limit)
			}
			if !utf8.ValidString(got) {
				t.Fatalf("%q is not UTF-8", got)
			}
			before := rune(0)
			for _, r := range got {
				if r != '\n' && r != joiner && r != nonJoiner && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r)) {
					t.Fatalf("%q keeps %U", got, r)
				}
				if hidden(r) && hidden(before) && r != joiner {
					t.Fatalf("%q keeps %U behind %U", got, r, before)
				}
				before = r
			}
		}
		if strings.Contains(Line(s, limit), "\n") {
			t.Fatalf("Line(%q) keeps a newline", s)
		}
		if again := Text(Text(s, limit), limit); again != Text(s, limit) {
			t.Fatalf("cleaning twice changed %q to %q", Text(s, limit), again)
		}
	})
}

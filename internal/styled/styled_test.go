package styled

import (
	"strings"
	"testing"
)

func TestPlainAlignsLabels(t *testing.T) {
	got := Plain([]Para{
		Heading("Create it"),
		{Label: L("Risk"), Column: 10, Body: Of(Good, "safe")},
		{Label: L("Überlang, this one"), Column: 10, Body: L("two blanks follow")},
		{Column: 10, Body: L("goes on")},
		{Label: L("alone"), Column: 10},
		{Indent: 4, Body: L("indented"), Right: L("right")},
		Blank(),
	})
	want := "Create it\nRisk      safe\nÜberlang, this one  two blanks follow\n          goes on\nalone\n    indented  right\n\n"
	if got != want {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}

func TestDiffSaysWhatEachLineIs(t *testing.T) {
	got := Diff("a: 1\nb: 2\n", "a: 1\nb: 3\n", 100, 400)
	want := []Line{Of(Muted, "@@ -1,2 +1,2 @@"), Of(Muted, " a: 1"), Of(Removed, "-b: 2"), Of(Added, "+b: 3")}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i].String() != want[i].String() || got[i][0].Role != want[i][0].Role {
			t.Errorf("line %d is %v, want %v", i, got[i], want[i])
		}
	}
	if same := Diff("a\n", "a\n", 100, 400); same != nil {
		t.Errorf("a difference where there is none: %v", same)
	}
}

func TestDiffIsBounded(t *testing.T) {
	got := Diff("", strings.Repeat("a line that is long\n", 50)+"\x1b[31mred", 10, 8)
	if len(got) != 11 || got[10].String() != "(42 more lines not shown)" {
		t.Fatalf("%d lines, the last is %q", len(got), got[len(got)-1].String())
	}
	for _, l := range got[:10] {
		if len(l.String()) > 8+len("…") {
			t.Errorf("a line is %q", l)
		}
	}
	if whole := Diff("", "\x1b[31mred\n", 10, 400); strings.ContainsRune(whole[1].String(), 0x1b) {
		t.Errorf("an escape sequence got through: %q", whole[1])
	}
}

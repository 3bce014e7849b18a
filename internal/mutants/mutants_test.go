package mutants

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const source = `package p

const big = 1 << 3 > 4

func small(n int, ready bool) bool {
	if n > 3 && (ready || !(n == 5 && ready)) {
		return true
	}
	switch {
	case ready:
	}
	for i := 0; i < n; i++ {
		each(func(s string) bool { return has(s) })
	}
	same := n == 4
	return same
}
`

func TestEveryConditionIsRewritten(t *testing.T) {
	out, sites, err := Rewrite("p.go", []byte(source), 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sites {
		values := ""
		for _, v := range s.Values {
			values += map[bool]string{true: "t", false: "f"}[v]
		}
		got = append(got, values+" "+s.Text)
	}
	want := []string{
		"tf same",
		"tf n > 3 && (ready || !(n == 5 && ready))", "t n > 3", "t (ready || !(n == 5 && ready))", "f ready", "f !(n == 5 && ready)", "t n == 5", "t ready",
		"tf ready", "tf i < n", "tf has(s)", "tf n == 4",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if sites[0].ID != 11 || sites[0].Line != 16 {
		t.Errorf("the first site is %+v", sites[0])
	}
	for _, line := range []string{
		`package p; import mutants_ "github.com/careen-tui/careen/internal/mutants"`,
		"\tif mutants_.Cond(12, mutants_.Cond(13, n > 3) && mutants_.Cond(14, (mutants_.Cond(15, ready) || mutants_.Cond(16, !(mutants_.Cond(17, n == 5) && mutants_.Cond(18, ready)))))) {",
		"\tsame := mutants_.Cond(22, n == 4)",
	} {
		if !slices.Contains(strings.Split(string(out), "\n"), line) {
			t.Errorf("%s\nis not a line of\n%s", line, out)
		}
	}
}

// TestAMutantIsKilledOrSurvives has two conditions for a guard, of which one is needed.
func TestAMutantIsKilledOrSurvives(t *testing.T) {
	pay := func(sum int, open bool) int {
		paid := 0
		for paid = 0; Cond(1, paid < sum); paid++ {
			if Cond(2, Cond(3, open) && Cond(4, sum > 0)) {
				continue
			}
			return -1
		}
		return paid
	}
	must := func(ok bool) {
		if !ok {
			panic("it does not")
		}
	}
	sites := []Site{
		{ID: 1, File: "pay.go", Line: 1, Text: "paid < sum", Values: []bool{true, false}},
		{ID: 2, File: "pay.go", Line: 2, Text: "open && sum > 0", Values: []bool{true, false}},
		{ID: 3, File: "pay.go", Line: 2, Text: "open", Values: []bool{true}},
		{ID: 4, File: "pay.go", Line: 2, Text: "sum > 0", Values: []bool{true}},
		{ID: 5, File: "pay.go", Line: 3, Text: "late", Values: []bool{true, false}},
	}
	trials := []Trial{
		{Name: "pays", Test: func() { must(pay(3, true) == 3) }},
		{Name: "closed", Test: func() { must(pay(3, false) <= 3) }},
		{Name: "reads late", Test: func() { Cond(5, true) }},
	}
	list, err := Run(sites, trials)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := Write(&b, list); err != nil {
		t.Fatal(err)
	}
	want := `pay.go:2: may be always true: open && sum > 0 (closed)
pay.go:2: may be always true: open (closed)
pay.go:2: never false: sum > 0
pay.go:3: never false: late
pay.go:3: may be always false: late (reads late)
8 mutants: 3 killed, 3 survivors, 2 not reached
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	trials[0].Test = func() { must(false) }
	if _, err := Run(sites, trials); err == nil {
		t.Error("a trial that fails anyway is taken for one that kills")
	}
}

func TestTheOverlayLeavesTestsAlone(t *testing.T) {
	dir, to := t.TempDir(), t.TempDir()
	for _, name := range []string{"p.go", "p_test.go", "q.go"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Overlay(dir, "", to); err != nil {
		t.Fatal(err)
	}
	sites, err := Sites(to)
	if err != nil || len(sites) != 24 || sites[23].ID != 24 {
		t.Errorf("%d sites, %v", len(sites), err)
	}
	data, err := os.ReadFile(filepath.Join(to, "overlay.json"))
	if err != nil {
		t.Fatal(err)
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(data, &overlay); err != nil {
		t.Fatal(err)
	}
	if len(overlay.Replace) != 2 || overlay.Replace[filepath.Join(dir, "q.go")] != filepath.Join(to, "q.go") {
		t.Errorf("the overlay is %s", data)
	}
	if err := Overlay(dir, "absent", to); err == nil {
		t.Error("no file is no error")
	}
}

package rooms

//go:generate go test -run TestTheLinterHoldsTheTable -update .

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/golden"
)

// linter is the configuration that holds the rules of the table between two marks.
const (
	linter = root + "/.golangci.yml"
	begins = "        # From here to the next such mark made of the table in ARCHITECTURE.md: make generate\n"
	ends   = "        # End of what is made of the table in ARCHITECTURE.md\n"
)

// TestTheLinterHoldsTheTable compares golangci-lint's rules with the table, so that a
// wrong import is marked where it is written.
func TestTheLinterHoldsTheTable(t *testing.T) {
	text, err := os.ReadFile(linter)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begins)
	_, after, too := strings.Cut(rest, ends)
	if !ok || !too {
		t.Fatalf("%s does not mark the rules that are made of the table in ARCHITECTURE.md", linter)
	}
	golden.Equal(t, linter, before+begins+rules(table(t))+ends+after)
}

// rules are depguard's: a list for each room of what its files, tests aside, may import.
func rules(rooms []room) string {
	var b strings.Builder
	for _, r := range rooms {
		files, allow := []string{}, []string{"$gostd"}
		for _, p := range r.packages {
			files = append(files, `"${base-path}/`+strings.TrimPrefix(p+`/*.go"`, "/"))
		}
		if r.all {
			allow = append(allow, module+"/")
		}
		for _, p := range r.own {
			allow = append(allow, inModule(p)+"$")
		}
		for _, l := range r.libraries {
			allow = append(allow, l+"$", l+"/")
		}
		fmt.Fprintf(&b, "        %s:\n          list-mode: strict\n          files: [%s, \"!$test\"]\n          allow: [%s]\n",
			cmp.Or(r.packages[0], "main"), strings.Join(files, ", "), strings.Join(allow, ", "))
	}
	return b.String()
}

package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/keymap"
)

//go:generate go test -run TestKeysPage -update .

func TestKeysPage(t *testing.T) { golden.Equal(t, "../docs/keys.md", keysPage()) }

// keysPage is the page docs/keys.md: every action with its default keys, where it works
// and its name in the configuration file, and every pane.
func keysPage() string {
	var b strings.Builder
	b.WriteString("# Keys\n\nWritten by `go generate ./views` from the declarations in `keymap/action.go` and the table of panes in\n`views/panes.go`.\n\n" +
		"Each can be given other keys in the configuration file, by its name:\n\n" +
		"```yaml\nkeys:\n  fix: [f, ctrl+x]\n  palette: [\":\"]\n```\n\n" +
		"A key that is given to an action here is taken from the one that has it by default, which the help (`?`) then says. A key\nthat is given to two actions which meet in one place is refused, with its line. What else the file may hold is in [examples/config.yaml](examples/config.yaml).\n\n" +
		"| keys | does | where | name |\n|---|---|---|---|\n")
	m := keymap.Default()
	for _, a := range keymap.Actions() {
		keys := make([]string, 0, 2)
		for _, k := range m.Keys(a) {
			keys = append(keys, "`"+keymap.Show(k)+"`")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", strings.Join(keys, " "), a.Long(), a.Scope(), a)
	}
	b.WriteString("\n## Panes\n\nThe columns of a pane can be chosen in the configuration file, by the name of the pane.\n\n" +
		"| pane | key | shows | columns |\n|---|---|---|---|\n")
	columns := PaneColumns()
	for _, p := range Panes {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", p.ID, keymap.Show(p.Key), p.Doc, strings.Join(columns[string(p.ID)], ", "))
	}
	return b.String()
}

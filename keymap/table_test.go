package keymap

import (
	"fmt"
	"strings"
)

// keyTable is the page docs/keys.md: every action with its default keys, where it
// works and its name in the configuration file.
func keyTable() string {
	var b strings.Builder
	b.WriteString("# Keys\n\nWritten by `go generate ./keymap` from the declarations in `keymap/action.go`.\n\n" +
		"Each can be given other keys in the configuration file, by its name:\n\n" +
		"```yaml\nkeys:\n  fix: [f, ctrl+x]\n  palette: [\":\"]\n```\n\n" +
		"A key that would mean two things in one place is refused, with its line. What else the file\nmay hold is in [examples/config.yaml](examples/config.yaml).\n\n" +
		"| keys | does | where | name |\n|---|---|---|---|\n")
	m := Default()
	for _, a := range Actions() {
		keys := make([]string, 0, 2)
		for _, k := range m.Keys(a) {
			keys = append(keys, "`"+Show(k)+"`")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", strings.Join(keys, " "), a.Long(), a.Scope(), a)
	}
	return b.String()
}

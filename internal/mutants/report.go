package mutants

import (
	"fmt"
	"io"
	"strings"
)

// Write prints every mutant that no trial killed, and one line of numbers.
func Write(to io.Writer, list []Mutant) error {
	var killed, survivors, unreached int
	var b strings.Builder
	for _, m := range list {
		switch {
		case m.Killer != "":
			killed++
			continue
		case len(m.Trials) == 0:
			unreached++
			fmt.Fprintf(&b, "%s:%d: never %t: %s\n", m.File, m.Line, !m.Value, m.Text)
		default:
			survivors++
			fmt.Fprintf(&b, "%s:%d: may be always %t: %s (%s)\n", m.File, m.Line, m.Value, m.Text, some(m.Trials))
		}
	}
	fmt.Fprintf(&b, "%d mutants: %d killed, %d survivors, %d not reached\n", len(list), killed, survivors, unreached)
	_, err := io.WriteString(to, b.String())
	return err
}

// some names the first few trials.
func some(names []string) string {
	const most = 3
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

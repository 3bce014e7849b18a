package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// askFor are the licences that give a right to the sources of what is built in.
var askFor = []string{"MPL-2.0"}

const rule = "================================================================================"

// write prints the notices: what is built in, where the sources are that a licence
// promises, and each text once, with the modules that it is of.
func write(to io.Writer, modules []*module) error {
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, "Third-party notices\n\nThis program has code of %d others built into it.\n\n", len(modules))
	var texts []string
	of := map[string][]string{}
	for _, m := range modules {
		fmt.Fprintf(w, "  %-58s %-42s %s\n", m.path, m.version, strings.Join(m.names, ", "))
		for _, t := range m.texts {
			if of[t] == nil {
				texts = append(texts, t)
			}
			of[t] = append(of[t], m.path)
		}
	}
	fmt.Fprint(w, "\nUnder the Mozilla Public License 2.0 you may have the sources of these. They are built in\nunchanged, and they are here:\n\n")
	for _, m := range modules {
		if slices.ContainsFunc(m.names, func(name string) bool { return slices.Contains(askFor, name) }) {
			fmt.Fprintf(w, "  https://proxy.golang.org/%s/@v/%s.zip\n", escaped(m.path), escaped(m.version))
		}
	}
	for _, t := range texts {
		fmt.Fprintf(w, "\n%s\n%s\n%s\n\n%s\n", rule, strings.Join(of[t], "\n"), rule, t)
	}
	return w.Flush()
}

// escaped is a module's path or version as proxies spell it (golang.org/ref/mod#goproxy-protocol).
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('!')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

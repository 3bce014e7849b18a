package hosts

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// writing is a list as this test writes it, apart from the code that reads it.
type writing struct {
	form, id, scheme, suffix, port uint8
}

// forms write a list of n entries into a text; entry writes one of them.
var forms = []func(n int, entry func(int) string) string{
	func(n int, entry func(int) string) string { return each(n, ",", entry) },
	func(n int, entry func(int) string) string { return each(n, " ", entry) },
	func(n int, entry func(int) string) string { return "x=1\npeers = " + each(n, ", ", entry) + "\ny=2\n" },
	func(n int, entry func(int) string) string {
		return "a:\n  peers:\n" + each(n, "", lines("  - ", entry)) + "  b: c\n"
	},
	func(n int, entry func(int) string) string {
		return "a:\n  peers:\n" + each(n, "", lines("    - ", quoted(entry)))
	},
	func(n int, entry func(int) string) string {
		return "a: {peers: [" + each(n, ", ", quoted(entry)) + "], b: 1}\n"
	},
	func(n int, entry func(int) string) string {
		return "{\n  \"peers\": [\n    " + each(n, ",\n    ", quoted(entry)) + "\n  ],\n  \"b\": [1, 2]\n}\n"
	},
	func(n int, entry func(int) string) string {
		return "[a]\npeers = [\n" + each(n, "", lines("  ", suffixed(quoted(entry), ","))) + "]\n[b]\n"
	},
	func(n int, entry func(int) string) string {
		return "peers=" + each(n, ",\\\n      ", entry) + "\nx=1\n"
	},
	func(n int, entry func(int) string) string {
		return "exec q -v \\\n" + each(n, "", lines("  --peer=", suffixed(entry, " \\"))) + "  --x=1\n"
	},
	func(n int, entry func(int) string) string {
		return "q " + each(n, " ", prefixed("--peer ", entry)) + " -v"
	},
	func(n int, entry func(int) string) string { return "q --peers=" + each(n, ",", entry) + " -v" },
	func(n int, entry func(int) string) string { return each(n, "", lines("", entry)) },
	func(n int, entry func(int) string) string {
		return "p: |\n" + each(n, "", lines("  ", entry)) + "q: 1\n"
	},
	func(n int, entry func(int) string) string {
		return "export PEERS=\"" + each(n, " ", entry) + "\"\nrun\n"
	},
}

// unnamed are forms whose entries have no id but the one that the form gives them.
var unnamed = []func(n int, entry func(int) string) string{
	func(n int, entry func(int) string) string {
		return "x=1\n" + each(n, "", lines("server.", numbered("=", entry))) + "y=1\n"
	},
	func(n int, entry func(int) string) string {
		return "a:\n" + each(n, "", lines("  peer-", numbered(": ", entry)))
	},
	func(n int, entry func(int) string) string {
		return "upstream u {\n  ip_hash;\n" + each(n, "", lines("  server ", suffixed(entry, " weight=5;"))) + "}\n"
	},
	func(n int, entry func(int) string) string {
		return "backend b\n  mode tcp\n" + each(n, "", lines("  server s", suffixed(numbered(" ", entry), " check"))) + "backend c\n"
	},
	func(n int, entry func(int) string) string {
		return "mongodb://u:p@" + each(n, ",", entry) + "/db?replicaSet=rs0"
	},
	func(n int, entry func(int) string) string { return each(n, ",", entry) + "/chroot" },
}

func each(n int, between string, entry func(int) string) string {
	out := make([]string, n)
	for i := range out {
		out[i] = entry(i)
	}
	return strings.Join(out, between)
}

func prefixed(before string, entry func(int) string) func(int) string {
	return func(i int) string { return before + entry(i) }
}

func suffixed(entry func(int) string, behind string) func(int) string {
	return func(i int) string { return entry(i) + behind }
}

func quoted(entry func(int) string) func(int) string { return prefixed("\"", suffixed(entry, "\"")) }

func lines(before string, entry func(int) string) func(int) string {
	return prefixed(before, suffixed(entry, "\n"))
}

func numbered(sign string, entry func(int) string) func(int) string {
	return func(i int) string { return fmt.Sprint(i+1) + sign + entry(i) }
}

// text writes the list, and the entries that it must be read as.
func (w writing) text(n int) string {
	entry := func(i int) string {
		scheme := []string{"", "http://", "ssl:"}[w.scheme%3]
		suffix := []string{".n", ".n.ns", ".n.ns.svc", ".n.ns.svc.cluster.local", ".n.ns.svc.cluster.local."}[w.suffix%5]
		port := []string{":7000", "", ":7000:7001"}[w.port%3]
		return fmt.Sprintf("%sn-%d%s%s", scheme, i, suffix, port)
	}
	if k := int(w.form) % (len(forms) + len(unnamed)); k >= len(forms) {
		if k -= len(forms); k >= 4 { // a URL, and a chroot
			return unnamed[k](n, func(i int) string { return strings.TrimPrefix(strings.TrimPrefix(entry(i), "http://"), "ssl:") })
		}
		return unnamed[k](n, entry)
	}
	return forms[int(w.form)%(len(forms)+len(unnamed))](n, func(i int) string {
		return []string{"", fmt.Sprintf("%d@", i+1), fmt.Sprintf("%d@", i), fmt.Sprintf("n-%d=", i), fmt.Sprintf("p%d=", i+5)}[w.id%5] + entry(i)
	})
}

// FuzzRender writes lists, reads them, changes them, and compares the text with the
// one that writing the changed list yields.
func FuzzRender(f *testing.F) {
	for form := range len(forms) + len(unnamed) {
		for k := range uint8(5) {
			f.Add(uint8(form), k, k, k, k, k)
		}
	}
	f.Fuzz(func(t *testing.T, form, id, scheme, suffix, port, n uint8) {
		w, size := writing{form, id, scheme, suffix, port}, 2+int(n%11)
		text := w.text(size)
		r := Reader{Namespace: "ns"}
		r.Value("p", "F", text)
		lists := r.Lists()
		if len(lists) != 1 || len(lists[0].Members) != size || lists[0].Entry == "" {
			t.Fatalf("%q reads as %+v", text, lists)
		}
		for i, m := range lists[0].Members {
			if m.Set != "n" || m.Ordinal != i {
				t.Fatalf("%q: entry %d is %+v", text, i, m)
			}
		}
		for _, c := range []struct {
			add, remove []int
			size        int
		}{{add: []int{size}, size: size + 1}, {add: []int{size, size + 1}, size: size + 2}, {remove: []int{size - 1}, size: size - 1}} {
			change, err := Changed(&lists[0], c.add, c.remove)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			got, err := Rewrite("ns", text, change)
			if want := w.text(c.size); err != nil || got != want {
				t.Fatalf("%q with %v and without %v is\n%q, not\n%q, %v", text, c.add, c.remove, got, want, err)
			}
			if slices.Contains(change.To, "") {
				t.Fatalf("%q: %q", text, change.To)
			}
		}
	})
}

package hosts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

const maxFuzzed = 4096 // bytes; longer texts hold nothing that shorter ones cannot

// texts are what fuzzing begins with: one of each form.
var texts = []string{
	"vm-0.vm:8400,vm-1.vm", "a=b-0=c://d@e-1.f:9/g", "1@n-0.n:1,2@n-1.n:1", "a=http://n-0.n,b=http://n-1.n", "mongodb://u:p@n-0.n:1,n-1.n:1/db?x=y",
	"zk-0.zk:1,zk-1.zk:1/a", "n-0.n; n-1.n; n-2.n", "n-0.n,far.example.com:1,n-1.n", "n-0.n.ns.svc.cluster.local.:1:2,n-1.n:1:2",
	"server.1=n-0.n:1\nserver.2=n-1.n:1\n", "node.0.host=n-0.n\nnode.0.port=1\nnode.1.host=n-1.n\n", "host=n-0.n,n-1.n port=1,1",
	"nodes:\n- n-0.n # x\n- n-1.n\n", "a:\n  peers:\n    - --x=n-0.n\n    - --x=n-1.n\n", "{\"peers\": [\n  \"n-0.n\",\n  \"n-1.n\"\n]}", "[{\"host\": \"n-0.n\"}, {\"host\": \"n-1.n\"}]",
	"[a]\npeers = [\n  \"n-0.n\", # x\n  \"n-1.n\",\n]\n", "peers=n-0.n:1,\\\n  n-1.n:1\n", "p: >-\n  n-0.n:1,\n  n-1.n:1\nq: 1\n", "p: \"n-0.n,\n  n-1.n\"",
	"upstream u { server n-0.n:1; server n-1.n:1; }", "backend b\n  server s1 n-0.n:1 check\n  server s2 n-1.n:1 check\n", "retry_join {\n  a = \"http://n-0.n\"\n}\n",
	"run --peer n-0.n --peer n-1.n -v", "sh -c 'x --peer=n-0.n --peer=n-1.n'", "q \\\n  --p=n-0.n \\\n  --p=n-1.n\n", "PEERS=\"n-0.n n-1.n\" run\r\nx-1: y\r\n",
	"n-0.n|n-1.n\n\tn-2.n", "'n-0.n','n-1.n'", "x: [n-0.n, $(Y), n-1.n]", "p: n-0.n n-1.n\n  n-2.n\n",
}

// FuzzRead looks for texts that cannot be read, and for lists that are none.
func FuzzRead(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > maxFuzzed {
			return
		}
		r := Reader{Namespace: "ns"}
		r.Value("p", "F", s)
		r.Args("p", strings.Split(s, "\n"))
		for _, l := range r.Lists() {
			if len(l.Members) == 0 || len(l.Members) > maxMembers || (l.Entry == "") == (l.Why == "") || l.Frozen && l.Entry != "" {
				t.Fatalf("%+v", l)
			}
			continues := l.Entry == ""
			for _, m := range l.Members {
				if m.Set != l.Members[0].Set || !strings.Contains(m.Raw, fmt.Sprintf("%s-%d", m.Set, m.Ordinal)) {
					t.Fatalf("%+v is no member of %s", m, l.Members[0].Set)
				}
				text, _ := rowFrom(l.Entry).of(m.Ordinal)
				continues = continues || text == m.Raw
			}
			if !continues {
				t.Fatalf("%s is the form of no entry of %+v", l.Entry, l.Members)
			}
		}
	})
}

// FuzzRewrite holds what is promised of a change that is offered: it reads back as it
// says, and nothing but entries differs, or it is refused where it would not.
func FuzzRewrite(f *testing.F) {
	for i, s := range texts {
		f.Add(s, uint8(i), uint8(1))
		f.Add(s, uint8(1), uint8(i))
	}
	f.Fuzz(func(t *testing.T, s string, more, fewer uint8) {
		if len(s) > maxFuzzed {
			return
		}
		r := Reader{Namespace: "ns"}
		r.Value("p", "F", s)
		for _, l := range r.Lists() {
			c, err := Changed(&l, comers(&l, int(more%4)), leavers(&l, fewer))
			if err == nil && len(c.Add)+len(c.Remove) > 0 {
				checkRewrite(t, s, c)
			}
		}
	})
}

func comers(l *model.HostList, n int) (out []int) {
	for i := 0; len(out) < n; i++ {
		if !slices.ContainsFunc(l.Members, func(m model.Host) bool { return m.Ordinal == i }) {
			out = append(out, i)
		}
	}
	return out
}

func leavers(l *model.HostList, which uint8) (out []int) {
	for i, m := range l.Members[:min(8, len(l.Members))] {
		if which&(1<<i) != 0 && !slices.Contains(out, m.Ordinal) {
			out = append(out, m.Ordinal)
		}
	}
	return out
}

func checkRewrite(t *testing.T, s string, c Change) {
	t.Helper()
	got, err := Rewrite("ns", s, c)
	if errors.Is(err, errNotRead) && !slices.Contains(texts, s) {
		return // texts of no one format are read as well as they can be
	}
	if err != nil {
		t.Fatalf("%q is not rewritten by %+v: %v", s, c, err)
	}
	if !Holds("ns", got, c.To) || !sameBut(read(s, "F").lists("ns"), read(got, "F").lists("ns"), c) {
		t.Fatalf("%q became %q by %+v", s, got, c)
	}
	if len(c.Add) == 0 && !within(got, s) || len(c.Remove) == 0 && !within(s, got) {
		t.Fatalf("%q became %q by %+v", s, got, c)
	}
}

// sameBut reports whether the lists are the same but for one, which became To.
func sameBut(was, is []*list, c Change) bool {
	shown := func(lists []*list) (out []string) {
		for _, l := range lists {
			out = append(out, fmt.Sprint(l.raws()))
		}
		slices.Sort(out)
		return out
	}
	before := shown(was)
	for i, l := range is {
		if !l.is(c.To) {
			continue
		}
		after := shown(slices.Delete(slices.Clone(is), i, i+1))
		if j, ok := slices.BinarySearch(before, fmt.Sprint(c.From)); ok && slices.Equal(slices.Delete(slices.Clone(before), j, j+1), after) {
			return true
		}
	}
	return false
}

// within reports whether the bytes of short stand in long, in their order.
func within(short, long string) bool {
	for i := 0; i < len(long) && short != ""; i++ {
		if long[i] == short[0] {
			short = short[1:]
		}
	}
	return short == ""
}

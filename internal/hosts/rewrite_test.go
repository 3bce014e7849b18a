package hosts

import (
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// changeTo is the change by which the list of a field names n members, from zero.
func changeTo(t *testing.T, text, field string, n int) (Change, error) {
	t.Helper()
	for _, l := range valueOf("F", text) {
		if l.Field != field {
			continue
		}
		var add, remove []int
		listed := map[int]bool{}
		for _, m := range l.Members {
			if m.Ordinal >= n {
				remove = append(remove, m.Ordinal)
			}
			listed[m.Ordinal] = true
		}
		for i := range n {
			if !listed[i] {
				add = append(add, i)
			}
		}
		return Changed(&l, add, remove)
	}
	t.Fatalf("no list %s in %q", field, text)
	return Change{}, nil
}

func TestRewrite(t *testing.T) {
	for _, tt := range []struct {
		name, value, field string
		n                  int
		want               string // "not: " and the reason where it is refused
	}{
		{"one more", "vm-0.vm:8400,vm-1.vm:8400", "F", 3, "vm-0.vm:8400,vm-1.vm:8400,vm-2.vm:8400"},
		{"one less", "vm-0.vm; vm-1.vm; vm-2.vm", "F", 2, "vm-0.vm; vm-1.vm"},
		{"in the middle", "vm-0.vm,vm-2.vm", "F", 3, "vm-0.vm,vm-1.vm,vm-2.vm"},
		{"at the beginning", "vm-1.vm,vm-2.vm", "F", 3, "vm-0.vm,vm-1.vm,vm-2.vm"},
		{"out of order", "vm-1.vm,vm-0.vm", "F", 3, "vm-1.vm,vm-0.vm,vm-2.vm"},
		{"the first goes", "vm-5.vm,vm-6.vm,vm-0.vm", "F", 1, "vm-0.vm"},
		{"the first goes, another comes", "vm-5.vm,vm-1.vm", "F", 2, "vm-0.vm,vm-1.vm"},
		{"one goes between strangers", "far.example.com:1,vm-0.vm:1,vm-1.vm:1,near.example.com:1", "F", 1, "far.example.com:1,vm-0.vm:1,near.example.com:1"},
		{"one comes between strangers", "far.example.com:1,vm-0.vm:1,vm-1.vm:1,near.example.com:1", "F", 3, "far.example.com:1,vm-0.vm:1,vm-1.vm:1,vm-2.vm:1,near.example.com:1"},
		{"nothing is left", "vm-5.vm,vm-6.vm", "F", 0, "not: nothing would be left of it"},
		{"two come", "vm-0.vm vm-1.vm", "F", 4, "vm-0.vm vm-1.vm vm-2.vm vm-3.vm"},
		{"trailing comma", "vm-0.vm,vm-1.vm,", "F", 3, "vm-0.vm,vm-1.vm,vm-2.vm,"},
		{"ids", "1@vm-0.vm:1,2@vm-1.vm:1", "F", 3, "1@vm-0.vm:1,2@vm-1.vm:1,3@vm-2.vm:1"},
		{"ids shrink", "a=http://vm-0.vm,b=http://vm-1.vm,c=http://vm-2.vm", "F", 2, "a=http://vm-0.vm,b=http://vm-1.vm"},
		{"names", "a=http://vm-0.vm,b=http://vm-1.vm", "F", 3, "not: what its entries have before the host does not count up by one (\"a=\" and \"b=\")"},
		{"users", "redis://:pw@r-0.r:1/0,redis://:pw@r-1.r:1/0", "F", 3, "redis://:pw@r-0.r:1/0,redis://:pw@r-1.r:1/0,redis://:pw@r-2.r:1/0"},
		{"a URL of several", "mongodb://u:p@m-0.m:1,m-1.m:1/db?x=y", "F", 3, "mongodb://u:p@m-0.m:1,m-1.m:1,m-2.m:1/db?x=y"},
		{"a chroot", "zk-0.zk:1,zk-1.zk:1/a", "F", 3, "zk-0.zk:1,zk-1.zk:1,zk-2.zk:1/a"},
		{"lines", "nodes:\n- vm-0.vm\n- vm-1.vm # last\nport: 80\n", "nodes", 3, "nodes:\n- vm-0.vm\n- vm-1.vm # last\n- vm-2.vm\nport: 80\n"},
		{"lines shrink", "nodes:\n  - vm-0.vm\n  - vm-1.vm\nport: 80\n", "nodes", 1, "nodes:\n  - vm-0.vm\nport: 80\n"},
		{"a line of one, the last", "nodes:\n  - vm-0.vm\n  - vm-1.vm", "nodes", 1, "nodes:\n  - vm-0.vm"},
		{"lines of Windows", "nodes:\r\n  - vm-0.vm\r\n  - vm-1.vm\r\nport: 80\r\n", "nodes", 3, "nodes:\r\n  - vm-0.vm\r\n  - vm-1.vm\r\n  - vm-2.vm\r\nport: 80\r\n"},
		{"JSON", "{\"peers\": [\n  \"n-0.n\",\n  \"n-1.n\"\n], \"x\": 1}", "peers", 3, "{\"peers\": [\n  \"n-0.n\",\n  \"n-1.n\",\n  \"n-2.n\"\n], \"x\": 1}"},
		{"JSON shrinks", "{\"peers\": [\n  \"n-0.n\",\n  \"n-1.n\"\n], \"x\": 1}", "peers", 1, "{\"peers\": [\n  \"n-0.n\"\n], \"x\": 1}"},
		{"TOML", "peers = [\n  \"n-0.n\",\n  \"n-1.n\",\n]\n", "peers", 3, "peers = [\n  \"n-0.n\",\n  \"n-1.n\",\n  \"n-2.n\",\n]\n"},
		{"the first of an array goes", "peers: [n-5.n, n-0.n]", "peers", 1, "peers: [n-0.n]"},
		{"properties", "peers=n-0.n:1,\\\n      n-1.n:1,\\\n      n-2.n:1\nx=1\n", "peers", 4, "peers=n-0.n:1,\\\n      n-1.n:1,\\\n      n-2.n:1,\\\n      n-3.n:1\nx=1\n"},
		{"numbered", "a=1\nserver.1=n-0.n:1\nserver.2=n-1.n:1\nb=2\n", "server.N", 3, "a=1\nserver.1=n-0.n:1\nserver.2=n-1.n:1\nserver.3=n-2.n:1\nb=2\n"},
		{"numbered, two lines", "server.1=n-0.n:1\nserver.2=n-1.n:1", "server.N", 3, "server.1=n-0.n:1\nserver.2=n-1.n:1\nserver.3=n-2.n:1"},
		{"numbered, the last goes", "server.1=n-0.n:1\nserver.2=n-1.n:1\n", "server.N", 1, "server.1=n-0.n:1\n"},
		{"numbered, a gap", "server.1=n-7.n:1\nserver.2=n-0.n:1\n", "server.N", 1, "not: its keys are numbered, and a number would be left out between them"},
		{"numbered in JSON", `{"server.1": "n-0.n", "server.2": "n-1.n"}`, "server.N", 3, `{"server.1": "n-0.n", "server.2": "n-1.n", "server.3": "n-2.n"}`},
		{"nginx", "upstream u {\n  server n-0.n:80 weight=5;\n  server n-1.n:80 weight=5;\n}\n", "server", 3, "upstream u {\n  server n-0.n:80 weight=5;\n  server n-1.n:80 weight=5;\n  server n-2.n:80 weight=5;\n}\n"},
		{"nginx on a line", "upstream u { server n-0.n:80; server n-1.n:80; }", "server", 3, "upstream u { server n-0.n:80; server n-1.n:80; server n-2.n:80; }"},
		{"HAProxy", "backend b\n  server s1 n-0.n:80 check cookie s1\n  server s2 n-1.n:80 check cookie s2\n", "server", 3, "backend b\n  server s1 n-0.n:80 check cookie s1\n  server s2 n-1.n:80 check cookie s2\n  server s3 n-2.n:80 check cookie s3\n"},
		{"a command over lines", "exec q \\\n  --store=s-0.s:1 \\\n  --store=s-1.s:1 \\\n  --x\n", "--store", 3, "exec q \\\n  --store=s-0.s:1 \\\n  --store=s-1.s:1 \\\n  --store=s-2.s:1 \\\n  --x\n"},
		{"a command shrinks", "q --store=s-0.s:1 --store=s-1.s:1 --x", "--store", 1, "q --store=s-0.s:1 --x"},
		{"flags of a sequence", "args:\n- --peer\n- n-0.n\n- --peer\n- n-1.n\n- -v\n", "--peer", 3, "args:\n- --peer\n- n-0.n\n- --peer\n- n-1.n\n- --peer\n- n-2.n\n- -v\n"},
		{"the majority's spelling", "n-0.n:1,n-1.n.ns.svc:1,n-2.n.ns.svc:1", "F", 4, "n-0.n:1,n-1.n.ns.svc:1,n-2.n.ns.svc:1,n-3.n.ns.svc:1"},
		{"uneven", "n-0.n,n-1.n, n-2.n", "F", 4, "not: its entries are not separated in one way"},
		{"uneven shrinks", "n-0.n,n-1.n, n-2.n", "F", 2, "n-0.n,n-1.n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := changeTo(t, tt.value, tt.field, tt.n)
			got := ""
			if err == nil {
				if got, err = Rewrite("ns", tt.value, c); err == nil && !Holds("ns", got, c.To) {
					t.Errorf("%q does not hold %v", got, c.To)
				}
			}
			if err != nil {
				got = "not: " + err.Error()
			}
			if got != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestRewriteArgs(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"--peer=n-0.n:1 --peer=n-1.n:1", "--peer=n-0.n:1 --peer=n-1.n:1 --peer=n-2.n:1"},
		{"run --peer n-0.n:1 --peer n-1.n:1 -v", "run --peer n-0.n:1 --peer n-1.n:1 --peer n-2.n:1 -v"},
		{"--peer=n-0.n:1 -v --peer=n-1.n:1", "--peer=n-0.n:1 -v --peer=n-1.n:1 --peer=n-2.n:1"},
		{"--peer=n-7.n:1 --peer=n-0.n:1 --peer=n-1.n:1 --peer=n-2.n:1", "--peer=n-0.n:1 --peer=n-1.n:1 --peer=n-2.n:1"},
		{"--peer=n-0.n:1 --peer=n-1.n:1 --peer=n-2.n:1 --peer=n-7.n:1 x", "--peer=n-0.n:1 --peer=n-1.n:1 --peer=n-2.n:1 x"},
		{"--peers n-0.n:1,n-1.n:1", "--peers n-0.n:1,n-1.n:1,n-2.n:1"},
		{"--peers=1@n-0.n:1,2@n-1.n:1", "--peers=1@n-0.n:1,2@n-1.n:1,3@n-2.n:1"},
	} {
		args := strings.Fields(tt.in)
		r := Reader{Namespace: "ns"}
		r.Args("args", args)
		l := r.Lists()[0]
		var add, remove []int
		for n := range 3 {
			if !slices.ContainsFunc(l.Members, func(m model.Host) bool { return m.Ordinal == n }) {
				add = append(add, n)
			}
		}
		for _, m := range l.Members {
			if m.Ordinal > 2 {
				remove = append(remove, m.Ordinal)
			}
		}
		c, err := Changed(&l, add, remove)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		got, err := RewriteArgs("ns", args, c)
		if err != nil || strings.Join(got, " ") != tt.want || !HoldsArgs("ns", got, c.To) {
			t.Errorf("%s:\n got %v, %v\nwant %s", tt.in, got, err, tt.want)
		}
	}
}

func TestWhatMovedOnIsNotRewritten(t *testing.T) {
	c, err := changeTo(t, "vm-0.vm,vm-1.vm", "F", 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, now := range []string{"", "vm-0.vm", "vm-0.vm,vm-2.vm", "vm-1.vm,vm-0.vm", "vm-0.vm,vm-1.vm,vm-2.vm", "vm-0.vm:1,vm-1.vm:1"} {
		if got, err := Rewrite("ns", now, c); err == nil {
			t.Errorf("%q became %q", now, got)
		}
	}
	if got, err := Rewrite("ns", "x: y\nPEERS=vm-0.vm;vm-1.vm\n", c); err != nil || got != "x: y\nPEERS=vm-0.vm;vm-1.vm;vm-2.vm\n" {
		t.Errorf("%q, %v", got, err)
	}
}

package hosts

import (
	"fmt"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

func TestArgs(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   []string
		want string
	}{
		{"one flag", []string{"run", "--node=vm-0.vm:1,vm-1.vm:1"}, "args[1] --node: vm-0.vm:1 vm-1.vm:1 | vm-{}.vm:1\n"},
		{"a flag for each", []string{"--node=vm-0.vm:1", "-v", "--node=vm-1.vm:1"}, "args --node: vm-0.vm:1 vm-1.vm:1 | vm-{}.vm:1\n"},
		{"flags in a row", []string{"-v", "--node=vm-0.vm:1", "--node=vm-1.vm:1"}, "args --node: vm-0.vm:1 vm-1.vm:1 | vm-{}.vm:1\n"},
		{"a value of its own", []string{"--node", "vm-0.vm:1,vm-1.vm:1"}, "args[1] --node: vm-0.vm:1 vm-1.vm:1 | vm-{}.vm:1\n"},
		{"a flag and a value for each", []string{"--node", "vm-0.vm:1", "--node", "vm-1.vm:1"}, "args --node: vm-0.vm:1 vm-1.vm:1 | vm-{}.vm:1\n"},
		{"several values behind one flag", []string{"--node", "vm-0.vm:1", "vm-1.vm:1", "-v"}, "args --node: vm-0.vm:1 vm-1.vm:1 | vm-{}.vm:1\n"},
		{"both ways", []string{"--node=vm-0.vm:1,vm-1.vm:1", "--node=vm-2.vm:1"}, "args --node: vm-0.vm:1 vm-1.vm:1 vm-2.vm:1 | not: it is spread over values that hold several members each\n"},
		{"however spelt", []string{"--node=vm-0.vm:1", "--node=vm-1.vm.ns.svc:1", "--node=vm-2.vm:1"}, "args --node: vm-0.vm:1 vm-1.vm.ns.svc:1 vm-2.vm:1 | vm-{}.vm:1\n"},
		{"positions", []string{"server", "http://m-0.m/data", "http://m-1.m/data", "--x"}, "args server: http://m-0.m http://m-1.m | http://m-{}.m\n"},
		{"a shell", []string{"sh", "-c", "exec thanos query --store=s-0.s:1 --store=s-1.s:1"}, "args[2] --store: s-0.s:1 s-1.s:1 | s-{}.s:1\n"},
		{"a shell over lines", []string{"sh", "-c", "set -e\nexec q \\\n  --store=s-0.s:1 \\\n  --store=s-1.s:1 \\\n  --x\n"}, "args[2] --store: s-0.s:1 s-1.s:1 | s-{}.s:1\n"},
		{"a variable for the program", []string{"sh", "-c", "PEERS=s-0.s:1,s-1.s:1 run --x"}, "args[2] PEERS: s-0.s:1 s-1.s:1 | s-{}.s:1\n"},
		{"etcd", []string{"etcd", "--initial-cluster=e-0=http://e-0.e:2380,e-1=http://e-1.e:2380", "--endpoints", "e-0.e:1,e-1.e:1"}, "args[1] --initial-cluster: e-0=http://e-0.e:2380 e-1=http://e-1.e:2380 (founders) | e-{}=http://e-{}.e:2380\nargs[3] --endpoints: e-0.e:1 e-1.e:1 | e-{}.e:1\n"},
		{"Redis", []string{"redis-cli", "--cluster", "create", "r-0.r:6379", "r-1.r:6379", "--cluster-yes"}, "args create: r-0.r:6379 r-1.r:6379 (founders) | r-{}.r:6379\n"},
		{"VictoriaMetrics", []string{"-storageNode=g1/vm-0.vm:8400", "-storageNode=g1/vm-1.vm:8400"}, "args -storageNode: g1/vm-0.vm:8400 g1/vm-1.vm:8400 | g1/vm-{}.vm:8400\n"},
		{"Consul", []string{"agent", "-retry-join=c-0.c", "-retry-join=c-1.c"}, "args -retry-join: c-0.c c-1.c (founders) | c-{}.c\n"},
		{"a property of Java", []string{"java", "-Dpeers=c-0.c:1,c-1.c:1", "-jar", "x.jar"}, "args[1] -Dpeers: c-0.c:1 c-1.c:1 | c-{}.c:1\n"},
		{"not expanded", []string{"--node=$(VMSTORAGE_ADDR)"}, ""},
		{"a variable among the flags", []string{"--node=vm-0.vm:1", "--node=$(MORE)", "--node=vm-1.vm:1"}, "args --node: vm-0.vm:1 vm-1.vm:1 (open) | vm-{}.vm:1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Reader{Namespace: "ns"}
			r.Args("args", tt.in)
			got := ""
			for _, l := range r.Lists() {
				got += l.Path + " " + describe([]model.HostList{l})
			}
			if got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestKeysOfOneObject(t *testing.T) {
	r := Reader{Namespace: "ns"}
	for i, v := range []string{"n-0.n:1", "n-1.n:1", "m-0.m:1"} {
		r.Value(fmt.Sprintf("data.NODE_%d", i), fmt.Sprintf("NODE_%d", i), v)
	}
	r.Value("data.NODES", "NODES", "n-0.n:1,n-1.n:1")
	want := "NODE_N: n-0.n:1 n-1.n:1 | not: each of its members stands under a key of its own\nNODE_2: m-0.m:1 | not: one entry does not show what separates two\nNODES: n-0.n:1 n-1.n:1 | n-{}.n:1\n"
	if got := describe(r.Lists()); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

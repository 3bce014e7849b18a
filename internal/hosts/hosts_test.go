package hosts

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

func describe(lists []model.HostList) string {
	var b strings.Builder
	for _, l := range lists {
		fmt.Fprintf(&b, "%s %s:", l.Path, l.Field)
		for _, m := range l.Members {
			fmt.Fprintf(&b, " %s/%d/%s/%s/%s", m.Set, m.Ordinal, m.Service, m.Namespace, m.Port)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestValue(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"commas", "vm-0.vm:8400,vm-1.vm:8400", "p F: vm/0/vm//8400 vm/1/vm//8400\n"},
		{"spaces", "vm-0.vm vm-1.vm", "p F: vm/0/vm// vm/1/vm//\n"},
		{"semicolons", "a-0;a-1;a-2", "p F: a/0/// a/1/// a/2///\n"},
		{"full names", "db-0.db.prod.svc.cluster.local:5432,db-1.db.prod.svc.cluster.local:5432", "p F: db/0/db/prod/5432 db/1/db/prod/5432\n"},
		{"one member with a service", "vm-0.vm:8400", "p F: vm/0/vm//8400\n"},
		{"one bare member is no list", "utf-8", ""},
		{"url with several hosts", "mongodb://me:pw-1@db-0.db:27017,db-1.db:27017/admin?x=1", "p F: db/0/db//27017 db/1/db//27017\n"},
		{"schemes", "PLAINTEXT://k-0.k:9092,PLAINTEXT://k-1.k:9092", "p F: k/0/k//9092 k/1/k//9092\n"},
		{"etcd", "e-0=http://e-0.e:2380,e-1=http://e-1.e:2380", "p F: e/0/e//2380 e/1/e//2380\n"},
		{"doubled", "a-0.a,a-0.a,a-1.a", "p F: a/0/a// a/1/a//\n"},
		{"two sets", "a-0.a,b-0.b", "p F: a/0/a//\np F: b/0/b//\n"},
		{"other words", "level-1 is on, level-2 too", ""},
		{"yaml list", "nodes:\n  - vm-0.vm:1\n  - \"vm-1.vm:1\"\nlog: info\n", "p F: vm/0/vm//1 vm/1/vm//1\n"},
		{"yaml inline", "a: b\nnodes: [vm-0.vm:1, vm-1.vm:1]\n", "p nodes: vm/0/vm//1 vm/1/vm//1\n"},
		{"properties", "x=1\nservers = vm-0.vm:1,vm-1.vm:1\n", "p servers: vm/0/vm//1 vm/1/vm//1\n"},
		{"outer world", "web-1.eu.example.com", ""},
		{"dates", "2024-01-01,2024-01-02", ""},
		{"leading zero", "a-00.a", ""},
		{"upper case", "A-0.a", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := describe(Value("p", "F", tt.in)); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestArgs(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   []string
		want string
	}{
		{"one flag", []string{"run", "--node=vm-0.vm:1,vm-1.vm:1"}, "args[1] --node: vm/0/vm//1 vm/1/vm//1\n"},
		{"repeated flag", []string{"--node=vm-0.vm:1", "-v", "--node=vm-1.vm:1"}, "args[0] --node: vm/0/vm//1 vm/1/vm//1\n"},
		{"separate value", []string{"--node", "vm-0.vm:1,vm-1.vm:1"}, "args[1] --node: vm/0/vm//1 vm/1/vm//1\n"},
		{"not expanded", []string{"--node=$(VMSTORAGE_ADDR)"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := describe(Args("args", tt.in)); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestCredentialsOfAURLAreNotKept(t *testing.T) {
	for _, l := range Value("p", "URL", "redis://admin:hunter-2@r-0.r:6379,r-1.r:6379") {
		for _, m := range l.Members {
			if strings.Contains(m.Raw, "hunter") || strings.Contains(m.Raw, "admin") {
				t.Errorf("kept %q", m.Raw)
			}
		}
	}
}

func TestWorkIsBounded(t *testing.T) {
	for _, v := range []string{
		strings.Repeat("a-0.a,", 1<<17),
		strings.Repeat("a-0 b\n", 1<<17),
		strings.Repeat("-0", 1<<19),
		strings.Repeat("x-1=", 1<<18),
	} {
		start := time.Now()
		Value("p", "F", v)
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%.10q... took %v", v, d)
		}
	}
}

func FuzzValue(f *testing.F) {
	f.Add("vm-0.vm:8400,vm-1.vm")
	f.Add("a=b-0=c://d@e-1.f:9/g")
	f.Fuzz(func(t *testing.T, s string) {
		for _, l := range Value("p", "F", s) {
			if len(l.Members) == 0 || len(l.Members) > maxMembers {
				t.Fatalf("%d members", len(l.Members))
			}
			for _, m := range l.Members {
				if again, ok := Parse(m.Raw); !ok || again != m {
					t.Fatalf("%+v reads back as %+v", m, again)
				}
			}
		}
	})
}

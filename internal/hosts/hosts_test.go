package hosts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// describe writes lists as "field: entries | the next entry, or why there is none".
func describe(lists []model.HostList) string {
	var b strings.Builder
	for _, l := range lists {
		fmt.Fprintf(&b, "%s:", l.Field)
		for _, m := range l.Members {
			b.WriteString(" " + m.Raw)
		}
		if l.Role != model.ListsAll {
			b.WriteString([]string{"", " (some)", " (founders)"}[l.Role])
		}
		if l.Open {
			b.WriteString(" (open)")
		}
		switch {
		case l.Entry != "":
			b.WriteString(" | " + l.Entry)
		case l.Role == model.ListsAll:
			b.WriteString(" | not: " + l.Why)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func valueOf(key, text string) []model.HostList {
	r := Reader{Namespace: "ns"}
	r.Value("p", key, text)
	return r.Lists()
}

type readCase struct{ name, in, want string }

func readAll(t *testing.T, cases []readCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			if got := describe(valueOf("F", tt.in)); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestValues(t *testing.T) {
	readAll(t, []readCase{
		{"commas", "vm-0.vm:8400,vm-1.vm:8400", "F: vm-0.vm:8400 vm-1.vm:8400 | vm-{}.vm:8400\n"},
		{"spaces", "vm-0.vm vm-1.vm", "F: vm-0.vm vm-1.vm | vm-{}.vm\n"},
		{"semicolons", "a-0;a-1;a-2", "F: a-0 a-1 a-2 | a-{}\n"},
		{"bars", "a-0.a|a-1.a", "F: a-0.a a-1.a | a-{}.a\n"},
		{"commas and blanks", "a-0.a:1, a-1.a:1 ,a-2.a:1", "F: a-0.a:1 a-1.a:1 a-2.a:1 | not: its entries are not separated in one way\n"},
		{"full names", "db-0.db.prod.svc.cluster.local:5432,db-1.db.prod.svc.cluster.local:5432", "F: db-0.db.prod.svc.cluster.local:5432 db-1.db.prod.svc.cluster.local:5432 | db-{}.db.prod.svc.cluster.local:5432\n"},
		{"one member with a service", "vm-0.vm:8400", "F: vm-0.vm:8400 | not: one entry does not show what separates two\n"},
		{"one bare member is no list", "utf-8", ""},
		{"a URL of several hosts", "mongodb://me:pw-1@db-0.db:27017,db-1.db:27017/admin?replicaSet=rs0", "F: db-0.db:27017 db-1.db:27017 | db-{}.db:27017\n"},
		{"JDBC", "jdbc:postgresql://pg-0.pg:5432,pg-1.pg:5432/db?targetServerType=primary", "F: pg-0.pg:5432 pg-1.pg:5432 | pg-{}.pg:5432\n"},
		{"URLs", "http://user:pw@es-0.es:9200/a,http://user:pw@es-1.es:9200/a", "F: http://es-0.es:9200 http://es-1.es:9200 | http://es-{}.es:9200\n"},
		{"a chroot", "zk-0.zk:2181,zk-1.zk:2181/kafka", "F: zk-0.zk:2181 zk-1.zk:2181 | zk-{}.zk:2181\n"},
		{"listeners", "PLAINTEXT://k-0.k:9092,PLAINTEXT://k-1.k:9092", "F: PLAINTEXT://k-0.k:9092 PLAINTEXT://k-1.k:9092 | PLAINTEXT://k-{}.k:9092\n"},
		{"two sets", "a-0.a,b-0.b,a-1.a", "F: a-0.a a-1.a | a-{}.a\nF: b-0.b | not: one entry does not show what separates two\n"},
		{"quoted", `"a-0.a:1","a-1.a:1"`, "F: a-0.a:1 a-1.a:1 | a-{}.a:1\n"},
		{"two ports", "a-0.a:1:2,a-1.a:1:2", "F: a-0.a:1:2 a-1.a:1:2 | a-{}.a:1:2\n"},
		{"trailing dots", "a-0.a.ns.svc.cluster.local.:1,a-1.a.ns.svc.cluster.local.:1", "F: a-0.a.ns.svc.cluster.local.:1 a-1.a.ns.svc.cluster.local.:1 | a-{}.a.ns.svc.cluster.local.:1\n"},
		{"a stranger", "a-0.a:1,a-1.a:1,far.example.com:1", "F: a-0.a:1 a-1.a:1 | a-{}.a:1\n"},
		{"options of StackExchange.Redis", "r-0.r:6379,r-1.r:6379,password=hunter-2,ssl=True", "F: r-0.r:6379 r-1.r:6379 | r-{}.r:6379\n"},
		{"a variable among them", "a-0.a:1,$(MORE),a-1.a:1", "F: a-0.a:1 a-1.a:1 (open) | a-{}.a:1\n"},
		{"a pattern among them", "a-0.a:1,a-{1...3}.a:1", "F: a-0.a:1 (open) | not: one entry does not show what separates two\n"},
		{"the Service among them", "a-0.a:1,a-1.a:1,a.ns.svc:1", "F: a-0.a:1 a-1.a:1 (open) | a-{}.a:1\n"},
		{"Erlang nodes", "rabbit@r-0.r,rabbit@r-1.r", "F: r-0.r r-1.r | r-{}.r\n"},
		{"groups", "g/vm-0.vm:8400,g/vm-1.vm:8400", "F: g/vm-0.vm:8400 g/vm-1.vm:8400 | g/vm-{}.vm:8400\n"},
		{"Open vSwitch", "ssl:ovn-0.ovn:6641,ssl:ovn-1.ovn:6641", "F: ssl:ovn-0.ovn:6641 ssl:ovn-1.ovn:6641 | ssl:ovn-{}.ovn:6641\n"},
		{"libpq", "host=pg-0.pg,pg-1.pg port=5432,5432 dbname=x", "host: pg-0.pg pg-1.pg | not: a list of as many ports goes with it\n"},
		{"ADO.NET", "Host=pg-0.pg,pg-1.pg;Database=x;Password=hunter-2", "Host: pg-0.pg pg-1.pg | pg-{}.pg\n"},
		{"other words", "level-1 is on, level-2 too", ""},
		{"words between commas", "level-1,level-2,dark", ""},
		{"the outer world", "web-1.eu.example.com", ""},
		{"a Service of each member", "kafka-0.prod.svc:9092,kafka-1.prod.svc.cluster.local:9092", ""},
		{"dates", "2024-01-01,2024-01-02", ""},
		{"leading zero", "a-00.a", ""},
		{"upper case", "A-0.a", ""},
		{"a path", "http://gw.example.com/node-0,http://gw.example.com/node-1", ""},
		{"users and passwords", "admin-1:hunter2,admin-2:hunter3", ""},
	})
}

func TestWhatDiffersBelongsToTheEntry(t *testing.T) {
	readAll(t, []readCase{
		{"ids", "1@a-0.a:1,2@a-1.a:1", "F: 1@a-0.a:1 2@a-1.a:1 | {+1}@a-{}.a:1\n"},
		{"ids from zero", "0@a-0.a:1,1@a-1.a:1", "F: 0@a-0.a:1 1@a-1.a:1 | {}@a-{}.a:1\n"},
		{"nine", "1@a-0.a,2@a-1.a,3@a-2.a,4@a-3.a,5@a-4.a,6@a-5.a,7@a-6.a,8@a-7.a,9@a-8.a", "F: 1@a-0.a 2@a-1.a 3@a-2.a 4@a-3.a 5@a-4.a 6@a-5.a 7@a-6.a 8@a-7.a 9@a-8.a | {+1}@a-{}.a\n"},
		{"ids that jump", "1@a-0.a:1,3@a-1.a:1", "F: 1@a-0.a:1 3@a-1.a:1 | not: what its entries have before the host does not count up by one (\"1@\" and \"3@\")\n"},
		{"one id", "1@a-0.a:1,1@a-1.a:1", "F: 1@a-0.a:1 1@a-1.a:1 | not: its entries have one number (1@)\n"},
		{"names", "a=http://n-0.n,b=http://n-1.n", "F: a=http://n-0.n b=http://n-1.n | not: what its entries have before the host does not count up by one (\"a=\" and \"b=\")\n"},
		{"names of the pods", "e-0=http://e-0.e:2380,e-1=http://e-1.e:2380", "F: e-0=http://e-0.e:2380 e-1=http://e-1.e:2380 | e-{}=http://e-{}.e:2380\n"},
		{"names that count", "etcd1=https://e-0.e:2380,etcd2=https://e-1.e:2380", "F: etcd1=https://e-0.e:2380 etcd2=https://e-1.e:2380 | etcd{+1}=https://e-{}.e:2380\n"},
		{"ports", "a-0.a:7000,a-1.a:7001", "F: a-0.a:7000 a-1.a:7001 | not: its entries have different ports (\":7000\" and \":7001\")\n"},
		{"a port on one", "a-0.a,a-1.a:7001", "F: a-0.a a-1.a:7001 | not: its entries have different ports (\"\" and \":7001\")\n"},
		{"passwords", "redis://:x@a-0.a,redis://:y@a-1.a", "F: redis://a-0.a redis://a-1.a | not: its entries have different user names or passwords\n"},
		{"paths", "http://a-0.a/x,http://a-1.a/y", "F: http://a-0.a http://a-1.a | not: its entries differ in what follows the host\n"},
		{"schemes", "http://a-0.a:1,https://a-1.a:1", "F: http://a-0.a:1 https://a-1.a:1 | not: its entries have different schemes (\"http://\" and \"https://\")\n"},
		{"a member twice", "a-0.a:1,a-0.a:2,a-1.a:1", "F: a-0.a:1 a-0.a:2 a-1.a:1 | not: it names a member more than once\n"},
		{"weights", "a-0.a:1=5,a-1.a:1=5", "F: a-0.a:1=5 a-1.a:1=5 | a-{}.a:1=5\n"},
	})
}

func TestMembersAreOneListHoweverSpelt(t *testing.T) {
	readAll(t, []readCase{
		{"short and long", "a-0.a:1,a-1.a.ns.svc:1,a-2.a.ns.svc:1", "F: a-0.a:1 a-1.a.ns.svc:1 a-2.a.ns.svc:1 | a-{}.a.ns.svc:1\n"},
		{"a dot", "a-0.a.ns.svc.cluster.local.:1,a-1.a.ns.svc.cluster.local:1,a-2.a.ns.svc.cluster.local:1", "F: a-0.a.ns.svc.cluster.local.:1 a-1.a.ns.svc.cluster.local:1 a-2.a.ns.svc.cluster.local:1 | a-{}.a.ns.svc.cluster.local:1\n"},
		{"a scheme", "http://a-0.a:1,a-1.a:1,a-2.a:1", "F: a-0.a:1 a-1.a:1 a-2.a:1 | a-{}.a:1\n"},
		{"a scheme in the middle", "a-0.a:1,http://a-1.a:1,a-2.a:1", "F: a-0.a:1 http://a-1.a:1 a-2.a:1 | a-{}.a:1\n"},
		{"users of each", "amqp://u:p@a-0.a:1,u:p@a-1.a:1", "F: a-0.a:1 a-1.a:1 | a-{}.a:1\n"},
		{"pod alone", "a-0:1,a-1.a:1,a-2.a:1", "F: a-0:1 a-1.a:1 a-2.a:1 | a-{}.a:1\n"},
		{"another namespace is another set", "a-0.a:1,a-1.a.other.svc:1", "F: a-0.a:1 | not: one entry does not show what separates two\nF: a-1.a.other.svc:1 | not: one entry does not show what separates two\n"},
	})
}

func TestNoByteOfACredentialIsKept(t *testing.T) {
	for _, in := range []string{
		"redis://admin:hunter-2@r-0.r:6379,r-1.r:6379", "r-0.r:6379,r-1.r:6379,password=hunter-2", "hunter-2@r-0.r:1,hunter-2@r-1.r:1",
		"http://r-0.r/hunter-2,http://r-1.r/hunter-2", "http://r-0.r?x=hunter-2 http://r-1.r?x=hunter-2", "password=hunter-2.x:1", "a: r-0.r:1\npassword: hunter-2.x:1\n",
		"r-0.r:hunter-2,r-1.r:1", "Host=r-0.r,r-1.r;password=hunter-2.x",
	} {
		if got := fmt.Sprintf("%+v", valueOf("F", in)); strings.Contains(got, "hunter") || strings.Contains(got, "admin") {
			t.Errorf("%s: kept %s", in, got)
		}
	}
}

// hostile are texts that would take for ever if the work were not bounded.
var hostile = []string{
	strings.Repeat("a-0.a,", 1<<17), strings.Repeat("a-0 b\n", 1<<17), strings.Repeat("-0", 1<<19), strings.Repeat("x-1=", 1<<18),
	strings.Repeat("- ", 1<<19) + "a-0", strings.Repeat("[", 1<<20-4) + "a-0", strings.Repeat("{a-0:", 1<<17), strings.Repeat("--x a-0.a ", 1<<16),
	strings.Repeat("k: a-0.a,\n", 1<<16), strings.Repeat("server a-0.a:1;", 1<<16), strings.Repeat("x1=a-0.a:1\n", 1<<16), "a-0" + strings.Repeat("'", 1<<20-4),
	strings.Repeat("a-0 \\\n", 1<<17), strings.Repeat("a-0 # ", 1<<17), strings.Repeat("{\"a\":[\"a-0.a\"],", 1<<16), strings.Repeat("\"'a-0.a'\" ", 1<<16),
	strings.Repeat("x1=a-0.a:1\nx2=a-1.a:1\n", 2500), strings.Repeat("a-0.a:1 a-1.b:1 ", 2000), strings.Repeat("--peer=a-0.a ", 3000),
}

func TestWorkIsBounded(t *testing.T) {
	for _, v := range hostile {
		valueOf("F", v)
		(&Reader{}).Args("p", strings.Split(v, "-"))
		(&Reader{}).Args("p", strings.Fields(v))
	}
}

func BenchmarkHostile(b *testing.B) {
	for i, v := range hostile {
		b.Run(fmt.Sprint(i), func(b *testing.B) {
			for b.Loop() {
				valueOf("F", v)
			}
		})
	}
}

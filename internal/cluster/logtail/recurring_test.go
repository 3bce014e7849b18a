package logtail

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestRecurring is what a program that runs goes on to say, and what it has got over.
func TestRecurring(t *testing.T) {
	refused := "ERROR dial tcp ledger:5432: connect: connection refused"
	at := func(clock, line string) string { return "2026-01-02 " + clock + " " + line }
	every := func(n int, between int, line string) (out []string) {
		for i := range n {
			out = append(out, line)
			for j := range between {
				out = append(out, fmt.Sprintf("INFO GET /orders/%d%d 200", i, j))
			}
		}
		return out
	}
	for _, tt := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"at the end", every(4, 0, refused), "refused ledger 4"},
		{"twice", every(2, 0, refused), ""},
		{"among requests", every(5, 9, refused), "refused ledger 5"},
		{"several lines for each request", every(6, 4, refused+"\n"+refused), "refused ledger 12"},
		{"as it started", append(every(5, 0, refused), "INFO GET /orders 200", "INFO GET /orders 200"), ""},
		{"until it was connected", append(every(5, 3, refused), "INFO connected to ledger"), ""},
		{"two bursts, and long after", append(append(every(3, 0, refused), every(1, 60, "INFO ok")...), append(every(3, 0, refused), every(1, 40, "INFO ok")...)...), ""},
		{"for a while, long ago", append(every(5, 3, at("10:00:00", refused)), at("10:40:00", "INFO GET / 200")), ""},
		{"until now", append(every(5, 3, at("10:00:00", refused)), at("10:01:00", "INFO GET / 200")), "refused ledger 5 10:00:00"},
		{"at info", every(4, 0, "INFO dial tcp ledger:5432: connect: connection refused"), ""},
		{"different hosts", []string{refused, strings.Replace(refused, "ledger", "stock", 1), strings.Replace(refused, "ledger", "users", 1)}, ""},
		{"clients that are refused", every(5, 0, `ERROR 401 Unauthorized: invalid credentials`), ""},
		{"a role that was taken away", every(5, 0, `ERROR (Unauthorized) not authorized on geo-db to execute command { find: "geo" }`), "access denied 5"},
		{"a user that is refused", every(5, 0, `ERROR: FATAL: password authentication failed for user "app"`), "access denied app 5"},
		{"clients that hang up", every(5, 0, `http: TLS handshake error from 10.0.0.1:53412: remote error: tls: bad certificate`), ""},
		{"files that clients ask for", every(5, 0, `2026/01/02 10:00:00 [error] 7#7: *1 open() "/usr/share/nginx/html/favicon.ico" failed (2: No such file or directory), client: 10.0.0.1, server: _, request: "GET /favicon.ico HTTP/1.1"`), ""},
		{"an upstream", every(5, 0, `2026/01/02 10:00:00 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream, server: _, upstream: "http://10.2.3.4:8080/"`), "refused 10.2.3.4 5 10:00:00"},
		{"an upstream of a client", every(5, 0, `2026/01/02 10:00:00 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: _, request: "GET / HTTP/1.1", upstream: "http://10.2.3.4:8080/"`), "refused 10.2.3.4 5 10:00:00"},
		{"a client of etcd", every(5, 0, `{"level":"warn","ts":"2026-01-02T10:00:00.1Z","msg":"rejected connection","remote-addr":"10.0.0.3:41234","error":"remote error: tls: bad certificate"}`), ""},
		{"an exception of no class", every(5, 2, "Exception in thread main java.lang.NullPointerException\n\tat a.b.C.d(C.java:1)"), "exception 5"},
		{"an exception of no class, now and then", every(5, 9, "Exception in thread main java.lang.NullPointerException\n\tat a.b.C.d(C.java:1)"), ""},
		{"words of no class, with a number that differs", []string{"Run 1 failed with error: division by zero", "Run 2 succeeded", "Run 3 succeeded", "Run 4 failed with error: division by zero", "Run 5 succeeded", "Run 6 succeeded", "Run 7 failed with error: division by zero", "Run 8 succeeded"}, "said 3"},
		{"different words of no class", []string{"ERROR cannot render a", "ERROR no such page", "ERROR cannot count"}, ""},
		{"a time that is no host", every(4, 0, `{"timestamp":"2026-01-02T10:07:38Z","level":"ERROR","message":"Connection to backend timed out after 30000ms"}`), "no answer 4 10:07:38"},
		{"no answer, of whom it does not say, now and then", every(4, 9, "ERROR upstream timed out"), ""},
		{"connections that clients reset", every(4, 0, "ERROR read: connection reset by peer"), ""},
		{"the host on the line before", every(4, 0, "Attempting connection to ledger:5432...\nERROR could not connect: Connection timed out"), "no answer ledger 4"},
		{"the host two lines after", every(4, 0, "Connection attempt failed: java.net.ConnectException: Connection refused\nwill not work\nTarget host: ledger, port: 5432"), "refused ledger 4"},
		{"the host of what was well", every(4, 0, "INFO Successfully connected to stock:80\nERROR Connection refused"), "refused 4"},
		{"a host far away", append([]string{"Connecting to ledger:5432", "INFO a", "INFO b"}, every(4, 3, "ERROR Connection timed out")...), "no answer 4"},
		{"more often than not", every(4, 0, refused+"\n"+refused+"\nINFO connected to ledger"), "refused ledger 8"},
		{"connected each time", every(4, 0, refused+"\nINFO connected to ledger"), ""},
		{"its last words", append(every(3, 0, "INFO GET / 200"), "ERROR java.lang.OutOfMemoryError: Java heap space", "ERROR Application crashed due to OutOfMemoryError"), "out of memory 1"},
		{"its last words, and why before", []string{"INFO start", "ERROR Backup connection failed: dial tcp ledger:5432: connect: connection refused", "FATAL: Shutting down application"}, "refused ledger 1"},
		{"last words that were not the last", []string{"FATAL: Shutting down application", "INFO GET / 200"}, ""},
		{"the end of a client", []string{"INFO start", "ERROR client 10.0.0.1 closed, client: giving up"}, ""},
		{"a limit that it only warns of", every(4, 0, "http: Accept error: accept tcp [::]:8083: accept4: too many open files; retrying in 1s"), "limit 4"},
		{"a limit of clients", every(4, 0, "WARN rate limit exceeded"), ""},
		{"an orderly end", []string{"INFO start", "INFO Shutting down worker"}, ""},
		{"the right before its echo", every(3, 0, `Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:shop:app" cannot list resource "pods" in API group "" in the namespace "shop"`+"\nERROR: Permission denied - cannot list pods"), "forbidden system:serviceaccount:shop:app 3"},
		{"JSON with seconds", every(4, 0, `{"level":"error","ts":1767348000.5,"msg":"call failed","error":"lookup ledger on 10.96.0.10:53: no such host"}`), "unknown host ledger 4 10:00:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if r := Read(strings.Join(tt.lines, "\n")).Again; r != nil {
				got = strings.Join(strings.Fields(fmt.Sprint(r.Class, " ", r.Host, " ", r.User, " ", r.Times)), " ")
				if !r.Last.IsZero() {
					got += r.Last.Format(" 15:04:05")
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestClock(t *testing.T) {
	for line, want := range map[string]string{
		"2026-01-02T10:00:00.123456Z x":                         "2026-01-02T10:00:00Z true",
		"2026-01-02T10:00:00+02:00 x":                           "2026-01-02T08:00:00Z true",
		"[2026-01-02 10:00:00,123] ERROR x":                     "2026-01-02T10:00:00Z false",
		"2026/01/02 10:00:00 [error] x":                         "2026-01-02T10:00:00Z false",
		"2026-01-02 10:00:00.123 UTC [42] FATAL: x":             "2026-01-02T10:00:00Z true",
		`10.0.0.1 - - [02/Jan/2026:10:00:00 +0000] "GET /" 200`: "2026-01-02T10:00:00Z true",
		`{"time":1767348000123,"msg":"x"}`:                      "2026-01-02T10:00:00Z true",
		`{"ts":"2026-01-02T10:00:00Z","msg":"x"}`:               "2026-01-02T10:00:00Z true",
		"up since 10:00":                                        " false",
	} {
		at, zone := clock(line)
		got := fmt.Sprint(" ", zone)
		if !at.IsZero() {
			got = at.Format(time.RFC3339) + got
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

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
		{"an exception of no class", every(5, 0, "Exception in thread main java.lang.NullPointerException\n\tat a.b.C.d(C.java:1)"), ""},
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

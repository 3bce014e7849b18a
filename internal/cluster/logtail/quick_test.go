package logtail

import (
	"os"
	"strings"
	"testing"
)

// FuzzQuick is that no comparison leaves out a line that its expression would take.
func FuzzQuick(f *testing.F) {
	source, err := os.ReadFile("telling_test.go") // each kind of log is in it
	if err != nil {
		f.Fatal(err)
	}
	for _, line := range strings.Split(string(source), "\n") {
		f.Add(line)
		f.Add(strings.TrimSpace(line))
		f.Add(strings.Trim(strings.TrimSpace(line), "`\","))
	}
	for _, line := range []string{
		"goroutine 1 [running]:", "\tat a.b.C.d(C.java:1)", "created by main.main", "Caused by: x", " 12: core::panicking", "3: main", "#4 main.php", "main.run(...)", "}", "Stack trace:",
		"note: run with RUST_BACKTRACE=1", "[signal SIGSEGV]", "exit status 2", "Node.js v20.1.0", "error Command failed", "-----> x", "... 12 more", "E0102 15:04:05.1 1 x.go:1] y",
		`{"level":"ERROR"}`, "LOG:  x", "(Info) x", "Will Retry in 5s", "still Waiting", "reconnecting in 2s", "trying Again", "\u00a0at x", "wrapped by", "---> System.Exception", "runtime error: x",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsAny(line, "\n\u017f\u212a") { // a line is one; and two letters fold to ASCII ones
			t.Skip()
		}
		head := line[:min(len(line), 160)]
		level := levelField().MatchString(head) || klogHead().MatchString(head)
		if m := levelWord().FindStringSubmatch(head); m != nil || level {
			level = true
		}
		for _, tt := range []struct {
			what     string
			may, has bool
		}{
			{"opens", mayOpen(line), opens().MatchString(line)},
			{"frame", mayFollow(line), frame().MatchString(line)},
			{"cause", mayFollow(line), cause().MatchString(line)},
			{"level", mayTellLevel(head), level},
			{"goesOn", mayGoOn(line), goesOn().MatchString(line)},
		} {
			if tt.has && !tt.may {
				t.Errorf("%s: %q is left out", tt.what, line)
			}
		}
	})
}

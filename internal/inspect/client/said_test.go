package client

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
)

func TestLogsAreAskedWhatTheySay(t *testing.T) {
	s, c := serve(t)
	path := func(pod string) string { return "/api/v1/namespaces/shop/pods/" + pod + "/log" }
	s.handle[path("web")] = func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("tailLines") != "200" || q.Get("limitBytes") != "262144" || q.Get("timestamps") != "true" || q.Get("follow") != "" {
			t.Errorf("asked %s", r.URL.RawQuery)
		}
		if q.Get("previous") == "true" {
			fmt.Fprint(w, "2026-01-02T15:00:00Z panic: the run before\n")
			return
		}
		// A line that would move the cursor, clear the screen, turn the text around, and tell
		// a password; then more than is kept.
		fmt.Fprintf(w, "2026-01-02T15:01:00Z \x1b[2J\x1b]0;title\x07FATAL password=%s: con\u202enection refused: db:5432\r\n", sentinel)
		fmt.Fprintf(w, "2026-01-02T15:02:00Z %s\n", strings.Repeat("x", 1<<20))
	}
	s.handle[path("quiet")] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "2026-01-02T15:00:00Z listening\n2026-01-02T15:00:01Z ok\n")
	}
	s.handle[path("empty")] = func(http.ResponseWriter, *http.Request) {}
	s.handle[path("secret")] = func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "Forbidden", `pods "secret" is forbidden: User "tester" cannot get resource "pods/log" in API group "" in the namespace "shop"`)
	}
	run := func(pod string) inspect.LogRun { return inspect.LogRun{Pod: ref(model.KindPod, pod), Container: "app"} }
	before := run("web")
	before.Previous = true
	got := c.Said(t.Context(), []inspect.LogRun{run("web"), before, run("quiet"), run("empty"), run("secret"), run("gone")})
	if len(got) != 6 {
		t.Fatal(got)
	}
	web := got[0]
	if web.Telling == nil || web.Telling.Class != model.LogRefused || web.Telling.Host != "db" || !web.At.Equal(time.Date(2026, 1, 2, 15, 1, 0, 0, time.UTC)) {
		t.Errorf("%+v", web)
	}
	if line := web.Telling.Line; strings.Contains(line, sentinel) || strings.ContainsAny(line, "\x1b\x07\r\u202e") || len(line) > 500 {
		t.Errorf("%q", line)
	}
	if got[1].Telling == nil || !strings.Contains(got[1].Telling.Line, "the run before") {
		t.Errorf("%+v", got[1])
	}
	for i, want := range []string{2: "", 3: "", 4: "forbidden", 5: "is not there any more"} {
		if i >= 2 && (got[i].Telling != nil || (want == "") != (got[i].Unread == "") || !strings.Contains(got[i].Unread, want)) {
			t.Errorf("%d: %+v", i, got[i])
		}
	}
	if got[2].Lines != 2 || got[3].Lines != 0 {
		t.Errorf("%d and %d lines", got[2].Lines, got[3].Lines)
	}
}

func TestNoMoreLogsAreAskedThanTheBound(t *testing.T) {
	s, c := serve(t)
	runs := make([]inspect.LogRun, 3*inspect.MostRuns)
	for i := range runs {
		runs[i] = inspect.LogRun{Pod: ref(model.KindPod, fmt.Sprint("web-", i)), Container: "app"}
	}
	got := c.Said(t.Context(), runs)
	if n := s.asked("/log"); n != inspect.MostRuns {
		t.Errorf("%d requests", n)
	}
	if len(got) != len(runs) || got[inspect.MostRuns].Unread != "no more logs are read at once" {
		t.Errorf("%+v", got[inspect.MostRuns])
	}
}

func TestALogThatDoesNotEndIsGivenUp(t *testing.T) {
	s, c := serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.handle["/api/v1/namespaces/shop/pods/web/log"] = func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "2026-01-02T15:00:00Z connection refused")
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	}
	got := c.Said(ctx, []inspect.LogRun{{Pod: ref(model.KindPod, "web"), Container: "app"}})
	if got[0].Unread == "" || got[0].Telling != nil {
		t.Errorf("%+v", got[0])
	}
}

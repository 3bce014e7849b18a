package mcp

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
)

// passed is what a client's lines become: what is handed over, and what is answered.
func passed(t *testing.T, text string) (handed []string, answered []failure) {
	t.Helper()
	var out, to bytes.Buffer
	if err := newLines(strings.NewReader(text), &out).pass(&to); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(to.String()) {
		handed = append(handed, strings.TrimSuffix(line, "\n"))
	}
	for d := json.NewDecoder(&out); ; {
		var f failure
		if err := d.Decode(&f); err == io.EOF {
			return handed, answered
		} else if err != nil {
			t.Fatal(err)
		}
		answered = append(answered, f)
	}
}

func TestALineThatIsNoMessageIsAnsweredAndTheNextOneRead(t *testing.T) {
	ping := `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	for line, want := range map[string]struct {
		code int64
		id   string
	}{
		`{"jsonrpc":`: {-32700, "null"},
		"hello":       {-32700, "null"},
		"\x00\xff":    {-32700, "null"},
		`42`:          {-32600, "null"},
		`[]`:          {-32600, "null"},
		`[{"jsonrpc":"2.0","id":1,"method":"ping"}]`:     {-32600, "null"},
		`{"jsonrpc":"1.0","id":"seven","method":"x"}`:    {-32600, `"seven"`},
		`{"id":7,"method":5}`:                            {-32600, "7"},
		`{"jsonrpc":"2.0","id":{"a":1},"method":"x"}`:    {-32600, "null"},
		`{"a":"` + strings.Repeat("x", 3*maxLine) + `"}`: {-32600, "null"},
	} {
		handed, answered := passed(t, ping+"\n\n"+line+"\n  \r\n"+ping+"\n")
		if len(handed) != 2 || handed[0] != ping || handed[1] != ping {
			t.Errorf("%.60q: handed over %.200q", line, handed)
		}
		if len(answered) != 1 || answered[0].Error.Code != want.code || string(answered[0].ID) != want.id || answered[0].Error.Message == "" || answered[0].Version != "2.0" {
			t.Errorf("%.60q: answered %+v, want %+v", line, answered, want)
		}
	}
}

// TestWhoHasEndedItsSideIsAnswered asks like a script: all at once, and then no more.
func TestWhoHasEndedItsSideIsAnswered(t *testing.T) {
	reports := make(chan *engine.Report)
	o := Options{Reports: reports, Log: slog.New(slog.DiscardHandler), FirstLook: time.Hour}
	o.Document = func(r *engine.Report) *report.Document { return report.New(r, r.At, r.At, 0, nil) }
	in := strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}
{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"findings","arguments":{}}}
`)
	out, done := &bytes.Buffer{}, make(chan error, 1)
	go func() { done <- Serve(t.Context(), in, out, o) }()
	reports <- &engine.Report{Snapshot: &model.Snapshot{Coverage: model.Coverage{{Kind: model.KindPod, Resource: "pods", State: model.Live}}}}
	if err := <-done; err != nil || !strings.Contains(out.String(), `"id":2,"result"`) {
		t.Errorf("%v: %s", err, out)
	}
}

// TestAClientThatGoesAwayWhileAToolWorks leaves a tool that has nothing to tell yet.
func TestAClientThatGoesAwayWhileAToolWorks(t *testing.T) {
	l := newLines(strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}
{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"findings","arguments":{}}}
`), io.Discard)
	l.linger = time.Millisecond
	if err := serve(t.Context(), l, Options{Log: slog.New(slog.DiscardHandler), FirstLook: time.Hour}); err != nil {
		t.Error(err)
	}
}

func TestALastLineNeedsNoEnd(t *testing.T) {
	ping := `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	if handed, _ := passed(t, ping); len(handed) != 1 || handed[0] != ping {
		t.Errorf("%q", handed)
	}
}

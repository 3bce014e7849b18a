package report

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/about"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/timeline"
)

// asked is what is known of an object whose logs say what they like.
func asked(line string) Asked {
	r := drawn()
	r.At = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	ref := r.Findings[0].Subject
	pod := model.Ref{Kind: model.KindPod, Namespace: ref.Namespace, Name: "web-1"}
	said := func(container string) inspect.LogSaid {
		return inspect.LogSaid{LogRun: inspect.LogRun{Pod: pod, Container: container}, Lines: 200}
	}
	tells, quiet, unread, before := said("app"), said("proxy"), said("agent"), said("old")
	tells.Telling, tells.At = &model.Telling{Class: model.LogSaid, Line: line}, r.At.Add(-3*time.Minute)
	unread.Unread, before.Previous = "reading "+pod.String()+": forbidden to viewer (get pods/log)", true
	return Asked{
		Look: r, Version: "v0.0.0", Unread: []string{"what changed lately: no answer in 30s"},
		Lately: &timeline.Line{Entries: []timeline.Entry{{At: r.At.Add(-time.Hour), Ref: ref, What: line, By: "kubectl", Change: true}}},
		Object: about.Object{
			Ref: ref, State: "2/3 ready", More: 3, Logs: about.Logs{Pods: []model.Ref{pod, pod}, Of: 5, Left: 2},
			Touch: []about.Touch{{Finding: r.Findings[0], How: about.Itself}, {Finding: r.Findings[1], How: about.Joined}},
			Says: []about.Says{
				{LogSaid: tells, Words: "its log says \"" + line + "\"", Evidence: []finding.Evidence{{Ref: pod, Path: "log", Value: line, Note: "the line that tells most"}, {Ref: ref, Note: line}}, Causes: r.Findings[1:2]},
				{LogSaid: quiet},
				{LogSaid: unread},
				{LogSaid: before},
			},
		},
	}
}

func TestANoteAboutAnObject(t *testing.T) {
	golden.Equal(t, filepath.Join("testdata", "object.note.md"), ObjectNote(asked("FATAL the ledger is not balanced")))
	in := asked("")
	in.Object.Touch, in.Object.More, in.Object.Logs, in.Object.Says, in.Lately, in.Unread = nil, 0, about.Logs{}, nil, nil, nil
	golden.Equal(t, filepath.Join("testdata", "object-quiet.note.md"), ObjectNote(in))
	in.Object.Ref = model.Ref{Kind: model.KindSecret, Namespace: "shop", Name: "ledger"}
	if text := ObjectNote(in); strings.Contains(text, "logs") {
		t.Errorf("a Secret has none:\n%s", text)
	}
}

func TestANoteAboutAnObjectCannotBeBrokenOutOf(t *testing.T) {
	text := ObjectNote(asked(hostile + "\n# more"))
	outside := codeSpan.ReplaceAllString(text, "")
	for _, bad := range []string{"<script", "<img", "</title", "\n# more", "=//evil", "(//evil", "\x1b"} {
		if strings.Contains(outside, bad) {
			t.Errorf("it holds %q:\n%s", bad, outside)
		}
	}
}

package repair

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/report"
)

// journalOfMany has entries of several states, with wide characters, a long title, a
// stranger's and one that cannot be used.
func journalOfMany() Journal {
	entry := func(id, title string, change func(*Entry)) *Entry {
		e := entryOfTwo("x")
		e.ID, e.Title, e.Own, e.State, e.Host = id, title, true, Confirmed, "laptop"
		e.At = moment.Add(-3 * time.Hour)
		change(e)
		return e
	}
	return Journal{
		Now: moment, Passed: 5, Unread: []string{"depot: ci may not list secrets"},
		Entries: []*Entry{
			entry("aaaaaaaaaaaa", "Scale 集群 to 3", func(e *Entry) {
				e.Findings, e.Fixes, e.Proof.Text = []finding.ID{"a:shop/C/d"}, []string{"scale"}, "3 of 3 are ready"
				e.Progress = map[int]Did{1: {At: moment.Add(-3 * time.Hour)}, 2: {At: moment.Add(-3*time.Hour + time.Second)}}
			}),
			entry("bbbbbbbbbbbb", "Rewrite the list "+strings.Repeat("of members ", 8), func(e *Entry) {
				e.State, e.Namespace, e.Reason = Open, "a-namespace-with-a-long-name", "the server went away"
				e.Progress = map[int]Did{1: {At: moment.Add(-3 * time.Hour)}}
			}),
			entry("cccccccccccc", "Take it back", func(e *Entry) { e.State, e.UndoOf, e.By = Undone, "aaaaaaaaaaaa", "ana@example.com" }),
			entry("dddddddddddd", "Delete it all", func(e *Entry) { e.Own, e.Risk = false, finding.Destructive }),
			entry("eeeeeeeeeeee", "", func(e *Entry) { *e = Entry{ID: e.ID, Namespace: "shop", At: moment, Problem: "its parts are missing"} }),
		},
	}
}

func TestAJournalIsListed(t *testing.T) {
	for _, format := range Listings.Names() {
		var b bytes.Buffer
		if err := Listings.Write(&b, format, journalOfMany().Listing(), report.Options{}); err != nil {
			t.Fatal(err)
		}
		golden.Equal(t, filepath.Join("testdata", "journal."+format+".golden"), b.String())
	}
	var b bytes.Buffer
	if err := Listings.Write(&b, "table", Journal{}.Listing(), report.Options{}); err != nil || b.Len() > 0 {
		t.Errorf("an empty journal: %v %q", err, b.String())
	}
	if err := Listings.Write(&b, "json", Journal{}.Listing(), report.Options{}); err != nil || strings.Contains(b.String(), "null") || !json.Valid(b.Bytes()) {
		t.Errorf("an empty journal: %v %s", err, b.String())
	}
}

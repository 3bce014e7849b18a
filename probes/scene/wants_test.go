package scene

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

func TestWantsAreReadAndMet(t *testing.T) {
	claim := model.Ref{Kind: model.KindClaim, Namespace: "lake", Name: "data"}
	found := &finding.Finding{Probe: probes.ClaimOrphan.ID, Subject: claim, Severity: finding.Medium, Grade: finding.Proved, Summary: "Nothing uses this claim."}
	for _, test := range []struct {
		comment string
		about   model.Ref
		met     bool
	}{
		{`medium proved "^Nothing uses"`, claim, true},
		{`claim-orphan medium proved "claim\\."`, claim, true},
		{`claim-older-than-owner medium proved "claim"`, claim, false},
		{`high proved "claim"`, claim, false},
		{`medium inferred "claim"`, claim, false},
		{`medium proved "volume"`, claim, false},
		{`medium proved "claim"`, model.Ref{Kind: model.KindClaim, Namespace: "lake", Name: "other"}, false},
	} {
		w, err := parseWant(test.comment)
		if err != nil {
			t.Fatal(err)
		}
		w.subjects = []model.Ref{test.about}
		if got := w.meets(found, []finding.ProbeID{probes.ClaimOrphan.ID}, func(model.Ref) bool { return true }); got != test.met {
			t.Errorf("%s about %s: met %v", test.comment, test.about, got)
		}
	}
}

func TestWantsThatSayTooLittle(t *testing.T) {
	for comment, reason := range map[string]string{
		`medium proved`:           "double quotes",
		`medium "claim"`:          "severity and grade",
		`terrible proved "claim"`: "unknown severity",
		`medium proved "(claim"`:  "missing closing",
		`medium proved "claim`:    "not a quoted string",
	} {
		if _, err := parseWant(comment); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: got %v, want %q", comment, err, reason)
		}
	}
}

func TestFixturesThatCannotBeRead(t *testing.T) {
	for doc, reason := range map[string]string{
		"kind: Fixture\nnwo: 1\n":                          "unknown field",
		"apiVersion: v1\nkind: Secret\ndata: [a]\n":        "decoding the manifest",
		"apiVersion: v1\nkind: Binding\nmetadata: {}\n":    "does not read",
		"kind: Fixture\nrecords: [{release: a}]\nnow: x\n": "own document",
	} {
		if _, _, err := newWorld().add(doc); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%q: got %v, want %q", doc, err, reason)
		}
	}
}

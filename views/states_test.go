package views

import (
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/viewtest"
)

func shown(p Pane) string {
	return strings.Join(strings.Fields(ansi.Strip(strings.Join(p.Draw(100, 20, false), " "))), " ")
}

// TestNothingIsNeverSaidTooEarly holds the five texts of a pane without rows, and
// the two before anything is known.
func TestNothingIsNeverSaidTooEarly(t *testing.T) {
	empty := func(c model.Coverage) *engine.Report {
		snap := viewtest.Snapshot()
		snap.Coverage = c
		return sampleReport(snap, nil)
	}
	live := viewtest.Live()
	for _, c := range []struct {
		name       string
		world      *engine.Report
		filter     string
		severity   finding.Severity
		namespaces map[string]bool
		want       []string
		never      string
	}{
		{"waiting", nil, "", 0, nil, []string{"Connecting to prod-eu …"}, "No findings"},
		{
			"pending", empty(viewtest.With(live, model.KindPod, model.Syncing, 1204, "")), "", 0, nil,
			[]string{"No findings yet. Not everything is known:", "pods: syncing 1,204 …"},
			"No findings in",
		},
		{
			"forbidden", empty(viewtest.With(live, model.KindNode, model.Forbidden, 0, "forbidden to oncall@corp (list nodes)")), "", 0, nil,
			[]string{"nodes: forbidden to oncall@corp (list nodes)"},
			"No findings in",
		},
		{
			"stale", empty(viewtest.With(live, model.KindPod, model.Stale, 1204, "")), "", 0, nil,
			[]string{"No findings in 7 namespaces, 37 of 37 kinds read.", "pods: stale 2m, retrying"},
			"yet",
		},
		{"empty", empty(live), "", 0, nil, []string{"No findings in 7 namespaces, 37 of 37 kinds read."}, "syncing"},
		{
			"filtered away", sampleReport(viewtest.Snapshot(), viewtest.Findings()), "zzz", 0, nil,
			[]string{"None of 11 findings matches zzz.", "esc clears the filter"},
			"No findings",
		},
		{
			"below the threshold", sampleReport(viewtest.Snapshot(), viewtest.Findings()[8:9]), "", finding.Critical, nil,
			[]string{"1 finding, none in 7 namespaces at or above critical.", "s changes the threshold"},
			"No findings",
		},
		{
			"out of scope", sampleReport(viewtest.Snapshot(), viewtest.Findings()[:1]), "", 0,
			map[string]bool{"shop": true},
			[]string{"1 finding, none in shop.", "n chooses namespaces"},
			"No findings",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := sampleEnv(t)
			env.Report, env.Severity, env.Namespaces = c.world, c.severity, c.namespaces
			p := paneOf[*Findings](env)
			p.Load()
			p.Filter(c.filter)
			got := shown(p)
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is missing in:\n%s", want, got)
				}
			}
			if strings.Contains(got, c.never) {
				t.Errorf("%q must not be said here:\n%s", c.never, got)
			}
		})
	}
}

func TestUnreachableIsSaid(t *testing.T) {
	env := sampleEnv(t)
	env.Report = sampleReport(viewtest.Snapshot(), nil)
	env.Report.Err = errors.New("dial tcp 10.0.0.1:6443: connection refused")
	p := paneOf[*Findings](env)
	p.Load()
	if got := shown(p); !strings.Contains(got, "The cluster cannot be reached: dial tcp") || strings.Contains(got, "No findings in") {
		t.Error(got)
	}
}

func TestWhatIsUnknownStaysUnderAnyThreshold(t *testing.T) {
	env := loadedEnv(t)
	env.Severity = finding.Critical
	p := paneOf[*Findings](env)
	p.Load()
	var got []string
	for range p.table.Shown() {
		r, _ := p.table.Selected()
		got = append(got, string(r.Probe))
		p.Do(keymap.Down)
	}
	if s := strings.Join(got, " "); s != "service-account-missing helm-cannot-update-records certificate-expiring" {
		t.Errorf("at critical: %s", s)
	}
	if by, unknown, _ := p.Counts(); by[finding.Critical] != 2 || unknown != 1 {
		t.Errorf("counts: %v, %d unknown", by, unknown)
	}
}

func TestTheFilterLooksAtAllThatARowSays(t *testing.T) {
	p := paneOf[*Findings](loadedEnv(t))
	p.Load()
	for filter, want := range map[string]finding.ProbeID{
		"review/ci": probes.HelmCannotUpdateRecords.ID, "exit code": probes.ContainerFailing.ID, "could not be looked": "certificate-expiring",
		"0/2 down": probes.ServiceAccountMissing.ID, "VMSTORAGE_ADDR lists": probes.MemberListStale.ID,
	} {
		p.Filter(filter)
		if r, ok := p.table.Selected(); !ok || r.Probe != want {
			t.Errorf("%q selects %s, want %s", filter, r.Probe, want)
		}
	}
}

func TestWalkingTheEvidenceAndBack(t *testing.T) {
	env := loadedEnv(t)
	d := NewDetail(env)
	stuck := env.Report.Findings[0]
	d.Follow(Subject{stuck.ID(), stuck.Subject})
	d.Draw(80, 40, true)
	d.Do(keymap.Down)
	at, ok := selected(d.page)
	if !ok || at.to.Ref != stuck.Evidence[0].Ref {
		t.Fatalf("the first stop is %v", at)
	}
	d.Do(keymap.Open)
	if d.Subject().Ref != stuck.Evidence[0].Ref {
		t.Fatalf("opened %v", d.Subject())
	}
	if got := shown(d); !strings.Contains(got, "label status pending-install") {
		t.Errorf("a record named as Secret must be found:\n%s", got)
	}
	d.Do(keymap.Back)
	if d.Subject().Finding != stuck.ID() {
		t.Errorf("back at %v", d.Subject())
	}
	if back, _ := selected(d.page); back != at {
		t.Errorf("back on %v, want %v", back, at)
	}
	if r := d.Do(keymap.Back); r != (Close{}) {
		t.Errorf("back from the first page: %#v", r)
	}
}

func TestAResolvedFindingIsSaidToBe(t *testing.T) {
	env := loadedEnv(t)
	d := NewDetail(env)
	f := env.Report.Findings[0]
	d.Follow(Subject{f.ID(), f.Subject})
	env.Report = sampleReport(viewtest.Snapshot(), env.Report.Findings[1:])
	if got := shown(d); !strings.Contains(got, "This finding is resolved") {
		t.Error(got)
	}
}

func TestAgesAskToBeDrawnAgain(t *testing.T) {
	env := loadedEnv(t)
	p := paneOf[*Findings](env)
	p.Load()
	env.Changes()
	p.Draw(120, 20, true)
	// The youngest age drawn is 4m, which reads 5m a minute later.
	if got := env.Changes().Sub(viewtest.Now); got.Minutes() != 1 {
		t.Errorf("drawn again after %s", got)
	}
	if !env.Changes().IsZero() {
		t.Error("asked twice")
	}
}

func TestNamespacesAreChosen(t *testing.T) {
	env := loadedEnv(t)
	p := NewNamespaceChoice(env)
	p.Filter("vault")
	if r, ok := p.Do(keymap.Open).(Choose); !ok || len(r.Namespaces) != 1 || !r.Namespaces["vault"] {
		t.Errorf("one: %v", r)
	}
	p.Filter("")
	p.Do(keymap.Top)
	p.Do(keymap.Down)
	p.Do(keymap.Mark)
	p.Do(keymap.Mark)
	if r, ok := p.Do(keymap.Open).(Choose); !ok || len(r.Namespaces) != 2 {
		t.Errorf("two: %v", r)
	}
	p.Do(keymap.Top)
	if r, ok := p.Do(keymap.Open).(Choose); !ok || r.Namespaces != nil {
		t.Errorf("all: %v", r)
	}
}

func TestReadOnlyStillShowsThePlanAndSaysWhyNot(t *testing.T) {
	env := loadedEnv(t)
	env.ReadOnly = true
	p := paneOf[*Findings](env)
	p.Load()
	o, ok := keymap.Find(p.Offers(), keymap.Fix)
	if !ok || o.Disabled != "" || o.Word() != "plan (read-only)" {
		t.Errorf("offer: %+v", o)
	}
	page := NewFixPage(env, []*finding.Finding{env.Report.Findings[0]}, "careen is in read-only mode")
	if o, _ := keymap.Find(page.Offers(), keymap.Apply); o.Disabled != "careen is in read-only mode" {
		t.Errorf("apply: %+v", o)
	}
	if got := shown(page); !strings.Contains(got, "Not applied here: careen is in read-only mode.") || !strings.Contains(got, "Mark revision 1 deployed") {
		t.Error(got)
	}
}

// TestAPreventionIsNotOfferedBeforeFixesAreKnown: while kinds are being read, a fix may
// still come.
func TestAPreventionIsNotOfferedBeforeFixesAreKnown(t *testing.T) {
	env := loadedEnv(t)
	f := *env.Report.Findings[0]
	f.Fixes, f.Preventions = nil, []finding.Fix{{ID: "prevent-x", Title: "Refuse it from now on"}}
	report := func(coverage model.Coverage) {
		snap := viewtest.Snapshot()
		snap.Coverage = coverage
		env.Report = sampleReport(snap, []*finding.Finding{&f})
	}
	d := NewDetail(env)
	p := paneOf[*Findings](env)
	offered := func() (list, detail keymap.Offer, page string) {
		p.Load()
		d.Follow(Subject{f.ID(), f.Subject})
		list, _ = keymap.Find(p.Offers(), keymap.Fix)
		detail, _ = keymap.Find(d.Offers(), keymap.Fix)
		return list, detail, shown(d)
	}
	report(viewtest.With(viewtest.Live(), model.KindPod, model.Syncing, 12, ""))
	list, detail, page := offered()
	if list.Disabled != stillRead || detail.Disabled != stillRead || len(env.Plannable(&f)) != 0 {
		t.Errorf("while it is read: %+v, %+v", list, detail)
	}
	if strings.Contains(page, "No automatic fix") || strings.Contains(page, "Refuse it") || !strings.Contains(page, "still being read") {
		t.Error(page)
	}
	report(viewtest.Live())
	list, detail, page = offered()
	if list.Word() != "prevent" || detail.Word() != "prevent" || list.Disabled != "" || len(env.Plannable(&f)) != 1 {
		t.Errorf("once it was read: %+v, %+v", list, detail)
	}
	if !strings.Contains(page, "No automatic fix") || !strings.Contains(page, "Refuse it") {
		t.Error(page)
	}
}

func TestHelpNamesEveryActionAndWhyNot(t *testing.T) {
	env := loadedEnv(t)
	offers := []keymap.Offer{{Action: keymap.Fix, Disabled: "careen knows no fix for this finding"}, {Action: keymap.Open}}
	h := NewHelp(env, keymap.Default(), "Findings", keymap.InList, offers)
	got := strings.Join(strings.Fields(ansi.Strip(strings.Join(h.Draw(160, 120, false), " "))), " ")
	for _, a := range keymap.Actions() {
		if !strings.Contains(got, a.Long()) {
			t.Errorf("%v is missing", a)
		}
	}
	for _, want := range []string{"not now: careen knows no fix for this finding", "in a plan: apply it"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// TestTheFirstRowIsSelectedUntilAllIsKnown: while rows come in one by one the first
// is selected; once all are known, or one was chosen, the selection stays.
func TestTheFirstRowIsSelectedUntilAllIsKnown(t *testing.T) {
	list := viewtest.Findings()
	world := func(n int, state model.WatchState) *engine.Report {
		snap := viewtest.Snapshot()
		snap.Coverage = viewtest.With(viewtest.Live(), model.KindPod, state, 10, "")
		return sampleReport(snap, list[n:])
	}
	env := sampleEnv(t)
	p := paneOf[*Findings](env)
	step := func(n int, state model.WatchState) string {
		env.Report = world(n, state)
		p.Load()
		return p.Selected().Ref.Name
	}
	if got := step(5, model.Syncing); got != "worker" {
		t.Fatalf("first %s is selected", got)
	}
	if got := step(1, model.Live); got != "common-vault" {
		t.Fatalf("a worse finding came while syncing, and %s is selected", got)
	}
	p.Do(keymap.Down)
	chosen := p.Selected()
	step(0, model.Live)
	if got := p.Selected(); got != chosen {
		t.Errorf("%v was chosen, and %v is selected", chosen, got)
	}
}

func TestEvidenceIsGatheredByObject(t *testing.T) {
	a, b := model.Ref{Kind: "Pod", Name: "a"}, model.Ref{Kind: "Pod", Name: "b"}
	got := byPlace([]finding.Evidence{{Ref: a, Path: "1"}, {Ref: b, Path: "2"}, {Ref: a, Path: "3"}})
	if len(got) != 2 || len(got[0]) != 2 || got[0][1].Path != "3" || got[1][0].Path != "2" {
		t.Errorf("%v", got)
	}
}

func TestTheGraphCountsTheMembersThatAreNamed(t *testing.T) {
	env := loadedEnv(t)
	p := paneOf[*Graph](env)
	p.Around(model.Ref{Kind: model.KindConfigMap, Namespace: "metrics", Name: "vm-vmstorage-env"})
	if got := shown(p); !strings.Contains(got, "names 2 of 3 StatefulSet vmstorage") {
		t.Errorf("the list is not counted:\n%s", got)
	}
}

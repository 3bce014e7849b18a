package tui

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/aymanbagabas/go-osc52/v2"

	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/viewtest"
)

func TestScreensLookAsTheyDid(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {100, 30}, {120, 40}, {200, 50}} {
		at := fmt.Sprintf("%dx%d", size[0], size[1])
		t.Run(at, func(t *testing.T) {
			newShell(t, Options{}, size[0], size[1]).looksAs("connecting-" + at)
			loadedShell(t, Options{}, size[0], size[1]).looksAs("findings-" + at)
			loadedShell(t, Options{}, size[0], size[1]).press("right", "j", "enter", "j").looksAs("detail-" + at)
			loadedShell(t, Options{ReadOnly: true}, size[0], size[1]).press("4", "j").looksAs("volumes-" + at)
			loadedShell(t, Options{}, size[0], size[1]).press("g").looksAs("graph-" + at)
			loadedShell(t, Options{}, size[0], size[1]).press("?").looksAs("help-" + at)
		})
	}
}

func TestTheFirstFrameComesBeforeAnyReport(t *testing.T) {
	s := newShell(t, Options{ReadOnly: true}, 120, 30)
	s.sees("careen", "prod-eu", "connecting", "read-only", "Connecting to prod-eu …", "? keys")
	if strings.Contains(s.screen(), "No findings") {
		t.Error("nothing is known yet")
	}
}

func TestTheDetailFollowsTheSelection(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("j", "j", "j").sees("ServiceAccount review/ci ─", "may create secrets, but not")
	s.press("home").sees("Deployment vault/common-vault", "runs as ServiceAccount vault-svc")
	s.press("2").sees("Release devlake/devlake", "devlake 1.0.2")
	s.press("enter", "j", "enter").sees("StatefulSet devlake/devlake-mysql ─")
	s.press("esc").sees("Release devlake/devlake ─")
	s.press("esc", "1").sees("runs as ServiceAccount vault-svc")
}

func TestTheSelectionSurvivesLiveUpdates(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("j", "j")
	before := s.findings.Selected()
	worse := &finding.Finding{
		Probe: "a-new-one", Subject: cluster.Ref{Kind: "Release", Namespace: "aaa", Name: "first"}, Severity: finding.Critical,
		Grade: finding.Proved, Summary: "It came first.",
	}
	s.send(reportMsg{reportOf(viewtest.Snapshot(), append([]*finding.Finding{worse}, viewtest.Findings()...))})
	if got := s.findings.Selected(); got != before {
		t.Errorf("%v is selected, want %v", got, before)
	}
	s.sees("a-new-one", before.Ref.Name)
	var rest []*finding.Finding
	for _, f := range viewtest.Findings() {
		if f.ID() != before.Finding {
			rest = append(rest, f)
		}
	}
	s.send(reportMsg{reportOf(viewtest.Snapshot(), rest)})
	if got := s.findings.Selected(); got == before || got.IsZero() {
		t.Errorf("after it was resolved %v is selected", got)
	}
}

func TestFilterIsLiveAndEscClearsIt(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("/", "v", "a", "u", "l", "t")
	s.sees("1 of 11", "/vault", "1 shown")
	s.press("q") // a letter while typing, not quit
	if s.quitting {
		t.Fatal("q quit while a filter was typed")
	}
	s.press("backspace", "enter")
	s.sees("esc clear filter")
	s.press("esc").sees("8 of 11")
	s.press("/", "z", "z", "z").sees("None of 11 findings matches zzz.")
	s.press("esc").sees("8 of 11")
}

func TestPastingAMegabyteIntoTheFilter(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("/")
	s.send(tea.PasteMsg{Content: strings.Repeat("日本\x1b[31m\n", 100_000)})
	s.sees("only the first 256 characters were taken")
	s.press("end", "x", "home", "y")
	if n := len([]rune(s.prompt.input.Text())); n > 256 {
		t.Errorf("%d runes", n)
	}
}

func TestSeverityThresholdGoesRound(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("s").sees("7 of 11", "medium and above")
	s.press("s").sees("high and above")
	s.press("s").sees("3 of 11", "critical and above", "? UNKN certificate-expiring")
	s.press("s").sees("8 of 11", "findings: all severities")
}

func TestChoosingNamespaces(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("n", "/", "v", "a", "u", "l", "t", "enter", "enter")
	s.sees("vault 1 cause 1 critical", "2 of 11")
	if strings.Contains(s.screen(), "shop/worker") {
		t.Error("another namespace is seen")
	}
	s.press("n", "home", "enter").sees("all namespaces", "8 of 11")
}

func TestKeysThatDoNothingSayWhy(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("m").sees("yaml: this needs a live cluster")
	s.press("u").sees("undo: nothing can be applied in this session")
	s.press("r").sees("reveal: this needs a live cluster")
	s.press("?").sees("not now: nothing can be applied in")
	s.press("esc", "j", "j", "f").sees("fix: careen knows no fix for this finding")
}

func TestPlanWithoutAPlannerShowsTheFixAndWhyNot(t *testing.T) {
	s := loadedShell(t, Options{ReadOnly: true}, 120, 40)
	s.press("j", "j", "j", "f").sees("Not applied here: careen is in read-only mode.", "Add update to Role ci")
	s.press("y").sees("apply: careen is in read-only mode")
	s.press("esc").sees("4 of 8")
}

func TestCopyClaimsNoMoreThanWasDone(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	cmd := s.take(keyPress("c"))
	s.send(nil)
	s.sees("copied service-account-missing:vault/Deployment/common-vault (if your terminal allows OSC 52)")
	text := "service-account-missing:vault/Deployment/common-vault"
	if got := fmt.Sprint(cmd()); got != fmt.Sprint(tea.RawMsg{Msg: osc52.New(text).String()}) {
		t.Errorf("sent %q", got)
	}
	s.copies("the line", "", strings.Repeat("x", maxCopied+1))
	s.send(nil)
	s.sees("not copied: the line has 74,001 bytes")
}

func TestQuit(t *testing.T) {
	for _, k := range []string{"q", "ctrl+c"} {
		s := loadedShell(t, Options{}, 120, 40)
		if s.press(k); !s.quitting {
			t.Errorf("%s does not quit", k)
		}
	}
	s := loadedShell(t, Options{}, 120, 40)
	s.press("/", "ctrl+c")
	if !s.quitting {
		t.Error("ctrl+c does not quit while text is typed")
	}
}

func TestTabGoesRoundAllRegions(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	var seen []string
	for range 6 {
		seen = append(seen, fmt.Sprintf("%s %v", s.active, s.right))
		s.press("tab")
	}
	if got := strings.Join(seen, " "); got != "findings false releases false secrets false volumes false graph false graph true" || s.active != views.PaneFindings || s.right {
		t.Errorf("%s, then %s %v", got, s.active, s.right)
	}
	s.press("shift+tab")
	if !s.right {
		t.Error("shift+tab does not go back to the detail")
	}
}

func TestAStaleAgeIsDropped(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.send(reportMsg{sampleReport()})
	due, gen := s.due, s.generation
	if due.IsZero() {
		t.Fatal("no age is waited for")
	}
	s.take(ageMsg{gen - 1})
	if !s.due.Equal(due) {
		t.Error("an older call counted")
	}
	s.take(ageMsg{gen})
	if !s.due.IsZero() {
		t.Error("the call did not count")
	}
}

// fetcher is a page that fetches when it is opened.
type fetcher struct {
	views.Pane
	begun, go_ chan struct{}
	got        []string
	failed     error
}

func newFetcher(env *views.Env) *fetcher {
	return &fetcher{Pane: views.NewCoverage(env), begun: make(chan struct{}, 1), go_: make(chan struct{})}
}

func (f *fetcher) Start() views.Request {
	return views.Fetch{
		Slot: "one", Fail: func(err error) { f.failed = err },
		Read: func(ctx context.Context, show func(func() views.Request)) {
			f.begun <- struct{}{}
			select {
			case <-f.go_:
				show(func() views.Request { f.got = append(f.got, "read"); return views.Say{Text: "it was read"} })
				panic("and then it crashes")
			case <-ctx.Done():
				show(func() views.Request { f.got = append(f.got, "ended"); return nil })
			}
		},
	}
}

func TestAFetchReachesItsPageAndNobodyOnceThatIsClosed(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	page := newFetcher(s.env)
	cmd := s.push(page)
	<-page.begun
	close(page.go_)
	s.drain(cmd)
	if strings.Join(page.got, " ") != "read" || page.failed == nil || !strings.Contains(page.failed.Error(), "and then it crashes") {
		t.Errorf("the page got %v, failed with %v", page.got, page.failed)
	}
	s.sees("it was read")

	closed := newFetcher(s.env)
	cmd = s.push(closed)
	<-closed.begun
	s.press("esc")
	s.drain(cmd)
	if len(closed.got) > 0 || len(s.fetches) > 0 {
		t.Errorf("a closed page got %v, %d fetches are left", closed.got, len(s.fetches))
	}
}

// TestAnyKeysAtAnySize presses keys at random while the terminal is resized and
// reports come: send checks each frame.
func TestAnyKeysAtAnySize(t *testing.T) {
	var keys []string
	for _, a := range keymap.Actions() {
		for _, k := range keymap.Default().Keys(a) {
			if a != keymap.Quit {
				keys = append(keys, k)
			}
		}
	}
	keys = append(keys, "x", "é", "漢")
	rng := rand.New(rand.NewPCG(7, 7))
	reports := []func(){}
	s := newShell(t, Options{}, 120, 40)
	empty := reportOf(viewtest.Snapshot(), nil)
	reports = append(reports, func() { s.send(reportMsg{sampleReport()}) }, func() { s.send(reportMsg{empty}) })
	for i := range 3000 {
		switch {
		case i%23 == 0:
			s.send(tea.WindowSizeMsg{Width: 1 + rng.IntN(220), Height: 1 + rng.IntN(70)})
		case i%31 == 0:
			reports[rng.IntN(2)]()
		default:
			s.press(keys[rng.IntN(len(keys))])
		}
	}
}

func TestSmallTerminals(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {39, 24}, {80, 9}, {2, 50}, {500, 1}} {
		s := loadedShell(t, Options{}, size[0], size[1])
		if size[0] > 30 {
			s.sees(fmt.Sprintf("careen needs 40x10, this is %dx%d", size[0], size[1]))
		}
	}
	loadedShell(t, Options{}, 40, 10).sees("1 Findings")
}

func TestThePaletteFindsAndRuns(t *testing.T) {
	s := loadedShell(t, Options{Probes: []*probes.Probe{{ID: "release-stuck", Doc: "Stuck releases\n\nText."}}}, 120, 40)
	s.press(":").sees("Commands", "focus-releases", "namespace vault", "probe release-stuck")
	s.press("v", "a", "u", "l", "t", "enter").sees("2 of 11")
	if s.right || s.prompt != nil || len(s.pages) != 0 {
		t.Errorf("after it ran: right %v, prompt %v, %d pages", s.right, s.prompt != nil, len(s.pages))
	}
	s.press(":", "n", "a", "m", "e", "s", "p", "a", "c", "e", "space", "a", "l", "l", "enter").sees("8 of 11")
	s.press(":", "s", "t", "u", "c", "k", "enter").sees("/release-stuck")
	s.press("esc", ":", "o", "r", "t", "enter").sees("by severity")
	s.press(":", "z", "z", "z", "z").sees("Nothing is called zzzz.")
	s.press("enter", "esc")
	if s.right || len(s.pages) != 0 {
		t.Error("esc does not leave the palette")
	}
	s.press(":", "q", "u", "i", "t", "enter")
	if !s.quitting {
		t.Error("quit does not quit")
	}
}

func TestUserKeysAreShownAndWork(t *testing.T) {
	keys, err := keymap.Default().With([]keymap.Override{{Action: "open", Keys: []string{"x"}}, {Action: "help", Keys: []string{"f1"}}})
	if err != nil {
		t.Fatal(err)
	}
	s := loadedShell(t, Options{Keys: keys}, 120, 40)
	s.sees("x open", "f1 keys")
	if s.press("x"); !s.right {
		t.Error("x does not open")
	}
}

func BenchmarkUpdateAndFrame(b *testing.B) {
	s := loadedShell(b, Options{}, 200, 50)
	b.ReportAllocs()
	for i := range b.N {
		s.Update(keyPress([]string{"j", "k"}[i%2]))
	}
}

// TestTheFirstPageOfTheHelp holds what is asked for most to be seen at once, and the help
// to be searched.
func TestTheFirstPageOfTheHelp(t *testing.T) {
	s := loadedShell(t, Options{}, 80, 24)
	s.press("?")
	for _, key := range []string{" f ", " y ", " u ", " L ", " w ", " g "} {
		if !strings.Contains(s.screen(), "\n "+key) && !strings.Contains(s.screen(), "\n"+key) {
			t.Errorf("%q is not on the first page:\n%s", key, s.screen())
		}
	}
	s.press("/").typed("shell").press("enter")
	s.sees("careen runs no shell", "/shell 1 of")
}

func TestAnUnknownKeySaysSoOnce(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("Q")
	s.sees("Q does nothing here; ? lists all keys")
	s.press("Q")
	if strings.Contains(s.screen(), "does nothing here") {
		t.Error("it is said twice")
	}
	s.press("x")
	s.sees("x (in k9s decode a Secret): r reveals one value")
	before := s.screen()
	s.press("esc")
	s.press("esc")
	if s.quitting || !strings.Contains(s.screen(), "1 Findings") {
		t.Error("esc at the root does something", before)
	}
}

// TestAKeyThatWasTakenFromADefaultIsTold says once, at the start, what gave way to the
// operator's own binding; the help keeps saying it.
func TestAKeyThatWasTakenFromADefaultIsTold(t *testing.T) {
	keys, err := keymap.Default().With([]keymap.Override{
		{Action: "fix", Keys: []string{"W"}, Where: "config.yaml:2:3"}, {Action: "sort", Keys: []string{"j"}, Where: "config.yaml:3:3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := newShell(t, Options{Keys: keys}, 140, 40)
	s.sees("j means sort, as the configuration says; down is left for down; ? lists 1 more")
	s.send(reportMsg{sampleReport()})
	s.press("?").sees("Keys that the configuration file gave to other actions", "W means fix, as the configuration says; no key is left for waive")
}

// TestAFilterThatIsOpenedAgainStartsAnew: the first letter replaces the old text, and any
// other key edits it.
func TestAFilterThatIsOpenedAgainStartsAnew(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("/", "v", "a", "u", "l", "t", "enter").sees("/vault")
	s.press("/").sees("/ vault")
	s.press("r").sees("/ r")
	if s.findings.Filtered() != "r" {
		t.Errorf("filtered by %q", s.findings.Filtered())
	}
	s.press("enter", "/", "backspace", "v", "enter")
	if s.findings.Filtered() != "v" {
		t.Errorf("edited to %q", s.findings.Filtered())
	}
}

package tui

import (
	"strings"
	"testing"

	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
)

// equipped is a session in which everything can be asked for.
func equipped() (Options, *bench, *inspecting) {
	b, f := &bench{plan: samplePlan(), outcome: repair.Outcome{Confirmed: true}}, &inspecting{}
	return Options{Session: Session{Mender: b, Inspector: f, Waivers: &ledger{}}, Probes: []*probes.Probe{probes.ReleaseStuck}}, b, f
}

// TestEveryKeyIsAnsweredInLines types every action, by its key and by its name, on the
// first page, in a list, on the page of a finding and on a page of text: each does
// something, or says why it does not.
func TestEveryKeyIsAnsweredInLines(t *testing.T) {
	for name, way := range map[string][]string{
		"first page": nil, "list": {"1"}, "finding": {"1", "1"}, "text": {"1", "1", "m"},
	} {
		o, _, _ := equipped()
		silent, err := converse(t, o, sampleReport(), append(way, "q")...)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range keymap.Actions() {
			words := []string{a.String()}
			for _, k := range keymap.Default().Keys(a) {
				if k < "1" || k > "9" { // which are numbers here
					words = append(words, keymap.Show(k))
				}
			}
			for _, word := range words {
				o, _, _ := equipped()
				text, err := converse(t, o, sampleReport(), append(way, word)...)
				if err != nil {
					t.Fatalf("%s: %s: %v", name, word, err)
				}
				if a != keymap.Quit && len(text) <= len(silent) {
					t.Errorf("%s: %s is silent", name, word)
				}
				if strings.Contains(text, "not one of the choices") {
					t.Errorf("%s: %s is no choice", name, word)
				}
			}
		}
	}
}

func TestAFindingIsAcceptedInLines(t *testing.T) {
	o, _, _ := equipped()
	text, err := converse(t, o, sampleReport(), "1", "W", "W 1", "known to the team", "soon", "2026-02-01", "y", "8", "W", "y", "b", "b", "q")
	if err != nil {
		t.Fatal(err)
	}
	contains(
		t, text, "accept is about a row: in a list, type W and the number of the row.", "Why are these 3 accepted; b gives up.",
		"Until (a day, 30d, 2w; empty: no end) (Enter alone: 2026-02-01; - for none)", "that is not a day.",
		"config.yaml (a new file)", "+ reason: known to the team until 2026-02-01", "y write the file", "accepted in /home/me/.config/careen/config.yaml.",
		"It does not count: waived until 2026-02-01: known to the team", "counted again",
		"W count again",
	)
}

func TestSeveralFindingsArePlannedInLines(t *testing.T) {
	o, b, _ := equipped()
	text, err := converse(t, o, sampleReport(), "1", "L 1 2", "f 1 2 3", "n", "b", "q")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text, "logs takes one number.", "y applies it", "Not applied.")
	if len(b.planned) < 2 || !strings.HasPrefix(b.planned[0], "many ") {
		t.Errorf("planned %q", b.planned)
	}
}

// TestAnyObjectIsOpenedByItsNameInLines is the command palette, typed in one line.
func TestAnyObjectIsOpenedByItsNameInLines(t *testing.T) {
	for asked, want := range map[string][]string{
		":deployment/keep-backend":             {"Deployment keep/keep-backend", "m yaml"},
		":validatingadmissionpolicies":         {"ValidatingAdmissionPolicies 1", "1.", "no-latest"},
		":validatingadmissionpolicy/no-latest": {"was read"},
		":release-stuck":                       {"Findings 1 of 11 /release-stuck"},
		":namespace shop":                      {"Looking at shop."},
		":nonsuch":                             {"Nothing is called nonsuch."},
		":coverage":                            {"persistentvolumeclaims"},
		":rev":                                 {"A number opens", "review"},
		":preflight x y":                       {"It cannot be opened: this needs a live cluster."},
	} {
		o, _, _ := equipped()
		text, err := converse(t, o, sampleReport(), asked, "b", "q")
		if err != nil {
			t.Fatal(err)
		}
		t.Run(asked, func(t *testing.T) { contains(t, text, want...) })
	}
}

// TestWhatIsReadOnDemandIsPrintedInLines opens the pages that have a key of their own.
func TestWhatIsReadOnDemandIsPrintedInLines(t *testing.T) {
	for name, c := range map[string]struct{ answers, want []string }{
		"a log, searched": {
			[]string{":pod/vmstorage-0", "L", "/previous", "/", "c", "f", "b"},
			[]string{"Log, last run, of vmstorage-0", "log of", "previous false", "/previous 1 of 1", "The command: kubectl", "follow: lines still to be written"},
		},
		"yaml, events, changes": {
			[]string{":deployment/worker", "m", "b", "e", "b", "w", "b"},
			[]string{"YAML of Deployment shop/worker", "kind: Deployment", "event of worker", "What changed recently"},
		},
		"a note":  {[]string{"1", "i 1", "c", "b"}, []string{"Incident note", "service-account-missing", "The note: # "}},
		"a value": {[]string{":secret/worker-credentials", "r", "1", "c", "c", "b"}, []string{"1. password", "2. user", secretValue, "The value of key password is not copied"}},
		"a task": {
			[]string{":deployment/worker", "a", "1", "n", "b", "b"},
			[]string{"What to do with Deployment shop/worker", "1. ", "y applies it", "Not applied."},
		},
		"the records of a release": {
			[]string{"2", "1", "3", "right", "c", "b", "b"},
			[]string{"[History]", "[Diff]", "right next part"},
		},
		"contexts":  {[]string{"C"}, []string{"contexts: this session has no kubeconfig."}},
		"a list":    {[]string{":pods", "1", "b", "o", "b"}, []string{"Pods 3", "1. ", "/TEXT filters", "by "}},
		"all keys":  {[]string{"?"}, []string{"Keys in Findings", "Fix, take back, accept"}},
		"undo from": {[]string{"1", "f 1", "y", "u", "b"}, []string{"u lists it, and plans its undo.", "The journal is empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			o, _, _ := equipped()
			r := sampleReport()
			for pod := range cluster.Each[*cluster.Pod](r.Snapshot.Space("metrics"), cluster.KindPod) {
				pod.Template.Containers = []cluster.Container{{Name: "vmstorage"}}
			}
			text, err := converse(t, o, r, append(c.answers, "q")...)
			if err != nil {
				t.Fatal(err)
			}
			contains(t, text, c.want...)
		})
	}
}

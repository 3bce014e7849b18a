package command

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/careen-tui/careen/internal/catalogue"
)

// shell is a command line away from every cluster and configuration.
type shell struct {
	t       *testing.T
	home    string
	out     bytes.Buffer
	err     bytes.Buffer
	command string
}

func newShell(t *testing.T) *shell {
	t.Helper()
	home := t.TempDir()
	t.Setenv("KUBECONFIG", filepath.Join(home, "none"))
	t.Setenv("CAREEN_READ_ONLY", "")
	return &shell{t: t, home: home, command: "careen"}
}

func (s *shell) file(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.home, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func (s *shell) run(args ...string) int {
	s.t.Helper()
	null, err := os.Open(os.DevNull)
	if err != nil {
		s.t.Fatal(err)
	}
	defer null.Close()
	s.out.Reset()
	s.err.Reset()
	args = append([]string{s.command}, args...)
	return Execute(s.t.Context(), args, Streams{null, &s.out, &s.err})
}

func TestCommandLinesThatCannotBeMeant(t *testing.T) {
	s := newShell(t)
	broken := s.file("broken.yaml", "not: [yaml")
	chart := s.chart()
	for line, want := range map[string]string{
		"nosuch":               `unknown command "nosuch" for "careen"`,
		"adit":                 `unknown command "adit" for "careen"; did you mean "audit"?`,
		"audit nosuch":         `audit takes no arguments, but was given "nosuch"`,
		"help nosuch":          `unknown command "nosuch" for "careen"`,
		"help journal prun":    `unknown command "prun" for "careen journal"; did you mean "prune"?`,
		"completion":           "needs the name of a shell",
		"completion zsg":       `unknown command "zsg" for "careen completion"; did you mean "zsh"?`,
		"completion bash x":    `bash takes no arguments, but was given "x"`,
		"version x":            `but was given "x"`,
		"journal x":            `unknown command "x" for "careen journal"`,
		"demo x":               `but was given "x"`,
		"mcp x":                `mcp takes no arguments, but was given "x"`,
		"mcp":                  "the kubeconfig cannot be used",
		"docs":                 "docs takes 1 argument: the directory",
		"--nosuch":             "unknown flag: --nosuch",
		"audit --outptu x":     `unknown flag: --outptu; did you mean "--output"?`,
		"audit -Q":             "unknown shorthand flag",
		"audit --output":       "flag needs an argument",
		"audit -o nosuch":      "-o nosuch: unknown format (formats: table, json, yaml, jsonl, sarif, junit, markdown, html, openreports)",
		"audit -o sarfi":       `-o sarfi: unknown format; did you mean "sarif"?`,
		"preflight a b -o png": "-o png: unknown format",
		"graph -o nosuch":      "-o nosuch: unknown format (formats: tree, dot, mermaid, json)",
		"audit --fail-on hgih": `--fail-on: unknown level "hgih"; did you mean "high"? (use critical, high, medium, low, none)`,
		"audit --severity x":   `--severity: unknown severity "x" (use critical, high, medium, low)`,

		"audit --probe nosuch":                                 `unknown probe "nosuch"`,
		"audit --skip-probe claim-orphen":                      `unknown probe "claim-orphen"; did you mean "claim-orphan"?`,
		"audit --probe claim-orphan --skip-probe claim-orphan": "leave no probe to run",
		"audit --probe preflight-quota":                        "--probe preflight-quota: this command does not run it (it is reported by: careen preflight)",
		"preflight web " + chart + " --probe secret-orphan":    "--probe secret-orphan: this command does not run it (it is reported by: careen, careen audit)",
		"probes nosuch":                                        `unknown probe "nosuch"`,
		"probes relese-stuck":                                  `did you mean "release-stuck"?`,
		"probes a b":                                           "probes takes at most one argument",
		"probes --no-secrets":                                  "--no-secrets goes with --rbac",
		"probes --rbac release-stuck":                          "--rbac takes no ID",
		"audit -n a -A":                                        "-A and -n cannot be used together",
		"audit -n a,b":                                         `-n "a,b": not a valid namespace name`,
		"audit -n=":                                            `-n "=": not a valid namespace name`,
		"audit -n Shop":                                        `-n "Shop": not a valid namespace name`,
		"audit --stuck-after abc":                              "--stuck-after abc: not a duration: write 90s, 15m or 168h",
		"audit --stuck-after -5m":                              "--stuck-after -5m0s: a threshold cannot be negative",
		"audit --orphan-after=-1s":                             "--orphan-after -1s: a threshold cannot be negative",
		"audit --timeout -1s":                                  "--timeout -1s: a time limit cannot be negative",
		"audit --fps -1":                                       "--fps -1",
		"audit --fps x":                                        "--fps x: not a whole number",
		"audit --read-only=maybe":                              "--read-only maybe: not true or false",
		"audit --config /nonexistent":                          "/nonexistent: no such file",
		"audit --baseline /nonexistent":                        "/nonexistent: no such file",
		"audit --from /nonexistent":                            "/nonexistent: no such file",
		"audit --watch -o json":                                "--watch prints jsonl, not json",
		"audit --watch --from x":                               "--watch and --from cannot be used together",
		"journal --verify -o json":                             "use one of them",
		"journal -o xml":                                       "-o xml: unknown format (formats: table, json)",
		"audit --wide -o json":                                 "--wide goes with -o table",
		"audit --watch --wide":                                 "--wide goes with -o table",
		"audit --log-file /dev/null/x":                         "log",
		"audit":                                                "the kubeconfig cannot be used",
		"audit --kubeconfig " + broken:                         "the kubeconfig cannot be used",
		"--config " + broken:                                   "broken.yaml",
		"":                                                     "the interface needs a terminal",
		"demo":                                                 "the interface needs a terminal",
		"fix":                                                  "fix takes 1 argument: the id of a finding",
		"fix a b":                                              "fix takes 1 argument",
		"fix a --commands --yes":                               "use one of them",
		"note":                                                 "note takes 1 argument: the id of a finding",
		"note x --from /nonexistent":                           "/nonexistent: no such file",
		"undo a b":                                             "undo takes at most one argument",
		"preflight":                                            "preflight takes 2 arguments: the name of a release, and a chart",
		"preflight Bad_Name /nonexistent":                      "not a valid release name",
		"preflight a /nonexistent":                             "/nonexistent: no such file",
		"preflight a " + chart + " -f /nonexistent":            "/nonexistent: no such file",
		"forecast":                                             "forecast takes 1 argument: the name of a release",
		"forecast a -A":                                        "a release is in one namespace",
		"verify":                                               "verify needs the name of a release",
		"verify a -f /nonexistent":                             "not both",
		"verify -f /nonexistent":                               "/nonexistent: no such file",
		"verify -f " + chart:                                   "there is no object in it",
		"verify a --timeout -1s":                               "cannot be negative",
		"verify a --revision -1":                               "revisions begin with 1",
		"verify nosuch/a":                                      `no kind "nosuch"`,
		"verify pod/a --revision 1":                            "--revision goes with a release",
		"verify Bad_Name":                                      "not a valid release name",
		"versions":                                             "versions takes 1 argument",
		"versions pod/a":                                       "versions are known of Secrets and ConfigMaps",
		"versions secret/":                                     "versions are known of Secrets and ConfigMaps",
		"versions secret/a --yes":                              "go with --to",
		"versions secret/a -o png":                             "-o png: unknown format",
		"preflight a " + chart + " --yes":                      "go with --fix",
		"snapshot":                                             "-o FILE is missing",
		"snapshot -o x --redact nosuch":                        "--redact nosuch: only names can be redacted",
		"graph a":                                              `"a": not of the form KIND/NAME`,
		"graph a/b c":                                          "graph takes at most one argument",
		"graph --depth -1":                                     "--depth",
		"journal prune":                                        "prune needs --older-than",
		"undo ":                                                "the kubeconfig cannot be used",
	} {
		t.Run(line, func(t *testing.T) {
			if code := s.run(strings.Fields(line)...); code != codeUsage {
				t.Errorf("exit code %d, want %d; stderr: %s", code, codeUsage, s.err.String())
			}
			if s.out.Len() > 0 {
				t.Errorf("stdout holds %q: messages go to stderr", s.out.String())
			}
			if text := s.err.String(); !strings.HasPrefix(text, "careen: ") || !strings.Contains(text, want) {
				t.Errorf("stderr lacks %q: %q", want, text)
			}
		})
	}
}

func TestEveryIDOfTheCatalogueCanBeNamed(t *testing.T) {
	s := newShell(t)
	for _, e := range catalogue.All() {
		id := string(e.ID)
		if code := s.run("probes", id); code != codeOK || !strings.HasPrefix(s.out.String(), "# "+id+"\n") {
			t.Errorf("probes %s: exit code %d; %s%s", id, code, s.out.String(), s.err.String())
		}
		o := newOptions()
		o.skip = []string{id}
		for _, where := range []catalogue.Where{catalogue.Live, catalogue.Preflight, catalogue.Forecast, catalogue.Verify} {
			list, err := o.chosen(where)
			if err != nil || slices.Contains(list, e.Probe) {
				t.Errorf("--skip-probe %s leaves %d in %s: %v", id, len(list), where, err)
			}
		}
	}
}

func TestCommandLinesThatNeedNoCluster(t *testing.T) {
	s := newShell(t)
	for line, want := range map[string]string{
		"version": "careen dev", "--version": "careen dev", "help": "Available Commands", "--help": "Available Commands",
		"help audit": "--fail-on", "audit --help": "--fail-on", "help journal prune": "--older-than",
		"completion bash": "bash completion", "completion zsh": "#compdef careen", "completion fish": "fish completion",
		"probes": "release-stuck", "probes release-stuck": "# release-stuck", "probes release-leftovers": "# release-leftovers",
		"probes --rbac --custom=false": "kind: ClusterRole",
	} {
		t.Run(line, func(t *testing.T) {
			if code := s.run(strings.Fields(line)...); code != codeOK {
				t.Errorf("exit code %d; stderr: %s", code, s.err.String())
			}
			if !strings.Contains(s.out.String(), want) {
				t.Errorf("stdout lacks %q:\n%s", want, s.out.String())
			}
		})
	}
}

func TestEveryFlagOfTheContractIsThere(t *testing.T) {
	root := newRoot(Streams{}, "careen")
	everywhere := strings.Fields(`kubeconfig context cluster user token as as-group as-uid server insecure-skip-tls-verify
		certificate-authority client-certificate client-key tls-server-name request-timeout namespace all-namespaces read-only
		probe skip-probe severity stuck-after terminating-after stale-after orphan-after config baseline
		ascii no-color plain mouse fps log-file verbose`)
	own := map[string]string{
		"audit": "watch fail-on output wide from show-requests contexts parallel timeout", "fix": "fix yes confirm", "undo": "yes confirm", "demo": "headless",
		"preflight": "values set fail-on output wide fix choose yes confirm", "forecast": "output wide", "versions": "to yes confirm output", "verify": "output wide fail-on timeout revision filename", "snapshot": "output contexts parallel timeout", "graph": "output from",
		"note": "from at timeout", "journal": "verify output", "mcp": "timeout", "probes": "rbac", "version": "output", "completion": "", "help": "",
	}
	for name, flags := range own {
		cmd, _, err := root.Find([]string{name})
		if err != nil || cmd == root {
			t.Errorf("there is no command %s", name)
			continue
		}
		for _, f := range append(strings.Fields(flags), everywhere...) {
			if cmd.Flags().Lookup(f) == nil && cmd.InheritedFlags().Lookup(f) == nil {
				t.Errorf("%s has no --%s", name, f)
			}
		}
	}
	for _, name := range []string{"from", "contexts", "parallel", "timeout"} {
		if root.Flags().Lookup(name) == nil {
			t.Errorf("careen has no --%s", name)
		}
	}
	for short, name := range map[string]string{"n": "namespace", "A": "all-namespaces", "v": "verbose"} {
		if f := root.PersistentFlags().ShorthandLookup(short); f == nil || f.Name != name {
			t.Errorf("-%s is not --%s", short, name)
		}
	}
}

func TestAPluginOfKubectlSaysSo(t *testing.T) {
	s := newShell(t)
	s.command = "/opt/bin/kubectl-careen"
	if code := s.run("audit", "--help"); code != codeOK || !strings.Contains(s.out.String(), "kubectl careen audit") {
		t.Errorf("exit code %d:\n%s", code, s.out.String())
	}
	if code := s.run("--help"); code != codeOK || !strings.Contains(s.out.String(), "kubectl plugin") {
		t.Errorf("exit code %d:\n%s", code, s.out.String())
	}
}

func TestAServerThatCannotBeUsed(t *testing.T) {
	s := newShell(t)
	refusing := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		w.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}`))
	}))
	t.Cleanup(refusing.Close)
	gone := httptest.NewServer(nil)
	gone.Close()
	chart := t.TempDir()
	if err := os.WriteFile(filepath.Join(chart, "Chart.yaml"), []byte("apiVersion: v2\nname: web\nversion: 0.1.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(s.home, "log")
	for name, c := range map[string]struct {
		flags []string
		want  []string
	}{
		"nobody answers":        {[]string{"--server", gone.URL}, []string{"GET " + gone.URL + "/version", "as nobody"}},
		"the token has expired": {[]string{"--server", refusing.URL, "--insecure-skip-tls-verify", "--token", "old"}, []string{"GET " + refusing.URL + "/version", "as the bearer of a token"}},
		"somebody else is meant": {
			[]string{"--server", refusing.URL, "--insecure-skip-tls-verify", "--token", "old", "--as", "ci"}, []string{"as ci"},
		},
		"the certificate is not known": {[]string{"--server", refusing.URL, "--token", "old"}, []string{"refused TLS"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, line := range []string{
				"audit", "audit --watch", "fix x", "note x", "undo", "journal", "snapshot -o " + filepath.Join(s.home, "out"), "graph", "forecast web", "verify web", "preflight web " + chart,
			} {
				code := s.run(append(strings.Fields(line), append(c.flags, "--log-file", log)...)...)
				if code != codeUnreachable {
					t.Errorf("%s: exit code %d, want %d; stderr: %s", line, code, codeUnreachable, s.err.String())
				}
				for _, want := range c.want {
					if !strings.Contains(s.err.String(), want) {
						t.Errorf("%s: stderr lacks %q: %s", line, want, s.err.String())
					}
				}
				if strings.Contains(s.err.String(), "old") {
					t.Errorf("%s: the token is in %q", line, s.err.String())
				}
			}
		})
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestWhatCannotBePrintedIsSaid(t *testing.T) {
	s := newShell(t)
	for _, line := range []string{"version", "probes", "probes release-stuck", "help", "completion bash"} {
		null, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		s.err.Reset()
		code := Execute(t.Context(), append([]string{"careen"}, strings.Fields(line)...), Streams{null, full{}, &s.err})
		null.Close()
		if code != codeInternal || !strings.Contains(s.err.String(), syscall.ENOSPC.Error()) || strings.Contains(s.err.String(), issues) {
			t.Errorf("%s: exit code %d, stderr %q", line, code, s.err.String())
		}
	}
}

// TestAReaderThatLeftIsNoFailure prints to a pipe that nobody reads any more.
func TestAReaderThatLeftIsNoFailure(t *testing.T) {
	s := newShell(t)
	a := newAPIServer(t)
	a.objects["secrets"] = []any{unreadable()}
	for line, want := range map[string]int{
		"version": codeOK, "probes": codeOK, "help": codeOK, "completion bash": codeOK, "journal": codeOK, "journal -o json": codeOK, "graph": codeOK,
		"audit": codeFindings, "audit -o json --fail-on none": codeOK, "audit --watch": codeOK, "note " + unreadableID: codeOK,
	} {
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		read.Close()
		null, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		s.err.Reset()
		args := append([]string{"careen"}, strings.Fields(line)...)
		if fields := strings.Fields(line); fields[0] != "completion" && fields[0] != "help" {
			args = append(args, "--server", a.URL, "--log-file", filepath.Join(s.home, "log"))
		}
		code := Execute(t.Context(), args, Streams{null, write, &s.err})
		write.Close()
		null.Close()
		if code != want || strings.Contains(s.err.String(), syscall.EPIPE.Error()) || strings.Contains(s.err.String(), "careen:") {
			t.Errorf("%s: exit code %d, want %d; stderr %q", line, code, want, s.err.String())
		}
	}
}

func TestOutputUnwraps(t *testing.T) {
	out := newOutput(full{})
	if _, err := out.Write([]byte("x")); !errors.Is(err, syscall.ENOSPC) || !errors.Is(out.err, syscall.ENOSPC) {
		t.Errorf("%v, remembered %v", err, out.err)
	}
	if fileOf(out) != nil || fileOf(newOutput(os.Stderr)) != os.Stderr {
		t.Error("a file is not found behind its wrapper")
	}
}

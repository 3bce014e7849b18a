package command

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// invocation is a command line of careen that a document names.
type invocation struct {
	place string
	args  []string
}

// documents are those that name command lines. docs/commands.md is made from the commands.
func documents(t *testing.T) (paths []string) {
	t.Helper()
	root := filepath.Join("..", "..")
	for _, path := range []string{"README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md", "SECURITY.md", "docs", "deploy"} {
		err := filepath.WalkDir(filepath.Join(root, path), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && filepath.Base(path) != "commands.md" {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

var (
	// called is careen at the place of a command, however it is installed.
	called = regexp.MustCompile(`(?:^|[\s|&;(])(?:kubectl |helm )?careen( [^|&;#>` + "`" + `]*)?`)
	span   = regexp.MustCompile("`([^`]+)`")
	// listed is a command line as a list: a container's, or that of a client's configuration.
	listed = regexp.MustCompile(`\bargs"?: \[([^\]]*)\]`)
	// scripted is a line of a script, or one that stands set in within a comment.
	scripted = regexp.MustCompile(`^\s*(?:#\s{2,}|- |run: )?((?:kubectl |helm )?careen .*)`)
	word     = regexp.MustCompile(`'[^']*'|"[^"]*"|[^\s,]+`)
)

// invocations finds them: in code of Markdown (spans and fenced blocks without a picture),
// in scripts and comments of YAML where the line is one, and in lists of arguments.
func invocations(path, text string) (out []invocation) {
	markdown, fenced := filepath.Ext(path) == ".md", false
	add := func(line string) {
		for _, at := range called.FindAllStringSubmatchIndex(line, -1) {
			if before := strings.TrimSpace(line[:at[0]]); strings.HasSuffix(before, "helm install") {
				continue // the name of a release
			}
			args := ""
			if at[2] >= 0 {
				args = line[at[2]:at[3]]
			}
			out = append(out, invocation{path + ": " + strings.TrimSpace(line[at[0]:at[1]]), words(args)})
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		for _, m := range listed.FindAllStringSubmatch(line, -1) {
			if args := words(m[1]); len(args) > 0 {
				out = append(out, invocation{path + ": " + m[0], args})
			}
		}
		switch {
		case markdown && fenced && !strings.ContainsAny(line, "─│▲✖{"):
			if strings.Contains(line, "demo v1.") { // the head of a picture
				continue
			}
			add(line)
		case markdown && !fenced:
			for _, m := range span.FindAllStringSubmatch(line, -1) {
				if strings.HasPrefix(m[1], "careen") || strings.HasPrefix(m[1], "kubectl careen") || strings.HasPrefix(m[1], "helm careen") {
					add(m[1])
				}
			}
		case !markdown:
			if m := scripted.FindStringSubmatch(line); m != nil {
				add(m[1])
			}
		}
	}
	return out
}

// words splits a command line; brackets say that something may be left out.
func words(line string) (out []string) {
	for _, w := range word.FindAllString(strings.NewReplacer("[", "", "]", "").Replace(line), -1) {
		out = append(out, strings.Trim(w, `'"`))
	}
	return out
}

// isProse reports whether a line of YAML that begins with careen is a sentence: its second
// word is no command, and no flag follows.
func isProse(root *cobra.Command, args []string) bool {
	if len(args) == 0 {
		return false
	}
	for _, c := range root.Commands() {
		if c.Name() == args[0] {
			return false
		}
	}
	return !strings.Contains(strings.Join(args, " "), "-") && regexp.MustCompile(`^[a-z]`).MatchString(args[0])
}

// TestDocumentsNameCommandsAndFlagsThatExist parses every command line of the documents
// with the real commands.
func TestDocumentsNameCommandsAndFlagsThatExist(t *testing.T) {
	seen := map[string]int{}
	for _, path := range documents(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range invocations(path, string(text)) {
			root := testRoot(t)
			if filepath.Ext(path) != ".md" && isProse(root, in.args) {
				continue
			}
			cmd, rest, err := root.Find(in.args)
			if err != nil {
				t.Errorf("%s: %v", in.place, err)
				continue
			}
			cmd.InitDefaultHelpFlag()
			if err := cmd.ParseFlags(rest); err != nil {
				t.Errorf("%s: %v", in.place, err)
				continue
			}
			if args := cmd.Flags().Args(); !cmd.HasParent() && len(args) > 0 {
				t.Errorf("%s: there is no command %s", in.place, args[0])
			}
			seen[cmd.Name()]++
		}
	}
	for _, name := range []string{"careen", "audit", "preflight", "verify", "probes", "mcp", "snapshot", "version", "forecast", "undo"} {
		if seen[name] == 0 {
			t.Errorf("no command line of %s was found in the documents: what is looked at?", name)
		}
	}
	if seen["audit"] < 12 {
		t.Errorf("only %d command lines of careen audit were found", seen["audit"])
	}
}

// A check that could not fail would hold nothing.
func TestAFlagThatDoesNotExistIsFound(t *testing.T) {
	for _, v := range []struct {
		path, text string
		command    string
		good       bool
	}{
		{"a.md", "```\nkubectl get x | careen audit --no-such-flag\n```\n", "audit", false},
		{"a.md", "Say `helm careen verify web --timeout 5m`.\n", "verify", true},
		{"a.md", "Say `careen verify web --time 5m`.\n", "verify", false},
		{"a.yml", "        run: careen audit --failon high > x || [ $? -eq 4 ]\n", "audit", false},
		{"a.yml", "    - careen audit -o json --fail-on none > x\n", "audit", true},
		{"a.yaml", "  args: [audit, --output=markdown, --fail=high]\n", "audit", false},
		{"a.yaml", "#   careen --config x.yaml probes test y\n", "test", true},
	} {
		found := invocations(v.path, v.text)
		if len(found) != 1 {
			t.Errorf("%q: %d command lines were found", v.text, len(found))
			continue
		}
		cmd, rest, err := testRoot(t).Find(found[0].args)
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if cmd.Name() != v.command || (err == nil) != v.good {
			t.Errorf("%q: command %s, %v", v.text, cmd.Name(), err)
		}
	}
}

//go:build unix

package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// steps are the scripts of an example for a CI server that run careen, by their names.
func steps(t *testing.T, path string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	out := map[string]string{}
	add := func(name string, script string) {
		if strings.Contains(script, "careen ") {
			out[name] = script
		}
	}
	jobs, _ := file["jobs"].(map[string]any) // of GitHub
	for _, job := range jobs {
		list, _ := job.(map[string]any)["steps"].([]any)
		for _, step := range list {
			name, _ := step.(map[string]any)["name"].(string)
			script, _ := step.(map[string]any)["run"].(string)
			add(name, script)
		}
	}
	for name, job := range file { // of GitLab
		fields, _ := job.(map[string]any)
		lines, _ := fields["script"].([]any)
		var script []string
		for _, line := range lines {
			script = append(script, line.(string))
		}
		add(name, strings.Join(script, "\n"))
	}
	return out
}

// TestExamplesSurvivePartialRights runs the examples' scripts as CI servers do, with a
// careen that ends with each code. A partial look (4) goes on; findings (1), where the step
// is there to find them, and what was not looked at at all (2, 3, 70) stop.
func TestExamplesSurvivePartialRights(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no bash")
		}
		t.Skip("there is no bash, with which CI servers run scripts")
	}
	bin := t.TempDir()
	for name, script := range map[string]string{"careen": "#!/bin/sh\nexit $CODE\n", "helm": "#!/bin/sh\nexit 0\n"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	count := 0
	for _, file := range []string{"github-deploy.yml", "github-workflow.yml", "gitlab-ci.yml"} {
		for name, script := range steps(t, filepath.Join("..", "..", "docs", "examples", file)) {
			count++
			for code, goesOn := range map[string]bool{"0": true, "4": true, "1": false, "2": false, "3": false, "70": false} {
				cmd := exec.Command(shell, "-e", "-o", "pipefail", "-c", script)
				cmd.Dir = t.TempDir()
				cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "CODE=" + code, "GITHUB_STEP_SUMMARY=summary.md"}
				out, err := cmd.CombinedOutput()
				if (err == nil) != goesOn {
					t.Errorf("%s, %s: where careen ends with %s it goes on: %v\n%s", file, name, code, err == nil, out)
				}
			}
		}
	}
	if count != 7 {
		t.Errorf("%d steps run careen", count)
	}
}

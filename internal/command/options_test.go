package command

import "testing"

func TestReadOnlyByEnvironmentFailsClosed(t *testing.T) {
	for value, want := range map[string]bool{
		"": false, "0": false, "false": false, "No": false, " off ": false,
		"1": true, "true": true, "yes": true, "on": true, "y": true, "2": true, " 1": true, "nope": true, "readonly": true,
	} {
		t.Setenv("CAREEN_READ_ONLY", value)
		if got := readOnlyByEnvironment(); got != want {
			t.Errorf("CAREEN_READ_ONLY=%q: %v", value, got)
		}
	}
}

// TestADumbTerminalIsTalkedToInLines: it cannot go back over what it printed.
func TestADumbTerminalIsTalkedToInLines(t *testing.T) {
	for _, c := range []struct {
		plain    bool
		name     string
		terminal bool
		want     bool
	}{
		{true, "xterm", true, true},
		{true, "xterm", false, true},
		{false, "dumb", true, true},
		{false, "xterm", true, false},
		{false, "dumb", false, false},
	} {
		if got := talksInLines(c.plain, c.name, c.terminal); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

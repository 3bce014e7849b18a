package probes

import (
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// kubectlName is an object as kubectl takes it: deployment/web.
func kubectlName(m *model.Meta) string {
	return strings.ToLower(string(m.Kind)) + "/" + shellWord(m.Name)
}

// shellWord writes a name so that a shell takes it as it stands: those of RBAC may hold
// anything.
func shellWord(name string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.:", r)
	}
	if name != "" && !strings.ContainsFunc(name, func(r rune) bool { return !plain(r) }) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

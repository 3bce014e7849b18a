package views

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
)

func TestAFixThatIsNotOfferedIsNamedWithTheReason(t *testing.T) {
	env := loadedEnv(t)
	f := *env.Report.Findings[0]
	f.Fixes, f.Withheld = nil, []finding.Withheld{{Fix: "delete", Title: "Delete PVC data-0", Why: "pod db-0 would mount it again"}}
	text := styled.Plain(env.fixes(&f))
	for _, want := range []string{"No automatic fix", "Not offered: Delete PVC data-0, because pod db-0 would mount it again."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

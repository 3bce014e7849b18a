package tui

import (
	"slices"
	"strings"
	"testing"

	cluster "github.com/careen-tui/careen/internal/model"
)

func TestAnObjectThatIsOpenedShowsWhatItsLogsSay(t *testing.T) {
	s, f := inspectingShell(t, 140, 60)
	for _, row := range s.env.Report.Snapshot.Spaces["metrics"].Tables["Pod"] {
		pod := row.(*cluster.Pod)
		pod.Containers = []cluster.ContainerStatus{{Name: "main", Ready: true, Running: sampleReport().At}}
	}
	s.presses(strings.Split(": s t s / v m s t o r enter", " ")...)
	s.sees("StatefulSet metrics/vmstorage", "What its logs say", "ledger:5432 refuses the connection", "nothing in its last 7 lines")
	if n := slices.IndexFunc(f.asked, func(a string) bool { return strings.HasPrefix(a, "said ") }); n < 0 {
		t.Errorf("asked %q", f.asked)
	}
	asked := len(f.asked)
	if s.presses("1", "j", "j", "k"); len(f.asked) != asked {
		t.Errorf("what is only selected was read: %q", f.asked[asked:])
	}
}

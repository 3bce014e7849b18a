package dump

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// podThat is a pod whose container c has a status.
func podThat(name, status string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"namespace":"shop","uid":%q,"creationTimestamp":"2026-01-02T10:00:00Z"},
"spec":{"containers":[{"name":"c","image":"x"}]},"status":{"phase":"Running","containerStatuses":[{"name":"c",%s}]}}`, name, name, status)
}

// TestWhoseLogsADumpTells is that the log of a container that runs and does not get ready is
// read as in a live look, that of one that was started again where kubectl cluster-info dump
// holds the present run alone, and of one that is ready what it says again and again.
func TestWhoseLogsADumpTells(t *testing.T) {
	const running = `"state":{"running":{"startedAt":"2026-01-02T10:00:00Z"}}`
	const now = "2026-01-02T12:00:00Z"
	refused := strings.Repeat("2026-01-02 11:59:30 ERROR dial tcp ledger:5432: connect: connection refused\n", 3)
	for _, tt := range []struct {
		name, status, log string
		want              string
	}{
		{"runs and is not ready", `"ready":false,` + running, "ERROR dial tcp ledger:5432: connect: connection refused\n", "ledger"},
		{"has run for less than a minute", `"ready":false,"state":{"running":{"startedAt":"2026-01-02T11:59:30Z"}}`, refused, "-"},
		{"was started again", `"ready":true,"restartCount":2,"state":{"running":{"startedAt":"2026-01-02T11:59:00Z"}},"lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-02T11:58:00Z"}}`, "ERROR dial tcp ledger:5432: connect: connection refused\n", "ledger"},
		{"is ready and says it again and again", `"ready":true,` + running, refused, "ledger, well, 3 times"},
		{"is ready and said it once", `"ready":true,` + running, "ERROR dial tcp ledger:5432: connect: connection refused\n", "-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for path, body := range map[string]string{
				"shop/pods.json":      `{"apiVersion":"v1","kind":"List","items":[` + podThat("web-1", tt.status) + `]}`,
				"shop/web-1/logs.txt": "==== START logs for container c of pod shop/web-1 ====\n" + tt.log + "==== END logs for container c of pod shop/web-1 ====\n",
			} {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, path), []byte(body), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			at, err := time.Parse(time.RFC3339, now)
			if err != nil {
				t.Fatal(err)
			}
			file, err := Open(dir, Options{At: at})
			if err != nil {
				t.Fatal(err)
			}
			got := "-"
			if row, ok := model.Get[*model.LogTail](file.Snapshot, model.Ref{Kind: model.KindLogTail, Namespace: "shop", Name: "web-1/c"}); ok && row.Telling != nil {
				got = row.Telling.Host
				if row.Well {
					got += fmt.Sprintf(", well, %d times", row.Times)
				}
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

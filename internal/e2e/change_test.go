//go:build e2e

package e2e

import (
	"encoding/json"
	"time"
)

// parseChange reads one line of careen audit --watch.
func parseChange(line []byte) (change, bool) {
	var l struct {
		Change  string
		At      time.Time
		Finding struct{ ID string }
	}
	if json.Unmarshal(line, &l) != nil {
		return change{}, false
	}
	return change{what: l.Change, id: l.Finding.ID, read: time.Now()}, true
}

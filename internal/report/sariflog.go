package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/sanitize"
)

// maxDescription is how long code scanning lets the descriptions of a rule be.
const maxDescription = 1000

// short is the description of a rule.
func short(s string) string { return sanitize.Line(s, maxDescription) }

// firstParagraph is what a probe's page says first, or its title.
func firstParagraph(page, title string) string {
	first, _, _ := strings.Cut(page, "\n\n")
	if first = oneLine(first); first != "" {
		return first
	}
	return title
}

// pageURI is where the page of a probe can be read.
func pageURI(id finding.ProbeID) string { return homepage + "/blob/main/docs/probes.md#" + string(id) }

// hashOf is a finding's id as a fingerprint.
func hashOf(id finding.ID) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:8]) + ":1"
}

// writeLog writes a log without the -1 that the library gives to an index, an offset or
// an id: it is SARIF's default, means none, and consumers that look it up fail. What a
// property bag holds is ours, and stays.
func writeLog(w io.Writer, log *sarif.Report) error {
	raw, err := json.Marshal(log)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return err
	}
	prune(v)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func prune(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			prune(e)
		}
	case map[string]any:
		for name, e := range v {
			switch {
			case name == "properties":
			case e == json.Number("-1"):
				delete(v, name)
			default:
				prune(e)
			}
		}
	}
}

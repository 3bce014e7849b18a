package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/text"
)

// writeMarkdownList writes many clusters for a comment: a row for each cause with the
// clusters that have it, and a row for each cluster. It is bounded as one report is.
func writeMarkdownList(w io.Writer, l *List, _ Options) error {
	var b strings.Builder
	total := l.Total().words()
	switch {
	case total == "" && l.partial():
		total = "nothing found, but not everything could be looked at"
	case total == "":
		total = "nothing found"
	}
	fmt.Fprintf(&b, "## careen: %s in %s\n\n", total, l.counted())
	clusters, shownOf := fit(commentLimit/3, len(l.Items), func(i int) string { return clusterRow(l.Items[i]) })
	list := l.shared()
	rows, shown := fit(commentLimit-len(clusters)-b.Len()-600, len(list), func(i int) string {
		s := list[i]
		return fmt.Sprintf("| %s | `%s` | %s | %s | %s |\n", standing(s.Finding), s.Probe, cell(s.subject()), prose(s.list(shownClusters)), prose(s.Summary))
	})
	if shown > 0 {
		b.WriteString("| Severity | Probe | Subject | Clusters | Finding |\n|---|---|---|---|---|\n" + rows + "\n")
	}
	if shown < len(list) {
		fmt.Fprintf(&b, "%d more left out: a comment has an end. Run `careen audit --contexts` for all.\n\n", len(list)-shown)
	}
	b.WriteString("| Cluster | Server | Looked at | Found | Read |\n|---|---|---|---|---|\n" + clusters + "\n")
	if shownOf < len(l.Items) {
		fmt.Fprintf(&b, "And %s.\n", text.Counted(len(l.Items)-shownOf, "more cluster"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// clusterRow is a cluster in a table of clusters.
func clusterRow(d *Document) string {
	name := d.name()
	if len(d.Cluster.Also) > 0 {
		name += " (also " + text.Joined(d.Cluster.Also, shownClusters) + ")"
	}
	found, read := d.Summary.words(), fmt.Sprintf("%d of %d complete", len(d.Coverage)-len(d.incomplete), len(d.Coverage))
	switch {
	case d.failed:
		found, read = "", d.Message
	case found == "":
		found = "nothing"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", prose(name), prose(strings.TrimSpace(d.Cluster.Server+" "+d.Cluster.Version)), d.CompletedAt.Format(time.RFC3339), found, prose(read))
}

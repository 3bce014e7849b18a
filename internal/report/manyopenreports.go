package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/careen-tui/careen/internal/openreports"
)

// maxObjectName bounds the name of an object that is named after a context, in bytes.
const maxObjectName = 200

// writeOpenReportsList writes an object for each cluster, named after its context, so that
// one cluster can hold those of many. All are in no namespace: those of the others need
// not be there. A cluster that could not be looked at has none, so that what is known of
// it stays.
func writeOpenReportsList(w io.Writer, l *List, o Options) error {
	items, taken := []openreports.Report{}, map[string]bool{}
	for _, d := range l.Reached() {
		look := d.Objects(o)
		name := strings.TrimRight(look.Name+"-"+objectName(d.Cluster.Context), "-.")
		look.Name = name
		for n := 2; taken[look.Name]; n++ {
			look.Name = fmt.Sprintf("%s-%d", name, n)
		}
		taken[look.Name] = true
		items = append(items, openreports.OpenReports.Whole(look))
	}
	return writeObjects(w, items)
}

// objectName makes part of an object's name of a context's: lower case, digits, dashes.
func objectName(context string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, context)
	return cmp.Or(strings.Trim(name[:min(len(name), maxObjectName)], "-"), "cluster")
}

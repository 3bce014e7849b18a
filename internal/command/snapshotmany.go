package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/careen-tui/careen/internal/report"
)

// takeSnapshots records the clusters of --contexts side by side, each in a file of its
// own. Of each only what to say of it is kept.
func takeSnapshots(ss *session, folder string, redact bool) error {
	ss.readOnly = true
	places, err := ss.places()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return writeError(fmt.Errorf("-o %s: %w", folder, err))
	}
	ss.tellTwins(places)
	files := fileNames(places, redact)
	said, docs, absent := make([]string, len(places)), make([]*report.Document, len(places)), make([][]string, len(places))
	errs, err := ss.everywhere(places, nil, func(i int, one *session) (err error) {
		said[i], docs[i], err = one.record(filepath.Join(folder, files[i]), redact)
		if err != nil {
			docs[i] = one.failed(places[i], kindsOf(ss.probes), one.started, err)
			return err
		}
		snap, _ := one.live.Snapshot()
		absent[i] = one.namespacesAbsent(snap)
		return nil
	})
	if err != nil {
		return err
	}
	if err := unusable(errs); err != nil {
		return err
	}
	return ss.tellSnapshots(report.NewList(docs), said, errs, absent)
}

// tellSnapshots says what was recorded. A file that could not be written is the error of
// all: it is not the cluster that failed.
func (ss *session) tellSnapshots(l *report.List, said []string, errs []error, absent [][]string) error {
	var reached [][]string
	for i, line := range said {
		var written *exitError
		switch {
		case errors.As(errs[i], &written):
			return errs[i]
		case errs[i] == nil:
			fmt.Fprintln(ss.Err, line)
			reached = append(reached, absent[i])
		}
	}
	for _, failure := range l.Failures() {
		fmt.Fprintln(ss.Err, failure)
	}
	if err := ss.nowhere(reached); err != nil {
		return err
	}
	return severally(l.ExitCode(report.FailOn{None: true}), "the snapshots are partial:", l)
}

// fileNames are the names of the files of places: those of their contexts, made harmless
// and told apart on file systems that take upper and lower case for the same. Numbered
// they tell nothing.
func fileNames(places []place, numbered bool) []string {
	out, taken := make([]string, len(places)), map[string]bool{}
	for i, p := range places {
		name := harmlessName(p.context)
		if numbered || name == "" {
			name = fmt.Sprintf("cluster-%d", i+1)
		}
		unique := name
		for n := 2; taken[strings.ToLower(unique)]; n++ {
			unique = fmt.Sprintf("%s-%d", name, n)
		}
		taken[strings.ToLower(unique)] = true
		out[i] = unique + ".careen"
	}
	return out
}

// maxFileName bounds the name of a file, in bytes, its extension left out.
const maxFileName = 120

// harmlessName keeps letters, digits, and dots, dashes and underlines between them.
func harmlessName(context string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '-'
	}, context)
	return strings.Trim(name[:min(len(name), maxFileName)], ".-_")
}

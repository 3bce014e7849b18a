package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/text"
)

func newSnapshot(s Streams, o *options) *cobra.Command {
	var file, redact string
	cmd := &cobra.Command{
		Use:   "snapshot -o FILE",
		Short: "Record what the probes read, for a look elsewhere or later",
		Long: `snapshot reads what the probes read and writes it to a file: metadata, references,
states, events, the ends of failing containers' logs. No byte of a Secret's value, of
an environment variable or of a release's values is in it.

careen --from FILE, careen audit --from FILE and careen graph --from FILE look at it as
of the moment it was taken. --redact names replaces every name by a made-up one, the
same everywhere, so that what belongs together still does: of objects, namespaces, hosts,
images, users, label values, and the domains of an organisation's own kinds and labels.
Names that every cluster has (default, kube-system) and, in messages, the words of
English and of Kubernetes stay.

With --contexts -o names a folder, which is made where it is missing. It holds a file for
each cluster, named after its context; with --redact names they are numbered.`,
		RunE: o.within(s, func(ss *session, _ []string) error {
			switch {
			case file == "":
				return usageError(errors.New("-o FILE is missing: name the file to write"))
			case redact != "" && redact != "names":
				return usageError(fmt.Errorf("--redact %s: only names can be redacted", redact))
			}
			if len(ss.contexts) > 0 {
				return takeSnapshots(ss, file, redact != "")
			}
			return takeSnapshot(ss, file, redact != "")
		}),
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "the file to write; with --contexts the folder")
	o.bindTimeout(cmd)
	o.bindContexts(cmd)
	cmd.Flags().StringVar(&redact, "redact", "", "names: replace every name, consistently")
	return cmd
}

func takeSnapshot(ss *session, path string, redact bool) error {
	ss.readOnly = true
	said, d, err := ss.record(path, redact)
	if err != nil {
		return err
	}
	fmt.Fprintln(ss.Err, said)
	if d.Partial() {
		return partialError("the snapshot is partial:", d)
	}
	return nil
}

// record reads a cluster and writes a snapshot of it. It returns what to say of it, and
// what could be read as a report without findings.
func (ss *session) record(path string, redact bool) (said string, d *report.Document, err error) {
	if err := ss.read(extent{mode: connect.ReadOnly, kinds: kindsOf(ss.probes)}); err != nil {
		return "", nil, err
	}
	snap, _ := ss.live.Snapshot()
	if err := archive.Save(path, snap, archive.Options{Now: ss.now(), Careen: built().Version, Redact: redact}); err != nil {
		return "", nil, writeError(fmt.Errorf("-o %s: %w", path, err))
	}
	rows := 0
	for _, sp := range snap.Spaces {
		for _, t := range sp.Tables {
			rows += len(t)
		}
	}
	said = fmt.Sprintf("%s: %s of %s", path, text.Counted(rows, "object"), text.Counted(len(snap.Namespaces()), "namespace"))
	return said, ss.document(&engine.Report{Snapshot: snap.With(unread(ss.namespacesAbsent(snap))...)}), nil
}

package command

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/report"
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
same everywhere, so that what belongs together still does.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.complete(cmd); err != nil {
				return err
			}
			switch {
			case file == "":
				return usageError(errors.New("-o FILE is missing: where shall the snapshot go?"))
			case redact != "" && redact != "names":
				return usageError(fmt.Errorf("--redact %s: only names can be redacted", redact))
			}
			return takeSnapshot(cmd, s, o, file, redact != "")
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "the file to write")
	cmd.Flags().StringVar(&redact, "redact", "", "names: replace every name, consistently")
	return cmd
}

func takeSnapshot(cmd *cobra.Command, s Streams, o *options, path string, redact bool) error {
	o.readOnly = true
	logger, log, err := logfile.Open(o.logFile, o.verbose)
	if err != nil {
		return usageError(err)
	}
	defer log.Close()
	chosen, err := o.chosen()
	if err != nil {
		return err
	}
	source, err := o.open(cmd.Context(), chosen, logger, true)
	if err != nil {
		return err
	}
	defer source.Close()
	if err := source.Wait(cmd.Context()); err != nil {
		return err
	}
	snap, _ := source.Snapshot()
	if err := o.namespacesExist(snap); err != nil {
		return err
	}
	err = archive.Save(path, snap, archive.Options{Now: time.Now(), Careen: version, Redact: redact})
	if err != nil {
		return usageError(err)
	}
	rows := 0
	for _, sp := range snap.Spaces {
		for _, t := range sp.Tables {
			rows += len(t)
		}
	}
	fmt.Fprintf(s.Err, "%s: %d objects of %d namespaces\n", path, rows, len(snap.Namespaces()))
	if partial := snap.Coverage.Partial(); len(partial) > 0 {
		text := "the snapshot is partial:"
		for _, w := range partial {
			text += "\n" + report.OnPaper(w).String()
		}
		return &exitError{codePartial, errors.New(text)}
	}
	return nil
}

package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/scene"
)

func newProbesTest(s Streams, o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "test FILE...",
		Short: "Run the probes of your configuration on fixtures",
		Long: `test runs the probes of the configuration file (--config) on fixtures: YAML files of
manifests as kubectl get -o yaml prints them, or folders of such files. A comment in an
object's document says what must be found about it:

  # want [probe-id] severity grade "regular expression of the summary"

and nothing else may be found. A document of kind Fixture says what time it is:

  kind: Fixture
  now: 2026-01-02T15:00:00Z
  forbidden: [Secret]   # kinds that may not be read; may be left out

No cluster is asked. --probe and --skip-probe choose.

Exit codes: 0 all is as wanted; 1 something is not; 2 usage, and fixtures that cannot be
read.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("test needs a fixture: a YAML file, or a folder of them")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.complete(cmd); err != nil {
				return err
			}
			own, err := o.ownProbes()
			if err != nil {
				return err
			}
			return testProbes(s, own, args)
		},
	}
}

// ownProbes are the probes of the configuration that --probe and --skip-probe leave.
func (o *options) ownProbes() (list []*probes.Probe, err error) {
	if len(o.config.Probes) == 0 {
		return nil, usageError(errors.New("the configuration has no probes: write them under probes:, and name the file with --config"))
	}
	for _, p := range o.config.Probes {
		if o.wanted(p.ID) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return nil, usageError(errors.New("--probe and --skip-probe leave no probe of the configuration"))
	}
	return list, nil
}

// testProbes holds probes against fixtures, and says of each file how it went.
func testProbes(s Streams, own []*probes.Probe, args []string) error {
	files, err := fixtures(args)
	if err != nil {
		return usageError(err)
	}
	var ids []finding.ProbeID
	for _, p := range own {
		ids = append(ids, p.ID)
	}
	fires, silent := map[finding.ProbeID]bool{}, map[finding.ProbeID]bool{}
	wrong := 0
	for _, file := range files {
		at, err := scene.Load(file)
		if err != nil {
			return usageError(err)
		}
		found := engine.Look(at.Snapshot, own, at.Settings, at.Now).Findings
		unwanted, missing := at.Compare(found, ids...)
		for _, f := range unwanted {
			fmt.Fprintf(s.Out, "%s: not wanted: %s %s %s %q\n", file, f.ID(), f.Severity, f.Grade, f.Summary)
		}
		for _, w := range missing {
			fmt.Fprintf(s.Out, "%s: not found: %s\n", w.Place, w)
		}
		if wrong += len(unwanted) + len(missing); len(unwanted)+len(missing) == 0 {
			fmt.Fprintf(s.Out, "%s: ok, %s\n", file, text.Counted(len(found), "finding"))
		}
		for _, p := range own {
			says := false
			for _, f := range found {
				says = says || f.Probe == p.ID && f.Grade != finding.Unknown
			}
			fires[p.ID], silent[p.ID] = fires[p.ID] || says, silent[p.ID] || !says
		}
	}
	for _, id := range ids {
		if !fires[id] {
			fmt.Fprintf(s.Err, "%s finds something in none of the fixtures\n", id)
		}
		if !silent[id] {
			fmt.Fprintf(s.Err, "%s is silent in none of the fixtures\n", id)
		}
	}
	if wrong > 0 {
		return &exitError{codeFindings, fmt.Errorf("%s, and %s not as wanted", text.Counted(len(files), "fixture"), text.Counted(wrong, "finding"))}
	}
	return nil
}

// fixtures are the files that are named, and the YAML files of the folders that are.
func fixtures(args []string) (files []string, err error) {
	for _, path := range args {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		err = filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (filepath.Ext(path) == ".yaml" || filepath.Ext(path) == ".yml") {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, errors.New("there is no YAML file among the fixtures")
	}
	return files, nil
}

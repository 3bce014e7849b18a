package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/inspect/client"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/versions"
)

// versionsFlags are the flags of versions alone.
type versionsFlags struct {
	to, format string
	consent    consent
}

func newVersions(s Streams, o *options) *cobra.Command {
	v := &versionsFlags{}
	cmd := &cobra.Command{
		Use:   "versions secret/NAME | configmap/NAME",
		Short: "What is known of earlier states of a Secret or ConfigMap, and going back to one",
		Long: `versions lists the states of a Secret or ConfigMap that something still knows: what the
records of its release declare, and what the journal kept before careen wrote. It says
names, times and which keys differ from now (+ it has, - it lacks, ~ another value), never
a value.

With --to ID it shows the plan that goes back to one of them and stops; with --yes it
applies the plan and proves it. What is there now is kept in the journal.

Exit codes: 0 listed, shown, or applied and proved; 2 usage, an unknown version; 3 the
cluster cannot be reached; 4 not all could be read; 5 refused, or not confirmed; 130
interrupted.`,
		Args: oneArg("a Secret or ConfigMap, as secret/NAME or configmap/NAME"),
		RunE: o.within(s, func(ss *session, args []string) error { return v.run(ss, args[0]) }),
	}
	cmd.Flags().StringVar(&v.to, "to", "", "the id of a version: plan going back to it")
	cmd.Flags().StringVarP(&v.format, "output", "o", "table", "table or json")
	v.consent.bind(cmd)
	return cmd
}

func (v *versionsFlags) run(ss *session, name string) error {
	if err := v.consent.check(); err != nil {
		return err
	}
	if v.format != "table" && v.format != "json" {
		return usageError(fmt.Errorf("-o %s: unknown format (formats: table, json)", v.format))
	}
	if v.to == "" && v.consent.given() {
		return usageError(errors.New("--yes, --confirm, --without-undo and --commands go with --to"))
	}
	namespace, err := ss.oneNamespace()
	if err != nil {
		return err
	}
	word, name, _ := strings.Cut(name, "/")
	kind, ok := model.KindNamed(strings.ToLower(word))
	if !ok || kind != model.KindSecret && kind != model.KindConfigMap || name == "" {
		return usageError(fmt.Errorf("%q: versions are known of Secrets and ConfigMaps: secret/NAME or configmap/NAME", word+"/"+name))
	}
	ref := model.Ref{Kind: kind, Namespace: namespace, Name: name}
	mode := connect.ReadOnly
	if v.to != "" {
		mode = connect.ReadWrite
	}
	kinds := []model.Kind{model.KindNamespace, model.KindRecord, model.KindSecret, model.KindConfigMap}
	if err := ss.read(extent{mode: mode, kinds: kinds, namespaces: []string{namespace}}); err != nil {
		return err
	}
	ss.namespaces = []string{namespace}
	r := &repairing{session: ss, mender: ss.mender()}
	report := engine.Look(ss.whole().Only(ss.namespaces), nil, ss.settings, ss.now())
	journal, err := r.mender.Entries(ss.ctx)
	var unread []string
	if err != nil {
		unread = append(unread, "the journal: "+err.Error())
	}
	list, also, err := versions.List(ss.ctx, report, client.New(ss.conn), journal, ref)
	if err != nil {
		return ss.requestError(err, codePartial)
	}
	unread = append(unread, also...)
	if v.to != "" {
		p, err := versions.Plan(ss.ctx, r.mender, report, list, ref, v.to)
		if err != nil {
			return ss.refused(err)
		}
		return r.finish(p, &v.consent, nil)
	}
	if len(list) == 0 && len(unread) == 0 {
		return usageError(fmt.Errorf("there is no %s, and nothing knows of an earlier one", ref))
	}
	if err := v.print(ss, ref, list); err != nil {
		return machineError(err)
	}
	if len(unread) > 0 {
		return &exitError{codePartial, errors.New("not all could be read:\n" + strings.Join(unread, "\n"))}
	}
	return nil
}

func (v *versionsFlags) print(ss *session, ref model.Ref, list []versions.Version) error {
	if v.format == "json" {
		e := json.NewEncoder(ss.Out)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"object": ref, "versions": list})
	}
	w := tabwriter.NewWriter(ss.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tWHEN\tDIFFERS FROM NOW\tWHAT KNOWS IT")
	for _, x := range list {
		differs := strings.Join(x.Differs, " ")
		switch {
		case x.ID == "now":
			differs = fmt.Sprintf("(%d keys)", len(x.Keys))
		case differs == "":
			differs = "as now"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", x.ID, x.At.UTC().Format(time.RFC3339), sanitize.Line(differs, 120), sanitize.Line(x.Source, 300))
	}
	return w.Flush()
}

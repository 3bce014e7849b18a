package preflight

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/preflight/box"
)

// renderWith renders the chart. Where it looks Secrets up it is rendered a second
// time, with Secrets whose values are made up, and that is what is shown of it.
func (l *look) renderWith(ctx context.Context, values map[string]any) (*Rendered, error) {
	request := box.Request{
		Values: values, Release: l.Release, Namespace: l.Namespace, Upgrade: l.record != nil, Revision: 1,
		Kubernetes: l.serving.version, APIVersions: l.serving.versions, Twice: l.rendered == nil,
	}
	if l.record != nil {
		request.Revision = l.last.Revision + 1
	}
	result, err := l.Chart.Render(ctx, request, l.lookups.truly)
	if len(l.lookups.secrets()) == 0 || limited(err) {
		if err != nil {
			return nil, err
		}
		return l.objects(result, nil)
	}
	request.Twice = false
	made, madeErr := l.Chart.Render(ctx, request, l.lookups.disguised)
	switch {
	case limited(madeErr):
		return nil, madeErr
	case err != nil && (madeErr == nil || madeErr.Error() != err.Error()):
		return nil, errWithheld
	case err != nil:
		return nil, err
	case madeErr != nil:
		return &Rendered{Result: &box.Result{}, withheld: true}, nil
	}
	made.Varying = result.Varying
	return l.objects(made, result)
}

// limited reports whether an error is not the chart's own words.
func limited(err error) bool {
	var chart *box.Error
	return err != nil && (!errors.As(err, &chart) || chart.Limit)
}

// objects reads what a chart rendered to. sent is nil where that may be shown itself.
func (l *look) objects(shown, sent *box.Result) (*Rendered, error) {
	objects, err := decode(shown.Objects)
	if err != nil {
		return nil, err
	}
	out := &Rendered{Result: shown, Objects: objects}
	if sent != nil {
		actual, err := decode(sent.Objects)
		if err != nil {
			return nil, err
		}
		out.withheld = !pair(objects, actual)
	}
	resolve(out.Objects, l.serving.kinds, l.Namespace)
	return out, nil
}

// pair finds the real object of each that is shown: those of one template and kind
// stand in the same order, if there are as many. It returns whether there are.
func pair(shown, sent []*Object) bool {
	type place struct {
		source, apiVersion, kind string
		crd                      bool
	}
	at := func(o *Object) place { return place{o.Source, o.GetAPIVersion(), o.GetKind(), o.CRD} }
	queues := map[place][]*Object{}
	for _, o := range sent {
		queues[at(o)] = append(queues[at(o)], o)
	}
	for _, o := range shown {
		queue := queues[at(o)]
		if len(queue) == 0 || !reflect.DeepEqual(queue[0].Hook, o.Hook) {
			return false
		}
		if !reflect.DeepEqual(queue[0].Object, o.Object) {
			o.real = queue[0].Unstructured
		}
		queues[at(o)] = queue[1:]
	}
	return len(shown) == len(sent)
}

// unsaid reports what a chart's render leaves unknown.
func (l *look) unsaid() {
	if len(l.rendered.References) > 0 {
		l.report(l.outsideReferences(l.rendered.References))
	}
	var made []string
	for _, o := range l.rendered.Objects {
		if o.real != nil && (o.real.GetName() != o.GetName() || o.real.GetGenerateName() != o.GetGenerateName() || o.real.GetNamespace() != o.GetNamespace()) {
			made = append(made, o.Source)
		}
	}
	if slices.Sort(made); len(made) > 0 {
		l.report(l.aboutSecrets("lookup names",
			"The chart makes names of what it looks up in Secrets, or makes them up each time, so whether its objects exist already is not known.", slices.Compact(made)))
	}
	if l.rendered.withheld {
		l.report(l.aboutSecrets("lookup",
			"What the chart declares depends on the content of Secrets that it looks up, and cannot be shown without showing that, so it was not checked.", nil))
	}
}

func (l *look) aboutSecrets(slot, summary string, sources []string) finding.Finding {
	f := finding.Finding{
		Probe: Unread.ID, Subject: l.releaseRef(), Slot: slot, Severity: finding.Medium, Grade: finding.Unknown, Summary: summary,
	}
	for i, ref := range l.lookups.secrets() {
		if i == 10 {
			break
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: ref, Path: "lookup", Note: "the chart reads its values"})
	}
	for i, source := range sources {
		if i == 10 {
			break
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Path: source, Note: "declares such an object"})
	}
	return f
}

// outsideReferences says which documents a chart's schemas refer to, and what that
// means for the values.
func (l *look) outsideReferences(references []box.Reference) finding.Finding {
	f := finding.Finding{
		Probe: Unread.ID, Subject: l.releaseRef(), Slot: "schema", Severity: finding.Medium, Grade: finding.Unknown,
	}
	var charts []string
	for _, r := range references {
		note := "is not in the chart; Helm reads it at every install, from the network or from the disk of the machine that runs it"
		if r.Own {
			note = "was read from the chart; Helm 3 looks for it at this path on the machine that runs it, and fails where it is not there"
		} else {
			charts = append(charts, r.Chart)
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Path: "values.schema.json of " + r.Chart, Value: r.URL, Note: note})
	}
	if slices.Sort(charts); len(charts) > 0 {
		f.Summary = fmt.Sprintf("The schema of %s refers to documents outside the chart, which careen does not read, so the values were not checked against it.", strings.Join(slices.Compact(charts), ", "))
	} else {
		f.Summary = "The chart's schema refers to other files, which Helm looks for on the machine that installs it, so whether the values fit there is not known."
	}
	return f
}

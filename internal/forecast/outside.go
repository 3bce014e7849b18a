package forecast

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	careenrelease "github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/sanitize"
)

// outside reads what no row holds: the definitions in the chart's crds folder, from
// the record, and the leases of the namespace.
func (l *look) outside(ctx context.Context) {
	if l.Client == nil {
		const why = "a snapshot holds neither the chart's files nor leases"
		l.unread("crds", l.ref(), "Whether the chart brought definitions along is not known.", why)
		l.coverage = append(l.coverage, model.Watch{Resource: "leases", Namespace: l.Namespace, State: model.Absent, Partial: true, Message: why, Since: l.Now})
		return
	}
	names, err := l.definitions(ctx)
	if err != nil {
		l.unread("crds", l.ref(), "Whether the chart brought definitions along is not known.", mask.Line(err.Error(), 300))
	}
	for _, name := range names {
		ref := model.Ref{Kind: model.KindCRD, Name: name}
		if l.told[ref] || l.Snapshot.Row(ref) == nil {
			continue
		}
		l.plan("leave", ref, "from the chart's crds folder")
		l.left(ref, finding.Low, "it came from the chart's crds folder, which Helm never deletes", finding.Evidence{Ref: ref, Path: "crds", Note: "in the chart of the release's record"})
	}
	l.leases(ctx)
}

func (l *look) definitions(ctx context.Context) ([]string, error) {
	var raw []byte
	if l.record.Driver == model.KindConfigMap {
		o, err := l.Client.CoreV1().ConfigMaps(l.Namespace).Get(ctx, l.record.Name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		raw = []byte(o.Data["release"])
	} else {
		o, err := l.Client.CoreV1().Secrets(l.Namespace).Get(ctx, l.record.Name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		raw = o.Data["release"]
	}
	text, _, err := careenrelease.Raw(raw)
	if err != nil {
		return nil, err
	}
	var rec struct {
		Chart chartFiles `json:"chart"`
	}
	if err := json.Unmarshal(text, &rec); err != nil {
		return nil, fmt.Errorf("the record does not hold a release") // the cause would quote it
	}
	return rec.Chart.definitions(), nil
}

// chartFiles is as much of a stored chart as holds definitions.
type chartFiles struct {
	Files []struct {
		Name string `json:"name"`
		Data []byte `json:"data"`
	} `json:"files"`
}

func (c chartFiles) definitions() (names []string) {
	for _, f := range c.Files {
		if !strings.HasPrefix(path.Clean(f.Name), "crds/") {
			continue
		}
		for doc := range strings.SplitSeq("\n"+string(f.Data), "\n---") {
			var head struct {
				Kind     string
				Metadata struct{ Name string }
			}
			if yaml.Unmarshal([]byte(doc), &head) == nil && head.Kind == "CustomResourceDefinition" {
				names = append(names, head.Metadata.Name)
			}
		}
	}
	return names
}

// leases finds the leases that the release's pods hold.
func (l *look) leases(ctx context.Context) {
	w := model.Watch{Resource: "leases", Namespace: l.Namespace, State: model.Live, Since: l.Now}
	list, err := l.Client.CoordinationV1().Leases(l.Namespace).List(ctx, metav1.ListOptions{Limit: 2000})
	if err != nil {
		w.State, w.Message = model.Forbidden, mask.Line(err.Error(), 300)
		l.coverage = append(l.coverage, w)
		return
	}
	w.Objects = len(list.Items)
	l.coverage = append(l.coverage, w)
	for _, lease := range list.Items {
		if lease.Spec.HolderIdentity == nil || len(lease.OwnerReferences) > 0 {
			continue
		}
		holder := *lease.Spec.HolderIdentity
		for p := range model.Each[*model.Pod](l.Snapshot.Space(l.Namespace), model.KindPod) {
			name, ok := l.graph.Release(l.graph.Workload(p.Ref()))
			if !ok || name != l.Release || holder != p.Name && !strings.HasPrefix(holder, p.Name+"_") {
				continue
			}
			ref := model.Ref{Kind: model.KindLease, Namespace: l.Namespace, Name: sanitize.Line(lease.Name, 253)}
			l.plan("leave", ref, "held by Pod "+p.Name)
			l.left(ref, finding.Low, "a program of the release made it", finding.Evidence{Ref: ref, Path: "spec.holderIdentity", Value: sanitize.Line(holder, 253)})
			break
		}
	}
}

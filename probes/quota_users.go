package probes

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// usesMost names who takes most of a resource of a quota, and how much; empty where
// nobody takes more than others do, or that is not known.
func usesMost(p *Pass, q *model.Quota, name string) (who string, e []finding.Evidence) {
	if q.Scoped {
		return "", nil
	}
	sums, refs := map[string]*resource.Quantity{}, map[string]model.Ref{}
	take := func(who string, ref model.Ref, amount resource.Quantity) {
		if sums[who] == nil {
			sums[who], refs[who] = &resource.Quantity{}, ref
		}
		sums[who].Add(amount)
	}
	if objects, kind := countedObjects(p, name); kind != "" {
		for _, row := range objects {
			who, ref := quotaHolder(p, row.Base())
			take(who, ref, *resource.NewQuantity(1, resource.DecimalSI))
		}
	} else {
		owners := map[model.Owner]model.Ref{}
		for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
			amount, counted := podCharge(pod.Template)[name]
			if !counted || pod.Phase == "Succeeded" || pod.Phase == "Failed" {
				continue
			}
			owner, made := pod.Controller()
			ref, known := owners[owner]
			if !made || !known {
				ref = p.Graph.Workload(pod.Ref())
				owners[owner] = ref
			}
			take(fmt.Sprintf("%s %s", ref.Kind, ref.Name), ref, amount)
		}
	}
	best, second := "", resource.Quantity{}
	for _, k := range sortedKeys(sums) {
		switch {
		case best == "" || sums[k].Cmp(*sums[best]) > 0:
			if best != "" {
				second = *sums[best]
			}
			best = k
		case sums[k].Cmp(second) > 0:
			second = *sums[k]
		}
	}
	if best == "" || refs[best].IsZero() || sums[best].Cmp(second) <= 0 {
		return "", nil
	}
	n, note := sums[best].String(), "takes all of it that is taken"
	if len(sums) > 1 {
		note = fmt.Sprintf("takes most of it, of %d", len(sums))
	}
	return fmt.Sprintf("%s (%s)", best, n), []finding.Evidence{{Ref: refs[best], Path: name, Value: n, Note: note}}
}

// countedObjects are the objects of the namespace that a resource of a quota counts one by
// one; kind is empty where it counts pods or amounts.
func countedObjects(p *Pass, name string) (rows model.Table, kind model.Kind) {
	for i := range model.Builtin {
		info := &model.Builtin[i]
		if _, counts := objectCharge(info.Kind)[name]; counts && info.Kind != model.KindPod {
			rows = slices.Clone(p.Space.Tables[info.Kind])
			for rec := range model.Each[*model.Record](p.Space, model.KindRecord) {
				if rec.Driver == info.Kind {
					rows = append(rows, rec)
				}
			}
			return rows, info.Kind
		}
	}
	return nil, ""
}

// quotaHolder says whose an object is: a release, or a family of names that were generated
// alike.
func quotaHolder(p *Pass, m *model.Meta) (who string, ref model.Ref) {
	if b, ok := p.Graph.Belonging(m.Ref()); ok {
		return "release " + b.Release.Name, b.Release
	}
	if shape := family(m.Name); shape.form != "" {
		return shape.pattern(), m.Ref()
	}
	return "", model.Ref{}
}

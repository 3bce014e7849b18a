package preflight

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/probes"
)

// upgrade compares what the release declares today with what it will.
func (l *look) upgrade(ctx context.Context) {
	if l.stored == nil {
		return
	}
	l.renames()
	before, ok := l.today(ctx)
	if !ok {
		return
	}
	l.readByName(before)
	again := l.again(ctx)
	for _, o := range l.rendered.Objects {
		if o.Hook != nil || o.CRD {
			continue
		}
		old := before[o.Ref]
		if old == nil {
			l.plan("create", o.Ref, "", nil)
			continue
		}
		lines := differences(old, o, again[o.Ref])
		varies := slices.Contains(l.rendered.Varying, o.Source)
		if len(lines) == 0 && !(varies && differs(old.Object, o.actual().Object)) {
			continue
		}
		verb, summary := "update", ""
		if restarts(old, o) {
			verb, summary = "restart", restartWords(o)
		}
		if varies {
			summary = strings.TrimPrefix(summary+"; its template renders differently each time, so what is random is left out", "; ")
		}
		l.plan(verb, o.Ref, summary, lines)
		l.immutable(old, o)
		l.stale(old, o, before)
	}
	for _, ref := range l.removed() {
		l.plan("delete", ref, "the chart declares it no longer", nil)
	}
	if l.record.Body != nil {
		for _, d := range l.record.Body.Objects {
			if d.Keep && l.declared(d.Ref) == nil {
				l.plan("keep", d.Ref, "the chart declares it no longer; its resource policy keeps it", nil)
			}
		}
	}
}

// again is what the templates that render differently each time declare another time; nil
// where all render the same. What cannot be rendered again is compared whole.
func (l *look) again(ctx context.Context) map[model.Ref]*Object {
	if len(l.rendered.Varying) == 0 {
		return nil
	}
	other, err := l.renderWith(ctx, l.Values)
	if err != nil {
		return nil
	}
	out := map[model.Ref]*Object{}
	for _, o := range other.Objects {
		if slices.Contains(l.rendered.Varying, o.Source) {
			out[o.Ref] = o
		}
	}
	return out
}

// plan adds a change. What the release of today holds of a Secret that the chart looks
// up is not shown either.
func (l *look) plan(verb string, ref model.Ref, summary string, lines []string) {
	for i := range lines {
		lines[i] = l.lookups.disguise.scrub(lines[i])
	}
	l.changes = append(l.changes, report.Planned{Verb: verb, Ref: ref, Summary: summary, Lines: lines})
}

// today is what the release's newest manifest declares.
func (l *look) today(ctx context.Context) (declared map[model.Ref]*Object, ok bool) {
	list, err := l.Chart.Parse(ctx, l.stored.Manifest)
	var objects []*Object
	if err == nil {
		objects, err = decode(list)
	}
	if err != nil {
		l.unknown("manifest", l.releaseRef(), "The release's manifest of today cannot be read, so what changes is not known.", errors.New("it cannot be read")) // the cause may quote it
		return nil, false
	}
	resolve(objects, l.serving.kinds, l.Namespace)
	declared = map[model.Ref]*Object{}
	for _, o := range objects {
		declared[o.Ref] = o
	}
	return declared, true
}

var templates = map[model.Kind]bool{model.KindDeployment: true, model.KindStatefulSet: true, model.KindDaemonSet: true}

// restarts reports whether a change rolls a workload's pods.
func restarts(old, o *Object) bool {
	if !templates[o.Ref.Kind] || strategy(o) == "OnDelete" {
		return false
	}
	a, _, _ := unstructured.NestedFieldNoCopy(old.Object, "spec", "template")
	b, _, _ := unstructured.NestedFieldNoCopy(o.actual().Object, "spec", "template")
	return !reflect.DeepEqual(a, b)
}

func strategy(o *Object) string {
	for _, field := range []string{"strategy", "updateStrategy"} {
		if s, ok, _ := unstructured.NestedString(o.Object, "spec", field, "type"); ok {
			return s
		}
	}
	return ""
}

func restartWords(o *Object) string {
	if strategy(o) == "Recreate" {
		return "all pods stop before the first new one starts"
	}
	return "its pods are replaced, by turns"
}

// differences lists the paths that differ, but for those that differ between o and again,
// the same object rendered another time; nil for none. Values are shown where none can be
// secret: neither data, nor environment, nor arguments, nor annotations.
func differences(old, o, again *Object) []string {
	var lines []string
	random := map[string]bool{}
	if again != nil {
		compare(o.actual().Object, again.actual().Object, nil, func(path []string, _, _ any) { random[strings.Join(path, "\x00")] = true })
	}
	compare(old.Object, o.actual().Object, nil, func(path []string, a, b any) {
		if random[strings.Join(path, "\x00")] {
			return
		}
		text := sanitize.Line(strings.Join(path, "."), 300)
		if strings.HasPrefix(text, "status") {
			return
		}
		told := showable(path) && o.Ref.Kind != model.KindSecret
		if b != nil {
			pathToo, valueToo := o.public(path, b)
			if !pathToo {
				text = hidden
			}
			told = told && valueToo
		}
		if told {
			text += fmt.Sprintf(": %s -> %s", short(a), short(b))
		} else {
			switch {
			case a == nil:
				text += ": added"
			case b == nil:
				text += ": removed"
			default:
				text += ": changed"
			}
		}
		lines = append(lines, text)
	})
	slices.Sort(lines)
	if len(lines) > 40 {
		lines = append(lines[:40], fmt.Sprintf("and %d more", len(lines)-40))
	}
	return lines
}

func compare(a, b any, path []string, differ func(path []string, a, b any)) {
	ma, oka := a.(map[string]any)
	mb, okb := b.(map[string]any)
	if oka && okb {
		for k, v := range ma {
			compare(v, mb[k], append(slices.Clone(path), k), differ)
		}
		for k, v := range mb {
			if _, there := ma[k]; !there {
				differ(append(slices.Clone(path), k), nil, v)
			}
		}
		return
	}
	la, oka := a.([]any)
	lb, okb := b.([]any)
	if oka && okb && len(la) == len(lb) {
		for i := range la {
			compare(la[i], lb[i], append(slices.Clone(path), fmt.Sprint(i)), differ)
		}
		return
	}
	if !reflect.DeepEqual(number(a), number(b)) {
		differ(path, a, b)
	}
}

// number makes the numbers of JSON and of YAML comparable.
func number(v any) any {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case int:
		return float64(v)
	}
	return v
}

// plainFields are fields whose values hold no secret.
var plainFields = []string{
	"replicas", "image", "imagePullPolicy", "serviceAccountName", "containerPort", "port", "targetPort", "type", "storageClassName", "storage",
	"cpu", "memory", "schedule", "suspend", "minReadySeconds", "clusterIP", "serviceName", "ingressClassName", "host", "name", "maxUnavailable",
	"minAvailable", "maxReplicas", "minReplicas", "terminationGracePeriodSeconds", "priorityClassName", "restartPolicy",
}

func showable(path []string) bool {
	for _, p := range path {
		if p == "env" || p == "args" || p == "command" || p == "data" || p == "stringData" || p == "binaryData" || p == "annotations" {
			return false
		}
	}
	return slices.Contains(plainFields, path[len(path)-1]) || slices.Contains(path, "labels") || slices.Contains(path, "matchLabels")
}

func short(v any) string {
	switch v.(type) {
	case nil:
		return "(none)"
	case map[string]any, []any:
		return "(other)"
	}
	return sanitize.Line(oneLine(fmt.Sprint(v)), 120)
}

// fixed are the fields that the API server lets nobody change, by kind (kubernetes
// pkg/apis/*/validation). A StatefulSet's spec may change in the listed fields only.
var fixed = map[model.Kind][][]string{
	model.KindDeployment:         {{"spec", "selector"}},
	model.KindDaemonSet:          {{"spec", "selector"}},
	model.KindReplicaSet:         {{"spec", "selector"}},
	model.KindJob:                {{"spec", "selector"}, {"spec", "template"}, {"spec", "completionMode"}},
	model.KindService:            {{"spec", "clusterIP"}},
	model.KindClaim:              {{"spec", "accessModes"}, {"spec", "storageClassName"}, {"spec", "selector"}, {"spec", "volumeName"}, {"spec", "volumeMode"}},
	model.KindRoleBinding:        {{"roleRef"}},
	model.KindClusterRoleBinding: {{"roleRef"}},
	model.KindStorageClass:       {{"provisioner"}, {"parameters"}, {"reclaimPolicy"}, {"volumeBindingMode"}},
	model.KindPriorityClass:      {{"value"}, {"preemptionPolicy"}},
	model.KindSecret:             {{"type"}},
}

var setMayChange = []string{"replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"}

func (l *look) immutable(old, o *Object) {
	var broken []string
	for _, path := range fixed[o.Ref.Kind] {
		a, had, _ := unstructured.NestedFieldNoCopy(old.Object, path...)
		b, has, _ := unstructured.NestedFieldNoCopy(o.actual().Object, path...)
		if o.Ref.Kind == model.KindService && (!had || !has) {
			continue // left to the server
		}
		if differs(a, b) {
			broken = append(broken, strings.Join(path, "."))
		}
	}
	if o.Ref.Kind == model.KindStatefulSet {
		a, _, _ := unstructured.NestedMap(old.Object, "spec")
		b, _, _ := unstructured.NestedMap(o.actual().Object, "spec")
		for k := range union(a, b) {
			if !slices.Contains(setMayChange, k) && differs(a[k], b[k]) {
				if pathToo, _ := o.public([]string{"spec", k}, b[k]); !pathToo && a[k] == nil {
					k = hidden
				}
				broken = append(broken, "spec."+sanitize.Line(k, 100))
			}
		}
	}
	if frozen, _, _ := unstructured.NestedBool(old.Object, "immutable"); frozen {
		for _, k := range []string{"data", "stringData", "binaryData"} {
			if differs(old.Object[k], o.actual().Object[k]) {
				broken = append(broken, k)
			}
		}
	}
	slices.Sort(broken)
	for _, path := range broken {
		l.report(finding.Finding{
			Probe: Immutable.ID, Subject: o.Ref, Slot: path, Severity: finding.High, Grade: finding.Proved,
			Summary: fmt.Sprintf("The upgrade changes %s of %s %s, which cannot be changed, so it fails there.", path, o.Ref.Kind, o.Ref.Path()),
			Evidence: []finding.Evidence{
				{Ref: o.Ref, Path: path, Note: "differs between the release's manifest of today and " + o.Source},
			},
		})
	}
}

func differs(a, b any) bool {
	found := false
	compare(a, b, []string{""}, func([]string, any, any) { found = true })
	return found
}

func union(a, b map[string]any) map[string]bool {
	out := map[string]bool{}
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}

// stale finds workloads that read an object of configuration once, when the upgrade
// changes it and not them.
func (l *look) stale(old, o *Object, before map[model.Ref]*Object) {
	if o.Ref.Kind != model.KindConfigMap && o.Ref.Kind != model.KindSecret {
		return
	}
	now := o.actual()
	if !differs(old.Object["data"], now.Object["data"]) && !differs(old.Object["stringData"], now.Object["stringData"]) {
		return
	}
	hosts := false
	if cm, ok := l.row(o).(*model.ConfigMap); ok {
		for _, list := range cm.Hosts {
			hosts = hosts || l.setOf(list, o.Ref.Namespace) != nil
		}
	}
	for _, r := range l.readers(o.Ref) {
		was := before[r.object.Ref]
		if was == nil || restarts(was, r.object) {
			continue
		}
		fixes, withheld, rolled := l.reload(r.object.Ref, o)
		if rolled {
			continue
		}
		f := finding.Finding{
			Probe: probes.ConfigNewerThanProcess.ID, Subject: r.object.Ref, Slot: o.Ref.Name, Severity: finding.Medium, Grade: finding.Proved,
			Summary: fmt.Sprintf("The upgrade changes %s %s, and %s %s, which reads it once, is not restarted.", o.Ref.Kind, o.Ref.Name, r.object.Ref.Kind, r.object.Ref.Path()),
			Evidence: []finding.Evidence{
				{Ref: o.Ref, Path: "data", Note: "differs between the release's manifest of today and " + o.Source},
				{Ref: r.object.Ref, Path: r.path, Value: o.Ref.Name, Note: "read when a container starts"},
				{Ref: r.object.Ref, Path: "spec.template", Note: "is the same, so nothing rolls"},
			},
		}
		if hosts {
			f.Severity = finding.High
		}
		f.Fixes, f.Withheld = fixes, withheld
		l.report(f)
	}
}

package preflight

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// named is a variable that tells a program which Secret to read through the API.
var named = regexp.MustCompile(`(?i)secret(_?name|_?ref)?$`)

// objectName is the form of a Secret's name.
var objectName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)

// readByName finds variables that name a Secret which is there, and will name one that is
// not: a program that reads it through the API finds nothing when it starts.
func (l *look) readByName(before map[model.Ref]*Object) {
	for _, o := range l.rendered.Objects {
		old := before[o.Ref]
		if old == nil || !templates[o.Ref.Kind] || o.Hook != nil || o.real != nil {
			continue
		}
		was, now := plainEnv(old), plainEnv(o)
		for _, v := range now {
			i := slices.IndexFunc(was, func(w variable) bool { return w.container == v.container && w.name == v.name })
			if i < 0 || was[i].value == v.value || !named.MatchString(v.name) || !objectName.MatchString(v.value) {
				continue
			}
			from := model.Ref{Kind: model.KindSecret, Namespace: o.Ref.Namespace, Name: was[i].value}
			to := model.Ref{Kind: model.KindSecret, Namespace: o.Ref.Namespace, Name: v.value}
			known, _ := l.Snapshot.Knows(model.KindSecret, o.Ref.Namespace)
			if !known || l.Snapshot.Row(from) == nil || l.Snapshot.Row(to) != nil || l.declared(to) != nil {
				continue
			}
			l.report(finding.Finding{
				Probe: probes.APIReadSecretMissing.ID, Subject: o.Ref, Slot: v.container + "/" + v.name, Severity: finding.High, Grade: finding.Inferred,
				Summary: fmt.Sprintf("%s %s is told by %s to read Secret %s, which is there; the upgrade tells it %s, which is not.", o.Ref.Kind, o.Ref.Path(), v.name, from.Name, to.Name),
				Evidence: []finding.Evidence{
					{Ref: o.Ref, Path: "env " + v.name + " of " + v.container, Value: to.Name, Note: "in " + o.Source},
					{Ref: from, Note: "named by the same variable today"},
					{Ref: to, Note: "not there, and the chart does not declare it"},
				},
				Fixes: []finding.Fix{copyFix(from, to, "The program is taken to read it through the API, by the variable's name alone.")},
			})
		}
	}
}

// variable is an environment variable with a plain value.
type variable struct{ container, name, value string }

// plainEnv lists the variables of a workload's containers.
func plainEnv(o *Object) (out []variable) {
	for _, list := range []string{"initContainers", "containers"} {
		containers, _, _ := unstructured.NestedSlice(o.Object, "spec", "template", "spec", list)
		for _, c := range containers {
			c, _ := c.(map[string]any)
			container, _ := c["name"].(string)
			env, _ := c["env"].([]any)
			for _, e := range env {
				e, _ := e.(map[string]any)
				name, _ := e["name"].(string)
				value, _ := e["value"].(string)
				if name != "" && value != "" {
					out = append(out, variable{container, strings.TrimSpace(name), value})
				}
			}
		}
	}
	return out
}

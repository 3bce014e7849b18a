package repair

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

func (e *expander) createManifest(ctx context.Context, step finding.Step, c finding.Create) error {
	u, err := parseManifest([]byte(c.Manifest))
	if err != nil {
		return refuse("The manifest of %s cannot be read: %s.", step.Ref, err)
	}
	w, err := e.create(ctx, u, step.Ref, step.Summary)
	if err != nil {
		return err
	}
	w.commands = heredoc(e.scrub, u, "create")
	return nil
}

func parseManifest(text []byte) (*unstructured.Unstructured, error) {
	b, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	u := &unstructured.Unstructured{}
	if err := utiljson.Unmarshal(b, &u.Object); err != nil {
		return nil, err
	}
	if u.GetAPIVersion() == "" || u.GetKind() == "" || u.GetName() == "" {
		return nil, fmt.Errorf("it names no apiVersion, kind or name")
	}
	return u, nil
}

// createDeclared makes an object as its release declares it, so that Helm takes it
// for its own afterwards (helm pkg/action/validate.go checks the label and both
// annotations).
func (e *expander) createDeclared(ctx context.Context, step finding.Step, c finding.CreateFromRelease) error {
	u, revision, err := e.declared(ctx, c.Release, step.Ref)
	if err != nil {
		return err
	}
	labels, annotations := u.GetLabels(), u.GetAnnotations()
	if labels == nil {
		labels = map[string]string{}
	}
	if annotations == nil {
		annotations = map[string]string{}
	}
	labels["app.kubernetes.io/managed-by"] = "Helm"
	annotations["meta.helm.sh/release-name"] = c.Release.Name
	annotations["meta.helm.sh/release-namespace"] = c.Release.Namespace
	u.SetLabels(labels)
	u.SetAnnotations(annotations)
	w, err := e.create(ctx, u, step.Ref, step.Summary)
	if err != nil {
		return err
	}
	in := kubectlIn(w.Ref.Namespace)
	w.commands = []string{
		fmt.Sprintf("helm get manifest %s -n %s --revision %d | yq 'select(.kind == %q and .metadata.name == %q)' | %s create -f -",
			quote(c.Release.Name), quote(c.Release.Namespace), revision, u.GetKind(), u.GetName(), in),
		fmt.Sprintf("%s label %s app.kubernetes.io/managed-by=Helm --overwrite", in, kubectlName(w)),
		fmt.Sprintf("%s annotate %s meta.helm.sh/release-name=%s meta.helm.sh/release-namespace=%s --overwrite",
			in, kubectlName(w), quote(c.Release.Name), quote(c.Release.Namespace)),
	}
	return nil
}

// declared finds an object in the newest usable record of a release that has it.
func (e *expander) declared(ctx context.Context, rel, ref model.Ref) (*unstructured.Unstructured, int, error) {
	history := e.report.Snapshot.Release(rel.Namespace, rel.Name)
	if history == nil {
		return nil, 0, refuse("%s has no record to take %s from.", rel, ref)
	}
	var trouble string
	for _, rec := range slices.Backward(history.Records) {
		s, err := e.look(ctx, model.Ref{Kind: rec.Driver, Namespace: rec.Namespace, Name: rec.Name})
		if err != nil {
			return nil, 0, err
		}
		if s.live == nil {
			continue
		}
		stored, err := storedRecord(s.live)
		if err == nil {
			var manifest string
			if manifest, err = release.Manifest(stored); err == nil {
				if u := findDocument(manifest, rel, ref); u != nil {
					return u, rec.Revision, nil
				}
				continue
			}
		}
		trouble = fmt.Sprintf(" (revision %d: %s)", rec.Revision, e.scrub.said(err))
	}
	return nil, 0, refuse("No usable record of %s declares %s%s.", rel, ref, trouble)
}

func findDocument(manifest string, rel, ref model.Ref) *unstructured.Unstructured {
	for _, doc := range strings.Split("\n"+manifest, "\n---") {
		if !strings.Contains(doc, ref.Name) || len(doc) > 1<<20 {
			continue
		}
		u, err := parseManifest([]byte(strings.TrimPrefix(doc, "---")))
		if err != nil {
			continue
		}
		namespace := u.GetNamespace()
		if namespace == "" && ref.Namespace != "" {
			namespace = rel.Namespace
		}
		if release.KindOf(u.GetAPIVersion(), u.GetKind()) == ref.Kind && u.GetName() == ref.Name && namespace == ref.Namespace {
			return u
		}
	}
	return nil
}

// ownership are the labels that tie an object to whoever made it. A copy has
// another maker.
var ownership = []string{"app.kubernetes.io/managed-by", "helm.sh/chart", "app.kubernetes.io/instance", "app.kubernetes.io/version"}

func (e *expander) copySecret(ctx context.Context, step finding.Step, c finding.CopySecret) error {
	from, err := e.there(ctx, c.From)
	if err != nil {
		return err
	}
	u := newSecret(step.Ref)
	for _, k := range []string{"type", "data", "immutable"} {
		if v, ok := from.now.Object[k]; ok {
			u.Object[k] = v
		}
	}
	labels := from.now.GetLabels()
	maps.DeleteFunc(labels, func(k, _ string) bool { return slices.Contains(ownership, k) })
	if len(labels) > 0 {
		u.SetLabels(labels)
	}
	u = u.DeepCopy()
	w, err := e.create(ctx, u, step.Ref, step.Summary)
	if err != nil {
		return err
	}
	w.commands = []string{fmt.Sprintf(
		`%s get secret %s -o json | jq '{apiVersion, kind, type, data, metadata: {name: %q}}' | %s create -f -`,
		kubectlIn(c.From.Namespace), quote(c.From.Name), step.Ref.Name, kubectlIn(step.Ref.Namespace))}
	return nil
}

func (e *expander) fillSecret(ctx context.Context, step finding.Step, c finding.FillSecret) error {
	u, data := newSecret(step.Ref), map[string]any{}
	command := kubectlIn(step.Ref.Namespace) + " create secret generic " + quote(step.Ref.Name)
	for i, k := range c.Keys {
		ask := Ask{step.Ref, k}
		value, typed := e.inputs.Values[ask]
		if !typed {
			e.asks = append(e.asks, ask)
		}
		e.scrub.Add(value)
		data[k] = base64.StdEncoding.EncodeToString([]byte(value))
		command += fmt.Sprintf(` --from-literal=%s="$VALUE_%d"`, quote(k), i+1)
	}
	u.Object["type"], u.Object["data"] = "Opaque", data
	w, err := e.create(ctx, u, step.Ref, step.Summary)
	if err != nil {
		return err
	}
	w.commands = []string{command}
	return nil
}

func newSecret(ref model.Ref) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret",
		"metadata": map[string]any{"name": ref.Name, "namespace": ref.Namespace},
	}}
}

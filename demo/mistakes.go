package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

// Mistake is one thing that somebody did to a healthy application: one small change each,
// in a namespace of its own. What is healthy about the rest, and all about the copy in
// namespace Unharmed, may not be found.
type Mistake struct {
	ID          string           `json:"id"` // also its namespace
	Title       string           `json:"title"`
	Finds       []string         `json:"finds"` // as those of an Incident
	Late        bool             `json:"late"`  // they come after minutes
	Asks        []string         `json:"asks"`  // flags without which they are not looked for
	Patches     []ObjectPatch    `json:"patches"`
	Before      []map[string]any `json:"before"`      // made before the application
	After       []map[string]any `json:"after"`       // made after it
	Delete      []string         `json:"delete"`      // "Kind/name", once all stands
	Again       bool             `json:"again"`       // what was deleted is made again
	Certificate string           `json:"certificate"` // a TLS Secret whose certificate ends in days
}

// ObjectPatch changes one object of the application before it is made.
type ObjectPatch struct {
	Object string          `json:"object"` // "Kind/name"
	Patch  json.RawMessage `json:"patch"`  // RFC 6902
	Drop   bool            `json:"drop"`   // it is not made at all
}

// Unharmed is the namespace of the application to which nothing was done.
const Unharmed = "unharmed"

// Mistakes lists all mistakes, in the order of their file.
var Mistakes = sync.OnceValues(func() ([]Mistake, error) {
	raw, err := manifests.ReadFile("mistakes/mistakes.yaml")
	if err != nil {
		return nil, fmt.Errorf("reading the mistakes: %w", err)
	}
	var all []Mistake
	if err := yaml.UnmarshalStrict(raw, &all); err != nil {
		return nil, fmt.Errorf("reading the mistakes: %w", err)
	}
	return all, nil
})

// PlantMistakes plants every mistake, and the application without any beside them.
func (p *Planter) PlantMistakes(ctx context.Context) error {
	all, err := Mistakes()
	if err != nil {
		return err
	}
	p.say("planting %d mistakes made with one application, each in a namespace of its own", len(all))
	class := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": map[string]any{"name": "public"},
		"spec": map[string]any{"controller": "example.com/ingress"},
	}}
	if err := p.applyObject(ctx, class); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for _, m := range append([]Mistake{{ID: Unharmed}}, all...) {
		group.Go(guarded(m.ID, func() error { return m.plant(ctx, p) }))
	}
	return group.Wait()
}

func (m Mistake) plant(ctx context.Context, p *Planter) error {
	if err := p.namespace(ctx, m.ID, nil); err != nil {
		return err
	}
	if err := m.apply(ctx, p, m.Before); err != nil {
		return err
	}
	if m.Certificate != "" {
		if err := p.expiringCertificate(ctx, m.ID, m.Certificate); err != nil {
			return err
		}
	}
	objects, err := m.application()
	if err != nil {
		return err
	}
	for _, o := range objects {
		if err := p.applyIn(ctx, m.ID, o); err != nil {
			return err
		}
	}
	if err := m.apply(ctx, p, m.After); err != nil {
		return err
	}
	for _, what := range m.Delete {
		if err := m.deleted(ctx, p, what); err != nil {
			return err
		}
	}
	for _, o := range objects {
		if m.Again && slices.Contains(m.Delete, o.GetKind()+"/"+o.GetName()) {
			if err := p.applyIn(ctx, m.ID, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// apply makes objects, in the mistake's namespace where they are in one.
func (m Mistake) apply(ctx context.Context, p *Planter, objects []map[string]any) error {
	for _, o := range objects {
		if err := p.applyIn(ctx, m.ID, &unstructured.Unstructured{Object: runtime.DeepCopyJSON(o)}); err != nil {
			return err
		}
	}
	return nil
}

// application is the application with the mistake in it.
func (m Mistake) application() ([]*unstructured.Unstructured, error) {
	objects, err := objectsOf("mistakes/application.yaml")
	if err != nil {
		return nil, err
	}
	var out []*unstructured.Unstructured
	for _, o := range objects {
		dropped := false
		for _, patch := range m.Patches {
			if patch.Object != o.GetKind()+"/"+o.GetName() {
				continue
			}
			if dropped = patch.Drop; dropped {
				break
			}
			if o, err = patched(o, patch.Patch); err != nil {
				return nil, fmt.Errorf("patching %s: %w", patch.Object, err)
			}
		}
		if !dropped {
			out = append(out, o)
		}
	}
	return out, nil
}

func patched(o *unstructured.Unstructured, patch json.RawMessage) (*unstructured.Unstructured, error) {
	steps, err := jsonpatch.DecodePatch(patch)
	if err != nil {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	raw, err := o.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("writing the object: %w", err)
	}
	if raw, err = steps.Apply(raw); err != nil {
		return nil, fmt.Errorf("applying it: %w", err)
	}
	out := &unstructured.Unstructured{}
	return out, out.UnmarshalJSON(raw)
}

// deleted deletes an object. A PVC is deleted once it is bound, and no pod may use it.
func (m Mistake) deleted(ctx context.Context, p *Planter, what string) error {
	kind, name, _ := strings.Cut(what, "/")
	mapping, err := p.mapper.RESTMapping(schema.GroupKind{Kind: kind})
	if err != nil {
		return fmt.Errorf("finding where %s is served: %w", kind, err)
	}
	client := p.objects.Resource(mapping.Resource).Namespace(m.ID)
	if kind == "PersistentVolumeClaim" {
		err := await(ctx, what+" to be bound", func(ctx context.Context) (bool, error) {
			u, err := client.Get(ctx, name, metav1.GetOptions{})
			if err != nil {
				return false, err
			}
			phase, _, _ := unstructured.NestedString(u.Object, "status", "phase")
			return phase == "Bound", nil
		})
		if err != nil {
			return err
		}
	}
	if err := client.Delete(ctx, name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("deleting %s/%s: %w", m.ID, what, err)
	}
	if !m.Again {
		return nil
	}
	return await(ctx, what+" to be gone", func(ctx context.Context) (bool, error) {
		_, err := client.Get(ctx, name, metav1.GetOptions{})
		return apierrors.IsNotFound(err), nil
	})
}

package scene

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// Fixture is the document that sets the scene. Durations are Go's, times RFC 3339.
type Fixture struct {
	Kind     string            `json:"kind"`
	Now      time.Time         `json:"now"`
	Settings map[string]string `json:"settings"` // thresholds, by the names of their flags
	// Forbidden are the kinds that may not be listed.
	Forbidden []model.Kind `json:"forbidden"`
	// Wake is when the probe must ask to be run again; not checked where absent.
	Wake    *time.Time `json:"wake"`
	Records []Record   `json:"records"`
	Logs    []Log      `json:"logs"`
	// User is as whom the cluster is looked at; "viewer" where absent.
	User string `json:"user"`

	Plan   `json:",inline"`
	Server Server `json:"server"`
}

// Scene is a decoded fixture: a cluster at a moment, and what is planned on it.
type Scene struct {
	Snapshot *model.Snapshot
	Settings probes.Settings
	Now      time.Time
	Plan     Plan

	Server Server
	Stored []runtime.Object // what the server is asked for by name, beside the snapshot
	Wake   *time.Time       // when the probe must ask to be run again; nil where that is not checked
	Wants  []Want

	live map[model.Ref]runtime.Object
}

// documented reports whether an object has a document in the fixture.
func (s *Scene) documented(ref model.Ref) bool {
	return s.Snapshot.Row(ref) != nil || ref.Kind == model.KindRelease && s.Snapshot.Release(ref.Namespace, ref.Name) != nil
}

// Live is an object of the scene as its document has it; nil where there is none.
func (s *Scene) Live(ref model.Ref) runtime.Object { return s.live[ref] }

// Objects are those of the scene as a server holds them, release records with their
// bodies.
func (s *Scene) Objects() []runtime.Object {
	out := maps.Clone(s.live)
	for _, o := range s.Stored {
		m, err := meta.Accessor(o)
		if err != nil {
			continue
		}
		ref := model.Ref{Kind: model.KindRecord, Namespace: m.GetNamespace(), Name: m.GetName()}
		if old, ok := out[ref].(metav1.Object); ok {
			whole := o.DeepCopyObject()
			if w, ok := whole.(metav1.Object); ok {
				w.SetUID(old.GetUID())
				w.SetResourceVersion(old.GetResourceVersion())
			}
			out[ref] = whole
		}
	}
	return slices.Collect(maps.Values(out))
}

// Load decodes the fixture of that file.
func Load(file string) (*Scene, error) {
	text, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("reading the fixture: %w", err)
	}
	s := &Scene{Settings: probes.Defaults}
	world := newWorld()
	var scene Fixture
	for _, doc := range documents(string(text)) {
		refs, fixture, err := world.add(doc.text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, doc.line, err)
		}
		if fixture != nil {
			scene = *fixture
			s.Now, s.Plan, s.Server, s.Wake = scene.Now, scene.Plan, scene.Server, scene.Wake
			if err := s.set(fixture.Settings); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, doc.line, err)
			}
		}
		if err := s.expect(file, doc, refs, fixture != nil); err != nil {
			return nil, err
		}
	}
	if s.Now.IsZero() {
		return nil, fmt.Errorf("%s: no document of kind Fixture says what time it is", file)
	}
	s.Snapshot = world.snapshot(cmp.Or(scene.User, "viewer"), scene.Forbidden)
	s.Stored, s.live = world.stored, world.live
	return s, nil
}

// maxFixture bounds a fixture, in bytes.
const maxFixture = 16 << 20

func read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFixture+1))
	if err == nil && len(text) > maxFixture {
		err = fmt.Errorf("%s is larger than %d MiB", file, maxFixture>>20)
	}
	return text, err
}

func (s *Scene) set(settings map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		d, err := time.ParseDuration(settings[name])
		if err != nil {
			return fmt.Errorf("reading the threshold %s: %w", name, err)
		}
		threshold, ok := probes.ThresholdNamed(name)
		if !ok {
			return fmt.Errorf("there is no threshold %s", name)
		}
		*threshold.Of(&s.Settings) = d
	}
	return nil
}

type document struct {
	text string
	line int // of its first line, from 1
}

var separator = regexp.MustCompile(`^---\s*$`)

func documents(text string) (out []document) {
	begin, lines := 0, strings.Split(text, "\n")
	for i := 0; i <= len(lines); i++ {
		if i < len(lines) && !separator.MatchString(lines[i]) {
			continue
		}
		if doc := strings.Join(lines[begin:i], "\n"); strings.TrimSpace(doc) != "" {
			out = append(out, document{doc, begin + 1})
		}
		begin = i + 1
	}
	return out
}

// world gathers the rows of a fixture.
type world struct {
	projector *project.Projector
	tables    map[string]map[model.Kind]model.Table
	count     int
	stored    []runtime.Object // what is read by name or by a list of its own, and stands in no row
	live      map[model.Ref]runtime.Object
}

func newWorld() *world {
	return &world{projector: project.New([]byte("fixture")), tables: map[string]map[model.Kind]model.Table{}, live: map[model.Ref]runtime.Object{}}
}

// add takes one document and returns what it is about.
func (w *world) add(doc string) ([]model.Ref, *Fixture, error) {
	var head metav1.TypeMeta
	if err := yaml.Unmarshal([]byte(doc), &head); err != nil {
		return nil, nil, fmt.Errorf("reading the document: %w", err)
	}
	if head.Kind == "" && !bytes.Contains([]byte(doc), []byte(":")) {
		return nil, nil, nil // comments alone
	}
	if head.Kind == "Fixture" {
		var f Fixture
		if err := yaml.UnmarshalStrict([]byte(doc), &f); err != nil {
			return nil, nil, fmt.Errorf("reading the fixture's own document: %w", err)
		}
		refs, err := w.special(&f)
		return refs, &f, err
	}
	obj, err := decode(doc)
	if err != nil {
		return nil, nil, err
	}
	if d, ok := obj.(*appsv1.Deployment); ok { // preflight looks in all namespaces for a reloader
		w.stored = append(w.stored, d)
	}
	if lease, ok := obj.(*coordinationv1.Lease); ok { // forecast lists them itself
		w.stored = append(w.stored, lease)
	}
	row, err := w.put(obj)
	if err != nil {
		return nil, nil, err
	}
	return []model.Ref{row.Base().Ref()}, nil, nil
}

func decode(doc string) (runtime.Object, error) {
	obj, gvk, err := scheme.Codecs.UniversalDeserializer().Decode([]byte(doc), nil, nil)
	switch {
	case err == nil:
		obj.GetObjectKind().SetGroupVersionKind(*gvk)
		return obj, nil
	case !runtime.IsNotRegisteredError(err):
		return nil, fmt.Errorf("decoding the manifest: %w", err)
	}
	custom := &unstructured.Unstructured{}
	raw, err := yaml.YAMLToJSON([]byte(doc))
	if err == nil {
		err = custom.UnmarshalJSON(raw) // whole numbers stay whole, as from a server
	}
	if err != nil {
		return nil, fmt.Errorf("decoding the custom resource: %w", err)
	}
	return custom, nil
}

// put projects an object into its table. What an API server would fill in and a
// fixture need not say is derived from the name.
func (w *world) put(obj runtime.Object) (model.Row, error) {
	m, err := meta.Accessor(obj)
	if err != nil {
		return nil, fmt.Errorf("reading the metadata: %w", err)
	}
	w.count++
	if m.GetUID() == "" {
		m.SetUID(uid(obj.GetObjectKind().GroupVersionKind().Kind, m.GetNamespace(), m.GetName()))
	}
	if m.GetResourceVersion() == "" {
		m.SetResourceVersion(fmt.Sprint(100 + w.count))
	}
	owners := m.GetOwnerReferences()
	for i := range owners {
		if owners[i].UID == "" {
			owners[i].UID = uid(owners[i].Kind, m.GetNamespace(), owners[i].Name)
		}
	}
	m.SetOwnerReferences(owners)
	row, ok := w.projector.Object(obj)
	if !ok {
		return nil, fmt.Errorf("careen does not read %s", obj.GetObjectKind().GroupVersionKind())
	}
	w.insert(row)
	w.live[row.Base().Ref()] = obj
	return row, nil
}

func uid(kind, namespace, name string) types.UID {
	return types.UID(strings.ToLower(strings.Trim(namespace+"-"+kind+"-"+name, "-")))
}

func (w *world) insert(row model.Row) {
	m := row.Base()
	space := w.tables[m.Namespace]
	if space == nil {
		space = map[model.Kind]model.Table{}
		w.tables[m.Namespace] = space
	}
	i, _ := space[m.Kind].Search(m.Name)
	space[m.Kind] = slices.Insert(space[m.Kind], i, row)
}

func (w *world) snapshot(user string, forbidden []model.Kind) *model.Snapshot {
	snap := &model.Snapshot{Seq: 1, Spaces: map[string]*model.Space{}, Cluster: model.Cluster{Context: "fixture", User: user}}
	for ns, tables := range w.tables {
		for _, k := range forbidden {
			delete(tables, k)
		}
		snap.Spaces[ns] = model.NewSpace(ns, 1, tables)
		for _, rel := range snap.Spaces[ns].Releases() {
			read := rel.Read(true)
			for _, rec := range rel.Records {
				if !slices.Contains(read, rec) {
					rec.Body = nil // as the watches leave it
				}
			}
		}
	}
	cover := func(kind model.Kind, resource string) {
		watch := model.Watch{Kind: kind, Resource: resource, State: model.Live}
		if slices.Contains(forbidden, kind) {
			watch.State, watch.Message = model.Forbidden, fmt.Sprintf("forbidden to %s (list %s)", user, resource)
		}
		snap.Coverage = append(snap.Coverage, watch)
	}
	for _, info := range model.Builtin {
		cover(info.Kind, info.Resource)
	}
	cover(model.KindRecord, "releases")
	cover(model.KindCustom, "customresources")
	snap.Coverage.Sort()
	return snap
}

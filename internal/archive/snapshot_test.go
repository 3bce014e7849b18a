package archive

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/probetest"
)

var then = time.Date(2026, 1, 2, 15, 4, 5, 600, time.UTC)

// fill gives every field below v a value.
func fill(v reflect.Value, r *rand.Rand, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("s%d ü", r.IntN(1000)))
	case reflect.Int, reflect.Int8, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.IntN(100)))
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(r.IntN(100)))
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), r, depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
		for i := range v.Len() {
			fill(v.Index(i), r, depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(3) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, r, depth+1)
			fill(value, r, depth+1)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(then.Add(time.Duration(r.IntN(1e9)))))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), r, depth+1)
		}
	default:
		panic("a row has a field of kind " + v.Kind().String())
	}
}

// everything is a snapshot with rows of every type.
func everything() *model.Snapshot {
	r := rand.New(rand.NewPCG(1, 2))
	tables := map[string]map[model.Kind]model.Table{"": {}, "shop": {}}
	for name, t := range types {
		for ns, kinds := range tables {
			for i := range 3 {
				row := reflect.New(t)
				fill(row.Elem(), r, 0)
				m := row.Interface().(model.Row).Base()
				if pod, ok := row.Interface().(*model.Pod); ok {
					pod.Template = pod.Template.OfPod()
				}
				m.Kind, m.Namespace, m.Name = model.Kind(name+".example.com"), ns, fmt.Sprintf("n%d", i)
				kinds[m.Kind] = append(kinds[m.Kind], row.Interface().(model.Row))
			}
		}
	}
	return &model.Snapshot{
		Seq:      7,
		Cluster:  model.Cluster{Context: "prod", Server: "https://example.com", Version: "v1.36.3", User: "me"},
		Coverage: model.Coverage{{Kind: "Node", Resource: "nodes", State: model.Forbidden, Message: "no", Since: then}, {Kind: "Pod", Resource: "pods", Namespace: "shop", State: model.Live, Objects: 3}},
		Spaces:   map[string]*model.Space{"": model.NewSpace("", 3, tables[""]), "shop": model.NewSpace("shop", 4, tables["shop"])},
	}
}

func written(t *testing.T, snap *model.Snapshot, o Options) []byte {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = then
	}
	var b bytes.Buffer
	if err := Write(&b, snap, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEveryRowComesBackAsItWas(t *testing.T) {
	want := everything()
	raw := written(t, want, Options{Careen: "v1"})
	if !bytes.Equal(raw, written(t, want, Options{Careen: "v1"})) {
		t.Error("the same snapshot was written in two ways")
	}
	got, err := Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Now.Equal(then) || got.Careen != "v1" || got.Redacted {
		t.Errorf("%+v", got)
	}
	s := got.Snapshot
	if s.Seq != want.Seq || s.Cluster != want.Cluster || !reflect.DeepEqual(s.Coverage, want.Coverage) || len(s.Spaces) != len(want.Spaces) {
		t.Errorf("%+v", s)
	}
	for name, sp := range want.Spaces {
		if s.Spaces[name].Version != sp.Version || len(s.Spaces[name].Tables) != len(types) {
			t.Errorf("space %q: version %d, %d tables", name, s.Spaces[name].Version, len(s.Spaces[name].Tables))
		}
		for kind, table := range sp.Tables {
			for i, r := range table {
				if back := s.Spaces[name].Tables[kind][i]; !reflect.DeepEqual(back, r) {
					t.Errorf("%s came back as\n%+v\nwas\n%+v", r.Base().Ref(), back, r)
				}
			}
		}
	}
}

func fixtures(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "probes", "testdata", "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	return files
}

func TestAFileYieldsTheFindingsOfTheCluster(t *testing.T) {
	found := 0
	for _, name := range fixtures(t) {
		snap, settings, now, err := probetest.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := Read(bytes.NewReader(written(t, snap, Options{Now: now})))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := engine.Look(snap, probes.All(), settings, now)
		got := engine.Look(file.Snapshot, probes.All(), settings, file.Now)
		found += len(want.Findings)
		if !reflect.DeepEqual(got.Findings, want.Findings) {
			t.Errorf("%s: findings differ", name)
		}
		if !slices.Equal(got.Coverage(), want.Coverage()) {
			t.Errorf("%s: coverage differs", name)
		}
	}
	if found == 0 {
		t.Error("no fixture has a finding")
	}
}

func plain(t *testing.T, raw []byte) string {
	t.Helper()
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := z.DecodeAll(raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSaveLeavesAWholeFileOrNone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "look.careen")
	if err := Save(path, everything(), Options{Now: then}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := Open(path); err != nil {
		t.Error(err)
	}
	bad := everything()
	bad.Spaces["shop"].Tables["Alien"] = model.Table{alien{}}
	if err := Save(path, bad, Options{Now: then}); err == nil {
		t.Error("a row without a place was written")
	}
	if _, err := Open(path); err != nil {
		t.Errorf("the older file is gone: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
	if full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err == nil {
		defer full.Close()
		if err := Write(full, everything(), Options{Now: then}); err == nil {
			t.Error("a full disk went unnoticed")
		}
	}
}

type alien struct{}

func (alien) Base() *model.Meta { return &model.Meta{Name: "x"} }

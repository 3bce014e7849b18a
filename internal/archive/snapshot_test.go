package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
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
		if !slices.Equal(got.Coverage, want.Coverage) {
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

func pack(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileFiles(t *testing.T) {
	good := plain(t, written(t, everything(), Options{Careen: "v1"}))
	lines := strings.SplitAfter(good, "\n")
	body := strings.Join(lines[1:], "")
	rowAt := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, `{"row"`) })
	raw := written(t, everything(), Options{})
	flipped := bytes.Clone(raw)
	flipped[len(flipped)/2] ^= 0xff
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"empty":               {nil, "it is no snapshot"},
		"text":                {[]byte("apiVersion: v1\nkind: Pod\n"), "it is no snapshot"},
		"other zstandard":     {pack(t, "hello\n"), "it is no snapshot"},
		"another version":     {pack(t, strings.Replace(good, `"version":1`, `"version":9`, 1)), "it has format 9, written by careen v1; this careen reads format 1"},
		"cut compression":     {raw[:len(raw)*2/3], "it was cut short after line"},
		"cut text":            {pack(t, strings.Join(lines[:len(lines)-3], "")), "it was cut short after line"},
		"flipped bit":         {flipped, "line "},
		"no header":           {pack(t, body), "it is no snapshot"},
		"something after":     {pack(t, good+"{}\n"), "something follows its last line"},
		"lost row":            {pack(t, strings.Join(slices.Delete(slices.Clone(lines), rowAt, rowAt+1), "")), "rows, it holds"},
		"doubled row":         {pack(t, strings.Join(slices.Insert(slices.Clone(lines), rowAt, lines[rowAt]), "")), "stands in it twice"},
		"unknown type":        {pack(t, strings.Replace(good, `"type":"Pod"`, `"type":"Rocket"`, 1)), `"Rocket" is no type of row`},
		"unknown field":       {pack(t, strings.Replace(good, `"Labels"`, `"Lapels"`, 1)), `unknown field "Lapels"`},
		"another namespace":   {pack(t, strings.Replace(good, `"Namespace":"shop"`, `"Namespace":"moved"`, 2)), `stands in namespace "shop"`},
		"no json":             {pack(t, lines[0]+"}}}\n"), "line 2: invalid character"},
		"an escape in a type": {pack(t, strings.Replace(good, `"type":"Pod"`, `"type":"\u001b[2Jx"`, 1)), `"x" is no type of row`},
	} {
		_, err := Read(bytes.NewReader(c.raw))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestEveryCutIsNoticed(t *testing.T) {
	raw := written(t, everything(), Options{})
	for n := 0; n < len(raw); n += 1 + len(raw)/97 {
		if _, err := Read(bytes.NewReader(raw[:n])); err == nil {
			t.Errorf("a file cut after %d of %d bytes was read", n, len(raw))
		}
	}
}

func TestABombIsRefusedInLittleMemory(t *testing.T) {
	head, err := json.Marshal(header{Format: format, Version: version})
	if err != nil {
		t.Fatal(err)
	}
	var bomb bytes.Buffer
	z, err := zstd.NewWriter(&bomb)
	if err != nil {
		t.Fatal(err)
	}
	blanks := bytes.Repeat([]byte(" "), 1<<20)
	z.Write(append(head, '\n'))
	for range 700 {
		z.Write(blanks)
	}
	z.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = Read(bytes.NewReader(bomb.Bytes()))
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "longer than any row is") {
		t.Error(err)
	}
	if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 64 {
		t.Errorf("%d MiB were allocated for %d KiB", got, bomb.Len()>>10)
	}
	lines := string(head) + "\n" + strings.Repeat(`{"watch":{}}`+"\n", 10_000)
	if _, err := read(bytes.NewReader(pack(t, lines)), 64<<10); err == nil || !strings.Contains(err.Error(), "it is larger than") {
		t.Error(err)
	}
}

func TestStringsAreSanitised(t *testing.T) {
	tables := map[model.Kind]model.Table{model.KindEvent: {&model.Event{
		Meta: model.Meta{Kind: model.KindEvent, Namespace: "shop", Name: "e", Labels: map[string]string{"k\x1b[31m": "\x9b31mv\u202e"}}, Message: "a\x1b]0;title\x07b",
	}}}
	snap := &model.Snapshot{Spaces: map[string]*model.Space{"shop": model.NewSpace("shop", 1, tables)}}
	file, err := Read(bytes.NewReader(written(t, snap, Options{})))
	if err != nil {
		t.Fatal(err)
	}
	e := file.Snapshot.Space("shop").Tables[model.KindEvent][0].(*model.Event)
	if e.Message != "ab" || len(e.Labels) != 1 || strings.ContainsAny(e.Labels["k"], "\x1b\u202e\u009b") {
		t.Errorf("%q %q", e.Message, e.Labels)
	}
}

func TestLongAnnotationsAreLeftOut(t *testing.T) {
	const document = "password: hunter2\nuser: me"
	pod := &model.Pod{Meta: model.Meta{Kind: model.KindPod, Namespace: "shop", Name: "p", Annotations: map[string]string{"a": document, "b": "kept"}}}
	pod.Template.Annotations = map[string]string{"checksum/config": strings.Repeat("ab", 32), "c": strings.Repeat("x", maxNote+1)}
	snap := &model.Snapshot{Spaces: map[string]*model.Space{"shop": model.NewSpace("shop", 1, map[model.Kind]model.Table{model.KindPod: {pod}})}}
	raw := written(t, snap, Options{})
	if strings.Contains(plain(t, raw), "hunter2") || pod.Annotations["a"] != document {
		t.Error("the document is in the file, or gone from the row")
	}
	file, err := Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	back := file.Snapshot.Space("shop").Tables[model.KindPod][0].(*model.Pod)
	if back.Annotations["b"] != "kept" || back.Template.Annotations["checksum/config"] != pod.Template.Annotations["checksum/config"] || back.Template.Annotations["c"] != "(257 bytes left out)" {
		t.Errorf("%v %v", back.Annotations, back.Template.Annotations)
	}
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

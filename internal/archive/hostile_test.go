package archive

import (
	"bytes"
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/careen-tui/careen/internal/model"
)

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
		"empty":               {nil, "not a snapshot"},
		"text":                {[]byte("apiVersion: v1\nkind: Pod\n"), "not a snapshot"},
		"other zstandard":     {pack(t, "hello\n"), "not a snapshot"},
		"another version":     {pack(t, strings.Replace(good, `"version":1`, `"version":9`, 1)), "it has format 9, written by careen v1; this careen reads format 1"},
		"cut compression":     {raw[:len(raw)*2/3], "it was cut short after line"},
		"cut text":            {pack(t, strings.Join(lines[:len(lines)-3], "")), "it was cut short after line"},
		"flipped bit":         {flipped, "line "},
		"no header":           {pack(t, body), "not a snapshot"},
		"something after":     {pack(t, good+"{}\n"), "something follows its last line"},
		"lost row":            {pack(t, strings.Join(slices.Delete(slices.Clone(lines), rowAt, rowAt+1), "")), "rows, it holds"},
		"doubled row":         {pack(t, strings.Join(slices.Insert(slices.Clone(lines), rowAt, lines[rowAt]), "")), "stands in it twice"},
		"unknown type":        {pack(t, strings.Replace(good, `"type":"Pod"`, `"type":"Rocket"`, 1)), `unknown type of row "Rocket"`},
		"unknown field":       {pack(t, strings.Replace(good, `"Labels"`, `"Lapels"`, 1)), `unknown field "Lapels"`},
		"another namespace":   {pack(t, strings.Replace(good, `"Namespace":"shop"`, `"Namespace":"moved"`, 2)), `stands in namespace "shop"`},
		"no json":             {pack(t, lines[0]+"}}}\n"), "line 2: invalid character"},
		"an escape in a type": {pack(t, strings.Replace(good, `"type":"Pod"`, `"type":"\u001b[2Jx"`, 1)), `unknown type of row "x"`},
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
	set := &model.Workload{Meta: model.Meta{Kind: model.KindStatefulSet, Namespace: "shop", Name: "p", Annotations: map[string]string{"a": document, "b": "kept"}}}
	set.Template.Annotations = map[string]string{"checksum/config": strings.Repeat("ab", 32), "c": strings.Repeat("x", maxNote+1)}
	snap := &model.Snapshot{Spaces: map[string]*model.Space{"shop": model.NewSpace("shop", 1, map[model.Kind]model.Table{model.KindStatefulSet: {set}})}}
	raw := written(t, snap, Options{})
	if strings.Contains(plain(t, raw), "hunter2") || set.Annotations["a"] != document {
		t.Error("the document is in the file, or gone from the row")
	}
	file, err := Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	back := file.Snapshot.Space("shop").Tables[model.KindStatefulSet][0].(*model.Workload)
	if back.Annotations["b"] != "kept" || back.Template.Annotations["checksum/config"] != set.Template.Annotations["checksum/config"] || back.Template.Annotations["c"] != "(257 bytes left out)" {
		t.Errorf("%v %v", back.Annotations, back.Template.Annotations)
	}
}

func TestAFileWithoutThePartsThatRowsAlwaysHave(t *testing.T) {
	sp := model.NewSpace("shop", 1, map[model.Kind]model.Table{
		model.KindPod:        {&model.Pod{Meta: model.Meta{Kind: model.KindPod, Namespace: "shop", Name: "p"}, Conditions: []model.Condition{{}}}},
		model.KindDeployment: {&model.Workload{Meta: model.Meta{Kind: model.KindDeployment, Namespace: "shop", Name: "d"}, Conditions: []model.Condition{{}}}},
	})
	file, err := Read(bytes.NewReader(written(t, &model.Snapshot{Spaces: map[string]*model.Space{"shop": sp}}, Options{})))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []model.Kind{model.KindPod, model.KindDeployment} {
		switch r := file.Snapshot.Space("shop").Tables[name][0].(type) {
		case *model.Pod:
			if len(r.Template.Containers) > 0 || r.Conditions[0].Type != "" {
				t.Errorf("%+v", r)
			}
		case *model.Workload:
			if r.Conditions[0].Type != "" {
				t.Errorf("%+v", r)
			}
		}
	}
}

package box

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/preflight/source"
)

// entry is one of an archive.
type entry struct {
	tar.Header
	text string
}

func file(name, text string) entry {
	return entry{tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(text))}, text}
}

func special(name string, kind byte, to string) entry {
	return entry{tar.Header{Name: name, Typeflag: kind, Linkname: to, Mode: 0o644}, ""}
}

// packed is a chart's archive with some more entries.
func packed(t *testing.T, name string, more ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, e := range append([]entry{file(name+"/Chart.yaml", "apiVersion: v2\nname: "+name+"\nversion: 1.0.0\n")}, more...) {
		if err := w.WriteHeader(&e.Header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const anObject = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"

func TestArchives(t *testing.T) {
	archive := packed(t, "c", file("c/templates/a.yaml", anObject), special("c/templates/", tar.TypeDir, ""),
		file(`c\templates\b.yaml`, anObject), file("c/charts/d-1.0.0.tgz", string(packed(t, "d", file("d/templates/a.yaml", anObject)))))
	b, err := Open(t.Context(), &source.Chart{Ref: "c.tgz", Archive: archive})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if r, err := b.Render(t.Context(), plain, nil); err != nil || len(r.Objects) != 3 {
		t.Errorf("%v, %v", r, err)
	}
}

func TestHostileArchives(t *testing.T) {
	zeros := strings.Repeat("\x00", maxFile)
	many := make([]entry, maxFiles)
	for i := range many {
		many[i] = file(fmt.Sprintf("c/%d", i), "")
	}
	large := make([]entry, 25)
	for i := range large {
		large[i] = file(fmt.Sprintf("c/%d", i), zeros)
	}
	inner := packed(t, "d", large[:15]...)
	deep := packed(t, "c")
	for range 10 {
		deep = packed(t, "c", file("c/charts/c-1.0.0.tgz", string(deep)))
	}
	for name, c := range map[string]struct {
		archive []byte
		want    string
	}{
		"parent":           {packed(t, "c", file("c/../../etc/cron.d/x", "x")), "leads out of the chart"},
		"parent first":     {packed(t, "c", file("../x", "x")), "leads out of the chart"},
		"Windows parent":   {packed(t, "c", file(`c\..\..\x`, "x")), "leads out of the chart"},
		"absolute":         {packed(t, "c", file("/etc/passwd", "x")), "absolute path"},
		"absolute below":   {packed(t, "c", file("c//etc/passwd", "x")), "not in the chart's folder"},
		"a drive":          {packed(t, "c", file("c:/x", "x")), "absolute path"},
		"outside a folder": {packed(t, "c", file("x", "x")), "not in the chart's folder"},
		"a symbolic link":  {packed(t, "c", special("c/templates/x.yaml", tar.TypeSymlink, "/etc/passwd")), "symbolic link"},
		"a hard link":      {packed(t, "c", special("c/templates/x.yaml", tar.TypeLink, "/etc/shadow")), "hard link"},
		"a device":         {packed(t, "c", special("c/x", tar.TypeChar, "")), "neither a file nor a folder"},
		"a pipe":           {packed(t, "c", special("c/x", tar.TypeFifo, "")), "neither a file nor a folder"},
		"a large file":     {packed(t, "c", file("c/x", zeros+"x")), "larger than 5 MiB"},
		"many files":       {packed(t, "c", many...), "more than 20000 files"},
		"a bomb":           {packed(t, "c", large...), "larger than 100 MiB"},
		"a bomb in parts":  {packed(t, "c", file("c/charts/a.tgz", string(inner)), file("c/charts/b.tgz", string(inner))), "larger than 100 MiB"},
		"a link in a part": {packed(t, "c", file("c/charts/a.tgz", string(packed(t, "d", special("d/x", tar.TypeSymlink, "/etc"))))), "symbolic link"},
		"a nest of them":   {deep, "within each other"},
		"not an archive":   {[]byte("x"), "not a gzipped archive"},
		"cut short":        {packed(t, "c")[:40], "not a"},
		"empty":            {[]byte{}, "not a gzipped archive"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := (&unpacker{}).unpack(c.archive, 0); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	escapes := &source.Chart{Ref: "c.tgz", Archive: packed(t, "c", special("c/\x1b]0;x\x07", tar.TypeSymlink, "/etc"))}
	if _, err := Open(t.Context(), escapes); err == nil || !strings.Contains(err.Error(), "symbolic link") || strings.ContainsRune(err.Error(), 0x1b) {
		t.Error(err)
	}
	// A folder's dependencies are archives too.
	link := string(packed(t, "d", special("d/x", tar.TypeSymlink, "/etc")))
	if _, err := Open(t.Context(), ofFiles(map[string]string{"charts/s/charts/a.tgz": link})); err == nil || !strings.Contains(err.Error(), "symbolic link") {
		t.Error(err)
	}
}

// FuzzUnpack has what is no chart unpacked. What comes out has names within it.
func FuzzUnpack(f *testing.F) {
	for _, e := range []entry{file("c/templates/a.yaml", anObject), file(`c\a`, "x"), special("c/x", tar.TypeSymlink, "/etc")} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&e.Header); err != nil {
			f.Fatal(err)
		}
		_, _ = w.Write([]byte(e.text))
		_ = w.Close()
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, archive []byte) {
		if len(archive) > 1<<16 {
			return
		}
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.NoCompression)
		_, _ = z.Write(archive)
		_ = z.Close()
		files, _ := (&unpacker{}).unpack(b.Bytes(), 0)
		for _, f := range files {
			if !fs.ValidPath(f.Name) || strings.ContainsAny(f.Name, "\\\x00") {
				t.Errorf("%q", f.Name)
			}
		}
	})
}

package release_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/release"
)

type repeat byte

func (r repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r)
	}
	return len(p), nil
}

// bomb compresses head, size times the byte c, and tail: in one stream, as the
// record seen in the wild, or in many, which are quicker to make.
func bomb(tb testing.TB, streams int, head string, c byte, size int64, tail string) []byte {
	tb.Helper()
	var b bytes.Buffer
	compress := func(readers ...io.Reader) {
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.Copy(w, io.MultiReader(readers...)); err != nil {
			tb.Fatal(err)
		}
		if err := w.Close(); err != nil {
			tb.Fatal(err)
		}
	}
	compress(strings.NewReader(head), io.LimitReader(repeat(c), size/int64(streams)))
	start := b.Len()
	if streams > 1 {
		compress(io.LimitReader(repeat(c), size/int64(streams)))
		for one := bytes.Clone(b.Bytes()[start:]); streams > 2; streams-- {
			b.Write(one)
		}
	}
	compress(strings.NewReader(tail))
	return base64.StdEncoding.AppendEncode(nil, b.Bytes())
}

// TestDecodeStaysSmall decodes records that expand a thousandfold. What is
// allocated is counted, not what lives: an upper bound for the peak.
func TestDecodeStaysSmall(t *testing.T) {
	const huge = 700 << 20
	for _, c := range []struct {
		name   string
		stored []byte
		want   string
	}{
		{"blanks", bomb(t, 1, `{"name":"a",`, ' ', huge, `"version":1}`), "the record holds more than 1 MiB of blanks"},
		{"a chart file", bomb(t, 70, `{"chart":{"files":[{"name":"f","data":"`, 'A', huge, `"}]}}`), "the record expands to more than 64 MiB"},
		{"a key", bomb(t, 70, `{"`, 'k', huge, `":1}`), "the record expands to more than 64 MiB"},
		{"a number", bomb(t, 70, `{"version":`, '1', huge, `}`), "the record is not valid JSON at byte 11"},
		{"brackets", bomb(t, 70, `{"config":`, '[', huge, ``), "the record nests more than 256 levels deep"},
		{"zero bytes", bomb(t, 70, ``, 0, huge, ``), "the record is neither gzip nor JSON"},
		{"values", bomb(t, 70, `{"config":{"v":"`, 'v', 60<<20, `"},"info":{},"chart":{}}`), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if len(c.stored) > 3<<19 {
				t.Fatalf("the record is %d bytes, too large to reach the decoder", len(c.stored))
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			got := release.Decode(c.stored, "")
			runtime.ReadMemStats(&after)
			if got.Problem != c.want {
				t.Errorf("problem %q, want %q", got.Problem, c.want)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
				t.Errorf("allocated %d KiB for %d KiB stored", n>>10, len(c.stored)>>10)
			}
		})
	}
}

func TestRawIsRefusedBeforeItIsHeld(t *testing.T) {
	stored := bomb(t, 1, `{"name":"a",`, ' ', 700<<20, `"version":1}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := release.Raw(stored)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "blanks") {
		t.Errorf("error %v", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
		t.Errorf("allocated %d KiB", n>>10)
	}
}

// TestDecodeKeepsNothingOfItsInput makes sure that a body does not hold on to the
// record it came from.
func TestDecodeKeepsNothingOfItsInput(t *testing.T) {
	stored := store(t, "Secret", shop(0))
	a := release.Decode(stored, "")
	name := a.Objects[0].Ref.Name
	for range 50 {
		release.Decode(pack(strings.ReplaceAll(usable, `"a"`, `"zzzz"`)), "")
	}
	if name != "shop" || a.Objects[0].Ref.Name != "shop" || a.Name != "shop" {
		t.Errorf("the body changed with a later record: %+v", a)
	}
}

// record is a typical record of about 30 KiB as stored.
func record(tb testing.TB) []byte {
	rel := shop(4000)
	rel.Manifest = strings.Repeat(manifest, 8)
	var text strings.Builder
	for i := range 420 {
		text.WriteString(strings.Repeat("  {{ .Values.image.tag | quote }}\n", 2) + "# " + base64.StdEncoding.EncodeToString([]byte{byte(i), byte(i * 7), byte(i >> 3), byte(i * 31), byte(i * 13)}) + "\n")
	}
	for range 4 {
		f := *rel.Chart.Files[0]
		f.Name, f.Data = "templates/t.yaml", []byte(text.String())
		rel.Chart.Templates = append(rel.Chart.Templates, &f)
	}
	rel.Info.Notes = text.String()
	stored := store(tb, "Secret", rel)
	for n := 4000; len(stored) < 30<<10; n += 1000 {
		rel.Chart.Files = shop(n).Chart.Files
		stored = store(tb, "Secret", rel)
	}
	return stored
}

func BenchmarkDecode(b *testing.B) {
	stored := record(b)
	raw, _, err := release.Raw(stored)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if body := release.Decode(stored, ""); body.Problem != "" {
			b.Fatal(body.Problem)
		}
	}
	b.ReportMetric(float64(len(stored)), "stored-B")
	b.ReportMetric(float64(len(raw)), "json-B")
}

func BenchmarkDecodeBlanks(b *testing.B) {
	stored := bomb(b, 1, `{"name":"a",`, ' ', 700<<20, `"version":1}`)
	b.ReportAllocs()
	for b.Loop() {
		release.Decode(stored, "")
	}
}

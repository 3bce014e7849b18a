package release_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/release"
)

// bomb is a record in one gzip stream of head, about size times the byte c, and
// tail. Compressing that much takes long; but the window behind each chunk looks the
// same, so that the compressed form of one chunk can stand for all of them.
func bomb(tb testing.TB, head string, c byte, size int, tail string) []byte {
	tb.Helper()
	const chunkSize = 4 << 20
	chunk := bytes.Repeat([]byte{c}, chunkSize)
	sum, length := crc32.NewIEEE(), 0
	count := func(b []byte) []byte {
		sum.Write(b)
		length += len(b)
		return b
	}
	b := bytes.NewBuffer([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255})
	w, err := flate.NewWriter(b, flate.BestCompression)
	if err != nil {
		tb.Fatal(err)
	}
	write := func(p []byte) {
		if _, err := w.Write(count(p)); err != nil {
			tb.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			tb.Fatal(err)
		}
	}
	write(append([]byte(head), chunk...))
	start := b.Len()
	write(chunk)
	for one := bytes.Clone(b.Bytes()[start:]); length < size; count(chunk) {
		b.Write(one)
	}
	write([]byte(tail))
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	out := binary.LittleEndian.AppendUint32(b.Bytes(), sum.Sum32())
	out = binary.LittleEndian.AppendUint32(out, uint32(length))
	return base64.StdEncoding.AppendEncode(nil, out)
}

func TestABombIsARecord(t *testing.T) {
	raw, _, err := release.Raw(bomb(t, `{"a":"`, 'x', 20<<20, `"}`))
	if err != nil || len(raw) < 20<<20 || string(raw) != `{"a":"`+strings.Repeat("x", len(raw)-8)+`"}` {
		t.Errorf("error %v, %d bytes", err, len(raw))
	}
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
		{"blanks", bomb(t, `{"name":"a",`, ' ', huge, `"version":1}`), "the record holds more than 1 MiB of blanks"},
		{"a chart file", bomb(t, `{"chart":{"files":[{"name":"f","data":"`, 'A', huge, `"}]}}`), "the record expands to more than 64 MiB"},
		{"a key", bomb(t, `{"`, 'k', huge, `":1}`), "the record expands to more than 64 MiB"},
		{"a number", bomb(t, `{"version":`, '1', huge, `}`), "the record is not valid JSON at byte 11"},
		{"brackets", bomb(t, `{"config":`, '[', huge, ``), "the record nests more than 256 levels deep"},
		{"zero bytes", bomb(t, ``, 0, huge, ``), "the record is neither gzip nor JSON"},
		{"values", bomb(t, `{"config":{"v":"`, 'v', 60<<20, `"},"info":{},"chart":{}}`), ""},
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
	stored := bomb(t, `{"name":"a",`, ' ', 700<<20, `"version":1}`)
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
	stored := bomb(b, `{"name":"a",`, ' ', 700<<20, `"version":1}`)
	b.ReportAllocs()
	for b.Loop() {
		release.Decode(stored, "")
	}
}

package project_test

import (
	"fmt"
	"runtime"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/samples"
)

// BenchmarkRetainedSample tells what stays for a row of each kind, all of whose fields
// are set: more than for one that is typical.
func BenchmarkRetainedSample(b *testing.B) {
	const rows = 2000
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for _, kind := range samples.Kinds() {
		b.Run(string(kind), func(b *testing.B) {
			object, err := samples.Object(kind)
			if err != nil {
				b.Fatal(err)
			}
			p := project.New([]byte("salt"))
			kept := make([]model.Row, 0, rows)
			before := live()
			for i := range rows {
				one := object.DeepCopyObject()
				m, err := meta.Accessor(one)
				if err != nil {
					b.Fatal(err)
				}
				if kind != model.KindRecord { // whose name says what it is
					m.SetName(fmt.Sprintf("%s-%d", m.GetName(), i))
				}
				if row, ok := p.Object(one); ok {
					kept = append(kept, row)
				}
			}
			after := live()
			for b.Loop() {
			}
			b.ReportMetric(float64(int64(after)-int64(before))/rows, "B/row")
			runtime.KeepAlive(kept)
		})
	}
}

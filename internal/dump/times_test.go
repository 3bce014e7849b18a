package dump

import (
	"archive/tar"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestHowMuchLaterADumpWasTaken is that a cluster in which nothing happens does not make its
// dump older than it is: when its files were written counts, for a few minutes, where nothing
// in it tells the time.
func TestHowMuchLaterADumpWasTaken(t *testing.T) {
	newest := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	pods := `{"apiVersion":"v1","kind":"List","items":[` + podThat("web-1", `"ready":false,"state":{"waiting":{"reason":"ImagePullBackOff"}}`) + `,
{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","creationTimestamp":"2026-01-02T12:00:00Z"}}]}`
	lease := `{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"n1","namespace":"kube-node-lease"},"spec":{"renewTime":"2026-01-02T12:00:00.000000Z"}}`
	write := func(t *testing.T, body string, at time.Time) string {
		path := filepath.Join(t.TempDir(), "pods.json")
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct {
		name    string
		open    func(t *testing.T) string
		options Options
		want    time.Duration
	}{
		{"at once", func(t *testing.T) string { return write(t, pods, newest) }, Options{}, 0},
		{"a minute later", func(t *testing.T) string { return write(t, pods, newest.Add(time.Minute)) }, Options{}, time.Minute},
		{"copied days later", func(t *testing.T) string { return write(t, pods, newest.Add(72*time.Hour)) }, Options{}, maxSlack},
		{"a clock that is behind", func(t *testing.T) string { return write(t, pods, newest.Add(-time.Hour)) }, Options{}, 0},
		{"in a folder", func(t *testing.T) string { return filepath.Dir(write(t, pods, newest.Add(time.Minute))) }, Options{}, time.Minute},
		{"with what tells the time", func(t *testing.T) string { return write(t, pods+"\n"+lease, newest.Add(time.Minute)) }, Options{}, 0},
		{"at a moment that is given", func(t *testing.T) string { return write(t, pods, newest.Add(time.Minute)) }, Options{At: newest}, 0},
		{"in an archive, whose entries count", func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "dump.tar")
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			w := tar.NewWriter(f)
			if err := w.WriteHeader(&tar.Header{Name: "pods.json", Size: int64(len(pods)), Mode: 0o600, ModTime: newest.Add(30 * time.Second)}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(pods)); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			return path
		}, Options{}, 30 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, err := Open(tt.open(t), tt.options)
			if err != nil {
				t.Fatal(err)
			}
			if !file.Now.Equal(newest) || file.Snapshot.Slack != tt.want {
				t.Errorf("got %s and %s, want %s and %s", file.Now, file.Snapshot.Slack, newest, tt.want)
			}
		})
	}
}

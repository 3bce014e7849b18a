//go:build unix

package archive

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

func TestWhatIsNoFileIsWrittenToAndNotReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	got := make(chan int64, 1)
	go func() {
		f, err := os.Open(path)
		if err != nil {
			got <- -1
			return
		}
		defer f.Close()
		n, _ := io.Copy(io.Discard, f)
		got <- n
	}()
	if err := Save(path, &model.Snapshot{}, Options{Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if n := <-got; n <= 0 {
		t.Errorf("%d bytes came through the pipe", n)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is now %v, %v", info, err)
	}
}

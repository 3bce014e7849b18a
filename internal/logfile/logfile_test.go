package logfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/klog/v2"
)

func TestLibrariesWriteToTheLogAndNotToTheScreen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "careen.log")
	logger, f, err := Open(path, false)
	if err != nil {
		t.Fatal(err)
	}
	stderr := NewStderr(f)
	if err := stderr.Take(); err != nil {
		t.Fatal(err)
	}
	klog.ErrorS(errors.New("from klog"), "message")
	logger.Info("too quiet to be kept")
	os.Stderr.WriteString("from a plugin\n")
	stderr.Restore()
	stderr.Restore()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	if !strings.Contains(text, "from klog") || !strings.Contains(text, "from a plugin") || strings.Contains(text, "too quiet") {
		t.Errorf("log:\n%s", text)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
}

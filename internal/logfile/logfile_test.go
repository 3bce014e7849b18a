package logfile

import (
	"errors"
	"log"
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
	println("from a plugin") // to the descriptor itself: go test -json has an os.Stderr of its own
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

func TestALinkIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "careen.log")
	if err := os.WriteFile(target, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(link, false); err == nil || !strings.Contains(err.Error(), link+" is a symbolic link") {
		t.Errorf("opened: %v", err)
	}
	if b, err := os.ReadFile(target); err != nil || string(b) != "kept" {
		t.Errorf("the target holds %q, %v", b, err)
	}
}

func TestTheLogHoldsNothingRawAndNoCredential(t *testing.T) {
	path := filepath.Join(t.TempDir(), "careen.log")
	logger, f, err := Open(path, true)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const evil, sentinel = "\x1b]0;t\x07\u009b1m\u202e", "S3ntin3lV4lue"
	quoted := errors.New("the server said password=" + sentinel + evil)
	logger.Error("said "+evil+" token: "+sentinel, "error", quoted, "text", `{"secret":"`+sentinel+`"}`, "n", 7)
	klog.ErrorS(quoted, "klog")
	log.Print("DB_PASSWORD=" + sentinel + evil)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	if strings.Contains(text, sentinel) || strings.ContainsAny(text, "\x1b\u009b\u202e\x07") {
		t.Errorf("log:\n%q", text)
	}
	if strings.Count(text, "\n") != 3 || !strings.Contains(text, "n=7") || !strings.Contains(text, "level=ERROR") {
		t.Errorf("log:\n%s", text)
	}
}

package command

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// told fails where a text shows the sentinel, as it is or in one of the encodings in
// which it stands in objects.
func told(t *testing.T, exit, text string) {
	t.Helper()
	for _, form := range []string{sentinel, strings.ToLower(sentinel), b64(sentinel), b64(b64(sentinel)), hex.EncodeToString([]byte(sentinel))} {
		if i := strings.Index(text, form); i >= 0 {
			t.Errorf("%s shows the sentinel: ...%s...", exit, text[max(0, i-200):min(len(text), i+100)])
			return
		}
	}
}

// chartOf writes a chart whose templates are these.
func chartOf(t *testing.T, templates map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.1\n", "values.yaml": "db: {password: " + sentinel + "}\n"}
	for name, text := range templates {
		files["templates/"+name] = text
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

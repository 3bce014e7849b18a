package report

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// browsers are the names by which Chromium may be there.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless_shell"}

// TestThePageInABrowser opens the page in Chromium, where that is installed: nothing is
// asked of the network, nothing is wrong, the graph is there, and it prints. It installs
// nothing, and where there is no Chromium the tests of the page's text are all there is.
func TestThePageInABrowser(t *testing.T) {
	browser := ""
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("no Chromium is installed here: looked for " + strings.Join(browsers, ", "))
	}
	var (
		mu    sync.Mutex
		asked []string
	)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+" "+r.Host+" "+r.URL.Path)
		w.WriteHeader(http.StatusForbidden)
	}))
	defer proxy.Close()
	dir := t.TempDir()
	page := filepath.Join(dir, "report.html")
	if err := os.WriteFile(page, render(t, "html", document(drawn(), 0)), 0o600); err != nil {
		t.Fatal(err)
	}
	open := func(what string) (stdout, stderr string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		command := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
			"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
			"--disable-domain-reliability", "--user-data-dir="+filepath.Join(dir, "profile"), "--enable-logging=stderr",
			"--proxy-server="+strings.TrimPrefix(proxy.URL, "http://"), "--proxy-bypass-list=<-loopback>", what, "file://"+page)
		command.Env = append(os.Environ(), "HOME="+dir)
		var out, errs bytes.Buffer
		command.Stdout, command.Stderr = &out, &errs
		if err := command.Run(); err != nil {
			t.Fatalf("%s: %v\n%s", what, err, errs.String())
		}
		return out.String(), errs.String()
	}
	dom, messages := open("--dump-dom")
	for _, want := range []string{"<svg", "Deployment shop/web", "</html>"} {
		if !strings.Contains(dom, want) {
			t.Errorf("the page in the browser has no %s:\n%.2000s", want, dom)
		}
	}
	for l := range strings.Lines(messages) {
		if strings.Contains(l, "CONSOLE") {
			t.Errorf("the browser complains: %s", l)
		}
	}
	pdf := filepath.Join(dir, "report.pdf")
	open("--print-to-pdf=" + pdf)
	if raw, err := os.ReadFile(pdf); err != nil || !bytes.HasPrefix(raw, []byte("%PDF-")) || len(raw) < 5000 {
		t.Errorf("it does not print: %d bytes, %v", len(raw), err)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, r := range asked {
		if own := strings.Contains(r, "google") || strings.Contains(r, "gvt1.com"); !own { // what the browser asks for itself
			t.Errorf("the page asks for %s", r)
		}
	}
}

//go:build unix

package connect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"
)

// script is a credential plugin: a shell script with the protocol's answer at its end.
func script(t *testing.T, body string) *api.ExecConfig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sesame")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return &api.ExecConfig{Command: path, Args: []string{"get", "--password=opensesame"}, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.IfAvailableExecInteractiveMode}
}

func gives(status string) string {
	return `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{` + status + `}}'`
}

// doors is a server that accepts one token and says what it was sent.
func doors(t *testing.T, token func() string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer "+token() {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, `{"gitVersion":"v1.36.3"}`)
	}))
	t.Cleanup(s.Close)
	return s
}

func behind(t *testing.T, spec *api.ExecConfig, url string, within time.Duration) *Connection {
	t.Helper()
	c, err := open(&local{config: &rest.Config{Host: url, ExecProvider: spec, Timeout: within}, context: "c", user: "jane"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestAPluginIsAskedOnceAndAgainWhenRefused(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	spec := script(t, `echo x >>`+count+`; n=$(wc -l <`+count+`)`+"\n"+strings.Replace(gives(`"token":"t-N"`), "t-N", `t-'$n'`, 1))
	accepted := "t-1"
	c := behind(t, spec, doors(t, func() string { return accepted }).URL, 0)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if v, err := c.Contact(t.Context()); err != nil || v != "v1.36.3" {
				t.Errorf("%q, %v", v, err)
			}
		})
	}
	all.Wait()
	accepted = "t-2"
	if _, err := c.Contact(t.Context()); !errors.Is(err, ErrAuth) {
		t.Errorf("with an old token: %v", err)
	}
	if _, err := c.Contact(t.Context()); err != nil {
		t.Errorf("after it was refused: %v", err)
	}
	if b, _ := os.ReadFile(count); len(b) != 4 {
		t.Errorf("the plugin ran %d times, want 2", len(b)/2)
	}
}

func TestAPluginHasNoTerminalAndItsErrorsAreOneLine(t *testing.T) {
	for name, c := range map[string]struct{ body, says string }{
		"it asks on the terminal": {`read -r x </dev/tty || exit 3`, "exit status 3"},
		"it reads the keys":       {`read -r x || { echo 'no input' >&2; exit 1; }`, "exit status 1: no input"},
		"it fails with colours":   {`printf 'line one\n\033[31mSession expired\033[0m\n' >&2; exit 1`, "exit status 1: Session expired"},
		"it prints nonsense":      {`echo hello`, "not an ExecCredential"},
		"it gives nothing":        {gives(`"token":""`), "neither a token nor a client certificate"},
		"half a certificate":      {gives(`"clientKeyData":"x"`), "without its certificate"},
		"it prints for ever":      {`yes | head -c 3000000; exit 0`, "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := behind(t, script(t, c.body), "http://127.0.0.1:1", 0).Contact(t.Context())
			var missing *CredentialError
			if !errors.Is(err, ErrAuth) || !errors.As(err, &missing) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v", err)
			}
			if text := err.Error(); strings.ContainsAny(text, "\n\x1b") || strings.Contains(text, "opensesame") || !strings.Contains(text, "sesame get --password=...") {
				t.Errorf("the message is %q", text)
			}
		})
	}
}

func TestAPluginThatWaitsIsEndedAndSaid(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	spec := script(t, `sleep 1000 & echo $! >`+pid+`; wait`)
	c := behind(t, spec, "http://127.0.0.1:1", 300*time.Millisecond)
	_, err := c.plugin.get(t.Context())
	var missing *CredentialError
	if !errors.As(err, &missing) || !missing.Waiting || !strings.Contains(err.Error(), "log in at the terminal") {
		t.Fatalf("got %v", err)
	}
	b, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	gone := func() bool {
		stat, err := os.ReadFile("/proc/" + strings.TrimSpace(string(b)) + "/stat")
		return err != nil || strings.Contains(string(stat), ") Z ")
	}
	for range 100 {
		if gone() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("what the plugin started is still there")
}

func TestWhoWaitsForAPluginCanGiveUp(t *testing.T) {
	c := behind(t, script(t, `sleep 1000`), "http://127.0.0.1:1", time.Minute)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.plugin.get(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	c.Close() // waits for the end of the script
	if _, err := c.plugin.get(t.Context()); err == nil {
		t.Error("a closed connection still runs it")
	}
}

func TestAPluginThatAlwaysAsksIsNotRunBeside(t *testing.T) {
	spec := script(t, gives(`"token":"t"`))
	spec.InteractiveMode = api.AlwaysExecInteractiveMode
	if _, err := behind(t, spec, "http://127.0.0.1:1", 0).Contact(t.Context()); !errors.Is(err, ErrAuth) || !strings.Contains(err.Error(), "needs a terminal") {
		t.Errorf("got %v", err)
	}
}

// Clients of other libraries get no credentials, and their requests pass them all the
// same.
func TestOtherClientsTakeTheSameWay(t *testing.T) {
	c := behind(t, script(t, gives(`"token":"t"`)), doors(t, func() string { return "t" }).URL, 0)
	config := c.Config()
	if config.BearerToken != "" || config.ExecProvider != nil || config.CertData != nil {
		t.Errorf("credentials in %+v", config)
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, config.Host+"/version", nil)
	resp, err := client.Do(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", resp, err)
	}
	resp.Body.Close()
	if n := c.Guard().Requests(); len(n) != 1 {
		t.Errorf("the guard saw %v", n)
	}
}

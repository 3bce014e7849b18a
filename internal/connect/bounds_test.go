package connect

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// dripping is a body that gives a byte each interval, n of them, and then nothing.
type dripping struct {
	every time.Duration
	n     int
	done  <-chan struct{}
	text  string
}

func (d *dripping) Read(p []byte) (int, error) {
	if d.n == 0 {
		<-d.done
		return 0, errors.New("the request was given up")
	}
	d.n--
	time.Sleep(d.every)
	return copy(p, d.text), nil
}

func (*dripping) Close() error { return nil }

// through sends a request whose answer has that body.
func through(t *testing.T, b bounds, path string, body func(r *http.Request) io.ReadCloser) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://host"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	next := replying(func(r *http.Request) (*http.Response, error) {
		c := body(r)
		if c == nil {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: c}, nil
	})
	return b.send(next, r, ParseTarget("", r))
}

func TestAnAnswerThatDoesNotComeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := through(t, defaultBounds, "/api/v1/pods", func(*http.Request) io.ReadCloser { return nil })
		if !errors.Is(err, errNoHead) || time.Since(start) != defaultBounds.head {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

func TestAnAnswerThatStandsStillEnds(t *testing.T) {
	for path, want := range map[string]struct {
		err   error
		after time.Duration
	}{
		"/api/v1/pods": {errSilent, 100*time.Second + defaultBounds.silent},
		"/api/v1/pods?watch=true&timeoutSeconds=400": {errLasts, 400*time.Second + defaultBounds.watch},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			resp, err := through(t, defaultBounds, path, func(r *http.Request) io.ReadCloser {
				return &dripping{10 * time.Second, 10, r.Context().Done(), "x"}
			})
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if _, err = io.ReadAll(resp.Body); !errors.Is(err, want.err) || time.Since(start) != want.after {
				t.Errorf("%s: after %s: %v", path, time.Since(start), err)
			}
		})
	}
}

func TestAnAnswerIsBoundedInBytes(t *testing.T) {
	b := bounds{head: time.Minute, silent: time.Minute, watch: time.Minute, body: 1000, page: 500, event: 100}
	line := strings.Repeat("x", 60) + "\n"
	for name, c := range map[string]struct {
		path, body string
		large      bool
	}{
		"an object":                 {"/api/v1/namespaces/a/secrets/s", strings.Repeat("x", 1000), false},
		"a large object":            {"/api/v1/namespaces/a/secrets/s", strings.Repeat("x", 1001), true},
		"a large log":               {"/api/v1/namespaces/a/pods/p/log", strings.Repeat("x", 1001), true},
		"a large page":              {"/api/v1/pods", strings.Repeat("x", 501), true},
		"a log that is followed":    {"/api/v1/namespaces/a/pods/p/log?follow=true", strings.Repeat("x", 5000), false},
		"events":                    {"/api/v1/pods?watch=true", strings.Repeat(line, 100), false},
		"a large event":             {"/api/v1/pods?watch=true", line + strings.Repeat("x", 150), true},
		"what tells of its own end": {"/version", "{}", false},
	} {
		resp, err := through(t, b, c.path, func(*http.Request) io.ReadCloser {
			return io.NopCloser(io.MultiReader(oneByOne{strings.NewReader(c.body)}))
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if TooLarge(err) != c.large || err == nil && len(got) != len(c.body) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// oneByOne gives a few bytes at a time.
type oneByOne struct{ io.Reader }

func (o oneByOne) Read(p []byte) (int, error) { return o.Reader.Read(p[:min(len(p), 7)]) }

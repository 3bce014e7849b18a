package connect

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

type replying func(*http.Request) (*http.Response, error)

func (f replying) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestALoginHoldsRequestsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(replying(func(*http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return &http.Response{StatusCode: http.StatusOK}, nil
		}))
		send := func(ctx context.Context) chan error {
			done := make(chan error, 1)
			r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://example/api", nil)
			go func() {
				_, err := g.RoundTrip(r)
				done <- err
			}()
			synctest.Wait()
			return done
		}
		under := send(t.Context())
		began := time.Now()
		through, resume, err := g.pause(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != time.Second || len(under) != 1 {
			t.Errorf("the gate closed after %s, before what was under way ended", took)
		}
		if _, _, err := g.pause(t.Context()); err == nil {
			t.Error("two logins at once")
		}
		ctx, cancel := context.WithCancel(t.Context())
		given, held := send(ctx), send(t.Context())
		if err := <-send(through); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		cancel()
		if err := <-given; !errors.Is(err, context.Canceled) {
			t.Errorf("a request that was given up: %v", err)
		}
		if len(held) != 0 {
			t.Error("a request passed a closed gate")
		}
		resume()
		if err := <-held; err != nil {
			t.Error(err)
		}
	})
}

func TestALoginWaitsNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		defer close(stuck)
		g := newGate(replying(func(*http.Request) (*http.Response, error) {
			<-stuck
			return nil, errors.New("closed")
		}))
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example/api", nil)
		go func() { _, _ = g.RoundTrip(r) }()
		synctest.Wait()
		if _, _, err := g.pause(t.Context()); err == nil {
			t.Error("the gate closed over a request under way")
		}
		if g.closed != nil {
			t.Error("the gate stays closed")
		}
	})
}

func TestMissingCredentialsAreHeard(t *testing.T) {
	var heard error
	g := newGate(replying(func(*http.Request) (*http.Response, error) {
		return nil, &CredentialError{Plugin: "sesame", Err: errors.New("exit status 1")}
	}))
	g.heard = func(err error) { heard = err }
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example/api", nil)
	if _, err := g.RoundTrip(r); err == nil || heard == nil {
		t.Errorf("%v, heard %v", err, heard)
	}
}

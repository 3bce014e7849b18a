package sandbox

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// word is the message of these tests.
type word struct {
	Text string
	Any  map[string]any
}

var limits = Limits{Memory: 256 << 20, In: 1 << 20, Out: 1 << 16}

func TestMain(m *testing.M) {
	if code, ok := Serve(os.Args, works); ok {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

var (
	sink  []byte
	works = map[string]Work{
		"echo": func(p *Parent) error {
			for {
				var m word
				if err := p.Receive(&m); err != nil {
					return err
				}
				if err := p.Send(m); err != nil {
					return err
				}
			}
		},
		"spin": func(*Parent) error {
			for n := 0; ; n++ {
				runtime.KeepAlive(n)
			}
		},
		"hoard": func(*Parent) error {
			var all [][]byte
			for {
				piece := make([]byte, 1<<20)
				for i := range piece {
					piece[i] = 1
				}
				all = append(all, piece)
				sink = all[0]
			}
		},
		"at once": func(*Parent) error {
			sink = make([]byte, 1<<33)
			for i := 0; i < len(sink); i += 4096 {
				sink[i] = 1
			}
			return nil
		},
		"recurse": func(*Parent) error {
			var f func(n int) int
			f = func(n int) int { return f(n+1) + 1 }
			f(0)
			return nil
		},
		"flood":   func(p *Parent) error { return p.Send(word{Text: strings.Repeat("x", 1<<17)}) },
		"babble":  func(p *Parent) error { _, err := p.to.Write([]byte("\x00\x00\x00\x02\xff\xff")); return err },
		"nothing": func(*Parent) error { return nil },
		"reach": func(p *Parent) error {
			var m word
			if err := p.Receive(&m); err != nil {
				return err
			}
			answer := map[string]any{"env": strings.Join(os.Environ(), " ")}
			if c, err := net.DialTimeout("tcp", m.Text, 5*time.Second); err == nil {
				c.Close()
				answer["dial"] = true
			}
			if _, err := os.ReadFile(m.Any["read"].(string)); err == nil {
				answer["read"] = true
			}
			if err := os.WriteFile(m.Any["write"].(string), []byte("x"), 0o600); err == nil {
				answer["write"] = true
			}
			if _, err := time.LoadLocation("Asia/Tokyo"); err == nil {
				answer["zone"] = true
			}
			return p.Send(word{Any: answer})
		},
	}
)

func open(t *testing.T, ctx context.Context, work string) *Child {
	t.Helper()
	c, err := Start(ctx, work, limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestMessagesKeepWhatTheyHold(t *testing.T) {
	c := open(t, t.Context(), "echo")
	sent := word{Text: "héllo\x00", Any: map[string]any{
		"int": int64(3), "float": 3.0, "nil": nil, "list": []any{true, "x", map[string]any{"large": int64(10000000), "half": 0.5}},
	}}
	if err := c.Send(t.Context(), sent); err != nil {
		t.Fatal(err)
	}
	var got word
	if err := c.Receive(t.Context(), &got); err != nil {
		t.Fatal(err)
	}
	inner := got.Any["list"].([]any)[2].(map[string]any)
	if got.Text != sent.Text || got.Any["int"] != int64(3) || got.Any["float"] != 3.0 || got.Any["nil"] != nil || inner["large"] != int64(10000000) || inner["half"] != 0.5 {
		t.Errorf("%#v", got)
	}
}

// What a child may not do is found out, and said by its name.
func TestLimits(t *testing.T) {
	for work, want := range map[string]error{
		"hoard": ErrMemory, "at once": ErrMemory, "recurse": ErrDepth, "spin": ErrTime, "flood": errMalformed, "babble": errMalformed,
	} {
		t.Run(work, func(t *testing.T) {
			c := open(t, t.Context(), work)
			allowed := time.Minute
			if work == "spin" {
				allowed = 50 * time.Millisecond
			}
			ctx, cancel := context.WithTimeoutCause(t.Context(), allowed, ErrTime)
			defer cancel()
			var m word
			if err := c.Receive(ctx, &m); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			<-c.ended
		})
	}
	c := open(t, t.Context(), "nothing")
	var m word
	if err := c.Receive(t.Context(), &m); err == nil || !strings.Contains(err.Error(), "exit status 0") {
		t.Error(err)
	}
}

func TestItEndsWithItsContextAndItsParent(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := open(t, ctx, "spin")
	cancel()
	var m word
	if err := c.Receive(ctx, &m); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-c.ended

	// A parent that was killed closes nothing by itself: its end of the pipe goes.
	orphan := open(t, t.Context(), "spin")
	orphan.to.Close()
	<-orphan.ended
	if orphan.cmd.ProcessState.ExitCode() != exitFailed {
		t.Errorf("%v: it was killed, and should have ended by itself", orphan.cmd.ProcessState)
	}
}

func TestItReachesNothing(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://proxy")
	t.Setenv("KUBECONFIG", "/home/x/.kube/config")
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, o := range origins() {
		c, err := start(t.Context(), "reach", o)
		if err != nil {
			t.Logf("way %d: %v", i, err)
			continue
		}
		t.Cleanup(c.Close)
		if err := c.greet(t.Context(), limits, o.enforces); err != nil {
			t.Fatal(err)
		}
		t.Logf("way %d holds it to %v", i, c.Enforced)
		written := filepath.Join(dir, "written")
		if err := c.Send(t.Context(), word{Text: server.Addr().String(), Any: map[string]any{"read": secret, "write": written}}); err != nil {
			t.Fatal(err)
		}
		var m word
		if err := c.Receive(t.Context(), &m); err != nil {
			t.Fatal(err)
		}
		if env := m.Any["env"].(string); strings.Contains(env, "PROXY") || strings.Contains(env, "KUBECONFIG") || strings.Contains(env, "HOME=") {
			t.Errorf("way %d: it sees %s", i, env)
		}
		if slices.Contains(c.Enforced, "network") && m.Any["dial"] != nil {
			t.Errorf("way %d: it reached the network", i)
		}
		if slices.Contains(c.Enforced, "files") && (m.Any["read"] != nil || m.Any["zone"] == nil && zones()) {
			t.Errorf("way %d: %v", i, m.Any)
		}
		if runtime.GOOS != "windows" && m.Any["write"] != nil {
			t.Errorf("way %d: it wrote a file", i)
		}
	}
}

func zones() bool {
	_, err := time.LoadLocation("Asia/Tokyo")
	return err == nil
}

// A program without Serve would start itself for ever.
func TestItStartsNoOther(t *testing.T) {
	t.Setenv(mark, "1")
	if c, err := Start(t.Context(), "echo", limits); err == nil {
		c.Close()
		t.Error("a child started a child")
	}
	if _, ok := Serve([]string{name, "unknown"}, works); ok {
		t.Error("it works on what it does not know")
	}
}

// What a process met first is why it ended, whatever it lacks while it says so.
func TestTheFirstLimitIsTheOneThatEndedIt(t *testing.T) {
	const deep, starved = "runtime: goroutine stack exceeds 33554432-byte limit\nfatal error: stack overflow\n", "runtime/cgo: pthread_create failed: Resource temporarily unavailable\n"
	for said, want := range map[string]error{deep: ErrDepth, starved: ErrMemory, deep + starved: ErrDepth, starved + deep: ErrMemory, "panic: no\n": nil} {
		if got := exceeded(said); !errors.Is(got, want) {
			t.Errorf("%q: %v, want %v", said, got, want)
		}
	}
}

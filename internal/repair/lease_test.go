package repair

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// errKill ends Apply as a kill would: at once, with nothing tidied up.
var errKill = errors.New("killed")

// bubble is two careens on one cluster, the second of the same operator on another
// host, whose clocks are those of the test's bubble.
func bubble(t *testing.T, objects ...string) (m, other *Mender) {
	t.Helper()
	m = unit(t, objects...)
	m.options.Now = time.Now
	other = elsewhere(t, m)
	other.log = m.log
	return m, other
}

func restartWeb() finding.Step {
	return finding.Step{Ref: ref(model.KindDeployment, "web"), Change: finding.Restart{}}
}

// TestOthersWaitWhileACareenIsAtWork applies a fix that waits for a rollout which does
// not end, and looks at it from another host.
func TestOthersWaitWhileACareenIsAtWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, other := bubble(t, strings.Replace(deployment, "updatedReplicas: 2", "updatedReplicas: 1", 1))
		p, err := planned(t, m, Inputs{}, restartWeb())
		if err != nil {
			t.Fatal(err)
		}
		ctx, interrupt := context.WithCancel(t.Context())
		defer interrupt()
		done := make(chan error, 1)
		go func() {
			_, err := m.Apply(ctx, p, Consent{}, nil)
			done <- err
		}()
		for range 3 {
			time.Sleep(time.Minute)
			e, err := other.Entry(t.Context(), "")
			if err != nil || !e.Live {
				t.Fatalf("%v: %+v", err, e)
			}
			if s := e.Standing(time.Now()); s.State != "applying" || s.Usable || s.Rest || !strings.Contains(s.Detail, "being applied by oncall on laptop since") || !strings.Contains(s.Detail, "30s") {
				t.Errorf("%+v", s)
			}
			for name, plan := range map[string]func() error{
				"undo":   func() error { _, err := other.UndoPlan(t.Context(), e.ID); return err },
				"finish": func() error { _, err := other.FinishPlan(t.Context(), nil, e.ID); return err },
				"prune": func() error {
					if removed, err := other.Prune(t.Context(), 0); err != nil || len(removed) > 0 {
						return nil
					}
					return errors.New("being applied by oncall on laptop: nothing pruned")
				},
			} {
				if err := plan(); err == nil || !strings.Contains(err.Error(), "being applied by oncall on laptop") {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		interrupt()
		if err := <-done; err == nil {
			t.Error("the rollout came to its end")
		}
		e, err := other.Entry(t.Context(), "")
		if err != nil || e.Live || e.State != Open || !strings.Contains(e.Reason, "interrupted") {
			t.Errorf("after an orderly end: %v %+v", err, e)
		}
		if _, err := other.UndoPlan(t.Context(), e.ID); err != nil {
			t.Errorf("undo at once: %v", err)
		}
	})
}

// TestADeadCareenIsStaleByItself kills one, and takes its fix back as soon as its
// lease is stale, and no sooner.
func TestADeadCareenIsStaleByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, other := bubble(t, strings.Replace(deployment, "updatedReplicas: 2", "updatedReplicas: 1", 1))
		r := killedAt(t, m, "before waiting 1", restartWeb())
		time.Sleep(staleAfter - time.Second)
		if _, err := other.UndoPlan(t.Context(), r.Entry); err == nil || !strings.Contains(err.Error(), "being applied") {
			t.Errorf("before its lease is stale: %v", err)
		}
		time.Sleep(2 * time.Second)
		p, err := other.UndoPlan(t.Context(), r.Entry)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Apply(t.Context(), p, Consent{}, nil); err != nil {
			t.Error(err)
		}
	})
}

// killedAt applies a plan of these steps up to a point.
func killedAt(t *testing.T, m *Mender, point string, steps ...finding.Step) *Result {
	t.Helper()
	p, err := planned(t, m, Inputs{}, steps...)
	if err != nil {
		t.Fatal(err)
	}
	m.fault = func(at string) error {
		if at == point {
			return errKill
		}
		return nil
	}
	defer func() { m.fault = nil }()
	r, err := m.Apply(t.Context(), p, Consent{}, nil)
	if !errors.Is(err, errKill) {
		t.Fatalf("not killed: %v", err)
	}
	return r
}

// TestASuspendedCareenStops has a host sleep in the middle of a fix. Whether or not
// others took its entry over meanwhile, it writes nothing that it should not.
func TestASuspendedCareenStops(t *testing.T) {
	for name, taken := range map[string]bool{"taken back by another": true, "left alone": false} {
		t.Run(name, func(t *testing.T) {
			m := unit(t, hostListPlain, strings.Replace(hostListPlain, "name: nodes", "name: others", 1))
			now := moment
			m.options.Now = func() time.Time { return now }
			other := elsewhere(t, m)
			other.log, other.options.Now = m.log, m.options.Now
			m.lease.every = time.Hour // it sleeps
			second := rewriteNodes()
			second.Ref.Name = "others"
			p, err := planned(t, m, Inputs{}, rewriteNodes(), second)
			if err != nil {
				t.Fatal(err)
			}
			m.fault = func(at string) error {
				if at != "before write 2" {
					return nil
				}
				if now = now.Add(time.Hour); !taken {
					return nil
				}
				undo, err := other.UndoPlan(t.Context(), "")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := other.Apply(t.Context(), undo, Consent{}, nil); err != nil {
					t.Fatal(err)
				}
				return nil
			}
			r, err := m.Apply(t.Context(), p, Consent{}, nil)
			u, getErr := m.get(t.Context(), resourceOf(model.KindConfigMap), "shop", "others")
			if getErr != nil {
				t.Fatal(getErr)
			}
			written := strings.Contains(fieldText(u, "data.NODES"), "db-2")
			e, entryErr := m.Entry(t.Context(), r.Entry)
			if entryErr != nil {
				t.Fatal(entryErr)
			}
			if taken && (err == nil || !strings.Contains(err.Error(), "took journal entry") || written || e.State != Undone) {
				t.Errorf("it went on: %v, written %v, entry %s", err, written, e.State)
			}
			if !taken && (err != nil || !written || e.State != Applied) {
				t.Errorf("it stopped: %v, written %v, entry %s", err, written, e.State)
			}
		})
	}
}

const hostListPlain = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nodes, namespace: shop, uid: u-cm, resourceVersion: '51'}\ndata: {NODES: 'db-0.db,db-1.db'}\n"

func TestALeaseByTheServersClock(t *testing.T) {
	l := Lease{Token: "x", Beat: moment}
	for ahead, want := range map[time.Duration]bool{0: true, staleAfter: true, staleAfter + time.Second: false, -staleAfter - time.Second: false} {
		if got := l.holds(moment.Add(ahead), staleAfter); got != want {
			t.Errorf("%s after it was renewed: %v", ahead, got)
		}
	}
	if (Lease{Beat: moment}).holds(moment, staleAfter) {
		t.Error("a lease of nobody holds")
	}
	for _, raw := range []string{"", "{", `{"token":1}`, strings.Repeat(" ", leaseLimit) + `{"token":"x"}`} {
		if readLease(raw).Token != "" {
			t.Errorf("%.20q is a lease", raw)
		}
	}
	if l := readLease(`{"token":"x","who":"a\u001b[31m","host":"b\nc"}`); strings.ContainsAny(l.Who+l.Host, "\x1b\n") {
		t.Errorf("%q on %q", l.Who, l.Host)
	}
}

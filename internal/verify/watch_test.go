package verify_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/verify"
	"github.com/careen-tui/careen/probes/probetest"
	"github.com/careen-tui/careen/probes/scene"
)

// stage is a deploy of one Deployment whose state the test sets.
type stage struct {
	report *engine.Report
	status func() string
}

func (s *stage) Declared(context.Context, *model.Record) ([]inspect.Object, []string, error) {
	return []inspect.Object{{Ref: model.Ref{Kind: model.KindDeployment, Name: "web"}}}, nil, nil
}

func (s *stage) States(_ context.Context, list []inspect.Object, namespace string) []inspect.State {
	out := make([]inspect.State, len(list))
	for i, o := range list {
		o.Ref.Namespace = namespace
		out[i] = inspect.State{Ref: o.Ref, Status: s.status()}
	}
	return out
}

// waited runs Wait over a fixture, in made-up time.
func waited(t *testing.T, file string, timeout time.Duration, status func(since time.Duration) string, told func(string)) (v *verify.Verdict, after time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sc, err := scene.Load(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		r, err := probetest.Live(sc)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		s := &stage{r, func() string { return status(time.Since(begun)) }}
		v, err = verify.Wait(t.Context(), verify.Options{
			Target: verify.Target{Namespace: "shop", Release: "web"}, Reader: s, Latest: func() *engine.Report { return r },
			Timeout: timeout, Least: finding.High, Tell: func(v *verify.Verdict) { told(v.Line()) },
		})
		if err != nil {
			t.Fatal(err)
		}
		after = time.Since(begun)
	})
	return v, after
}

func TestWaiting(t *testing.T) {
	ready := func(time.Duration) string { return "Current" }
	later := func(since time.Duration) string {
		if since < 20*time.Second {
			return "InProgress"
		}
		return "Current"
	}
	never := func(time.Duration) string { return "InProgress" }
	failed := func(time.Duration) string { return "Failed" }
	for name, c := range map[string]struct {
		file    string
		timeout time.Duration
		status  func(time.Duration) string
		after   time.Duration
		wrong   string // "" for well
		told    int
	}{
		"well":               {"verify-object/well.yaml", time.Minute, ready, 5 * time.Second, "", 1},
		"well later":         {"verify-object/well.yaml", time.Minute, later, 25 * time.Second, "", 2},
		"never":              {"verify-object/well.yaml", time.Minute, never, time.Minute, "is not ready", 1},
		"an object failed":   {"verify-object/well.yaml", time.Minute, failed, 10 * time.Second, "has failed", 1},
		"the upgrade failed": {"verify-record/failed.yaml", time.Minute, ready, 10 * time.Second, "timed out waiting", 1},
		"interrupted":        {"verify-record/pending.yaml", time.Minute, ready, time.Minute, "pending-upgrade", 1},
		"at once":            {"verify-object/well.yaml", 0, never, 0, "is not ready", 1},
		"well at once":       {"verify-object/well.yaml", 0, ready, 0, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			told := 0
			v, after := waited(t, c.file, c.timeout, c.status, func(string) { told++ })
			if after != c.after || told != c.told {
				t.Errorf("after %s, told %d times; want %s, %d", after, told, c.after, c.told)
			}
			switch {
			case len(v.Waiting) > 0:
				t.Errorf("still waiting: %s", v.Waiting[0].Summary)
			case c.wrong == "" && len(v.Findings()) > 0:
				t.Errorf("not well: %s", v.Line())
			case c.wrong != "" && (len(v.Wrong) == 0 || !strings.Contains(v.Wrong[0].Summary, c.wrong)):
				t.Errorf("%s; want %s", v.Line(), c.wrong)
			}
		})
	}
}

func TestAnotherClientUpgradesMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reports []*engine.Report
		for _, file := range []string{"well.yaml", "upgraded.yaml"} {
			sc, err := scene.Load(filepath.Join("testdata", "verify-record", file))
			if err != nil {
				t.Fatal(err)
			}
			r, err := probetest.Live(sc)
			if err != nil {
				t.Fatal(err)
			}
			reports = append(reports, r)
		}
		begun := time.Now()
		latest := func() *engine.Report {
			if time.Since(begun) < 3*time.Second {
				return reports[0]
			}
			return reports[1]
		}
		v, err := verify.Wait(t.Context(), verify.Options{
			Target: verify.Target{Namespace: "shop", Release: "web"}, Reader: &stage{reports[0], func() string { return "InProgress" }}, Latest: latest,
			Timeout: time.Hour, Least: finding.High,
		})
		if err != nil || len(v.Wrong) != 1 || !strings.Contains(v.Wrong[0].Summary, "Revision 4 has begun since revision 3 (pending-upgrade)") {
			t.Errorf("%s, %v", v.Line(), err)
		}
	})
}

func TestANamespaceThatIsBeingDeletedIsSaidAtOnce(t *testing.T) {
	v, after := waited(t, "verify-record/leaving.yaml", time.Hour, func(time.Duration) string { return "InProgress" }, func(string) {})
	if after != 10*time.Second || len(v.Wrong) != 1 || !strings.Contains(v.Wrong[0].Summary, "Namespace shop is being deleted") {
		t.Errorf("after %s: %s", after, v.Line())
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := verify.Wait(ctx, verify.Options{
		Target: verify.Target{Namespace: "shop"}, Reader: &stage{}, Latest: func() *engine.Report { return &engine.Report{Snapshot: &model.Snapshot{}} }, Timeout: time.Hour,
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

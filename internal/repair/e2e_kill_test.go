//go:build e2e

package repair

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
)

// errKilled ends Apply as a kill would: at once, with nothing tidied up.
var errKilled = errors.New("killed")

// killPoints are all the places where a kill can come while a plan of n writes is
// applied.
func killPoints(n int) []string {
	points := []string{"before the journal", "after the journal"}
	for i := 1; i <= n; i++ {
		points = append(points, fmt.Sprintf("before write %d", i), fmt.Sprintf("after write %d", i), fmt.Sprintf("before waiting %d", i))
	}
	return append(points, "before settling")
}

// TestKilledBetweenAnyTwoSteps ends careen at every point of a fix, starts it again,
// and has it finish, or take back, what it left.
func TestKilledBetweenAnyTwoSteps(t *testing.T) {
	for i, point := range killPoints(4) {
		for _, finish := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s finish=%v", point, finish), func(t *testing.T) {
				t.Parallel()
				b := newBed(t, fmt.Sprintf("killed-%d-%v", i, finish))
				plantSundry(b)
				was := b.state(sundryKinds...)
				whole := b.after(sundry(b)...)
				p := b.plan(sundry(b)...)
				b.fault = func(at string) error {
					if at == point {
						return errKilled
					}
					return nil
				}
				r, err := b.Apply(t.Context(), p, Consent{}, nil)
				if !errors.Is(err, errKilled) {
					t.Fatalf("not killed: %v", err)
				}
				b.Mender = b.mender(plane.Config(t, ""))
				if point != "before the journal" {
					b.stale(r.Entry)
				}
				begun := point != "after the journal" && point != "before write 1"
				switch {
				case point == "before the journal":
					b.same(was, b.state(sundryKinds...))
				case finish && !begun:
					if _, err := b.FinishPlan(t.Context(), b.report(sundry(b)...), r.Entry); err == nil || !strings.Contains(err.Error(), "nothing to finish") {
						t.Errorf("finish of what was not begun: %v", err)
					}
				case finish:
					f, err := b.FinishPlan(t.Context(), b.report(sundry(b)...), r.Entry)
					if err != nil {
						t.Fatal(err)
					}
					b.apply(f)
					b.same(whole, b.state(sundryKinds...))
					j, _ := b.Entries(t.Context())
					if e := entryOf(t, j, r.Entry); e.State != Applied {
						t.Errorf("the finished entry is %s", e.State)
					}
					b.undo(r.Entry)
					b.same(was, b.state(sundryKinds...))
				case !begun:
					if _, err := b.UndoPlan(t.Context(), r.Entry); err == nil || !strings.Contains(err.Error(), "nothing to take back") {
						t.Errorf("undo of nothing: %v", err)
					}
					b.same(was, b.state(sundryKinds...))
				default:
					b.undo(r.Entry)
					b.same(was, b.state(sundryKinds...))
				}
			})
		}
	}
}

// after is what the namespace holds once the steps are applied; it is put back.
func (b *bed) after(steps ...finding.Step) stateOf {
	b.t.Helper()
	r := b.apply(b.plan(steps...))
	whole := b.state(sundryKinds...)
	b.undo(r.Entry)
	return whole
}

// noSentinel looks for secret bytes wherever a person or a file could hold them.
func (b *bed) noSentinel(p *Plan, r *Result) {
	b.t.Helper()
	j, err := b.Entries(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	text := styled.Plain(p.Text()) + strings.Join(p.Commands(), "\n") + styled.Plain(r.Text()) + styled.Plain(j.Text(b.options.Now()))
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(b.LogPath()), "*"))
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			b.t.Fatal(err)
		}
		text += string(content)
	}
	for _, s := range spellings(sentinel) {
		if strings.Contains(text, s) {
			b.t.Errorf("%q is seen", s)
		}
	}
}

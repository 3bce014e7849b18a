//go:build e2e

package repair

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// TestEveryFixOfTheOtherProbes does what TestEveryFixOfTheIncidents does, for what
// the probes find besides.
func TestEveryFixOfTheOtherProbes(t *testing.T) {
	look := watchAll(t)
	for _, id := range []string{"shop", "attic", "operated", "archive"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			b := planted(t, id)
			incident, _ := demo.Find(id)
			apart := model.KindClaim
			if id == "operated" {
				b.operate()
				apart = model.KindConfigMap // the operator's own to write, and to keep
			}
			for _, want := range slices.Concat(incident.Settled, incident.Findings) {
				if strings.HasPrefix(want, "container-failing:") {
					continue // a symptom, after a minute
				}
				first := look.mendable(t, want)
				if first == nil {
					continue
				}
				for i, fix := range first.Fixes {
					if i > 0 && first.Probe == probes.ConfigNewerThanProcess.ID {
						continue // what was restarted stays so
					}
					if fix.Risk == finding.Destructive {
						continue
					}
					t.Run(string(first.ID())+"/"+fix.ID, func(t *testing.T) {
						b.t = t
						_, now := look.finding(t, want)
						if fix.ID == "mark-optional" && !slices.ContainsFunc(now.Fixes, func(f finding.Fix) bool { return f.ID == fix.ID }) {
							t.Skip("a program ran with it while the fix before stood: it is known to need it")
						}
						b.mendAndUndo(look, want, fix.ID, apart)
					})
				}
			}
		})
	}
}

// operate stands in for KubeBlocks: it writes the list again when its Component is
// nudged, and keeps what it wrote.
func (b *bed) operate() {
	ctx, cancel := context.WithCancel(context.Background())
	b.t.Cleanup(cancel)
	components, err := b.placeOf("Component.apps.kubeblocks.io")
	if err != nil {
		b.t.Fatal(err)
	}
	go wait.UntilWithContext(ctx, func(ctx context.Context) {
		list, err := b.client(components.GroupVersionResource, b.ns).List(ctx, metav1.ListOptions{})
		if err == nil && len(list.Items) > 0 && list.Items[0].GetAnnotations()[nudged] != "" {
			b.operatorWrites(ctx, "tsdb-vmstorage-env")
		}
	}, 200*time.Millisecond)
}

// operatorWrites adds the third member to every list of two in a ConfigMap.
func (b *bed) operatorWrites(ctx context.Context, name string) {
	u, err := b.kube.CoreV1().ConfigMaps(b.ns).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return
	}
	changed := false
	for k, v := range u.Data {
		hosts := strings.Split(v, ",")
		if last := hosts[len(hosts)-1]; len(hosts) == 2 && strings.Contains(last, "-1.") {
			u.Data[k] = v + "," + strings.Replace(last, "-1.", "-2.", 1)
			changed = true
		}
	}
	if changed {
		_, _ = b.kube.CoreV1().ConfigMaps(b.ns).Update(ctx, u, metav1.UpdateOptions{FieldManager: "kubeblocks"})
	}
}

// mendable waits for a finding; nil where it has no fix of its own.
func (o *onlooker) mendable(t *testing.T, id string) *finding.Finding {
	t.Helper()
	var f *finding.Finding
	eventually(t, "finding "+id, func() bool {
		r := o.Latest()
		i := slices.IndexFunc(r.Findings, func(f *finding.Finding) bool { return demo.Matches(id, string(f.ID())) })
		if i >= 0 {
			f = r.Findings[i]
		}
		return f != nil
	})
	if len(f.Fixes) == 0 {
		return nil
	}
	return f
}

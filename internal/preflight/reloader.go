package preflight

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/probes"
)

// findReloader looks for a reloader in all namespaces: it runs in one of its own, of which
// the snapshot holds nothing.
func (l *look) findReloader(ctx context.Context) (at, unknown string) {
	o := metav1.ListOptions{Limit: 500}
	for {
		list, err := l.Conn.Kube().AppsV1().Deployments("").List(ctx, o)
		if err != nil {
			return "", oneLine(mask.Line(err.Error(), 300))
		}
		for i := range list.Items {
			d := &list.Items[i]
			for _, c := range d.Spec.Template.Spec.Containers {
				if at := probes.ReloaderOf(c.Image); at != "" && d.Status.ReadyReplicas > 0 {
					return at, ""
				}
			}
		}
		if o.Continue = list.Continue; o.Continue == "" {
			return "", ""
		}
	}
}

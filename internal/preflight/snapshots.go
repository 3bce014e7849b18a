package preflight

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// snapshotClass reports whether a CSI snapshot of a claim can be taken: snapshots are
// served, and a class is of the driver that made its volume. Where that may not be read,
// none is offered.
func (l *look) snapshotClass(ctx context.Context, c *model.Claim) bool {
	v, ok := model.Get[*model.Volume](l.Snapshot, model.Ref{Kind: model.KindVolume, Name: c.Volume})
	if !ok || !v.BoundTo(c) {
		return false
	}
	driver := probes.CSIDriver(v)
	const group, version = "snapshot.storage.k8s.io", "v1"
	at, served := l.serving.kinds[served{group + "/" + version, "VolumeSnapshotClass"}]
	if driver == "" || !served {
		return false
	}
	classes, err := l.Conn.Objects().Resource(schema.GroupVersionResource{Group: group, Version: version, Resource: at.resource}).List(ctx, metav1.ListOptions{Limit: 500})
	if err != nil {
		return false
	}
	for i := range classes.Items {
		if name, _, _ := unstructured.NestedString(classes.Items[i].Object, "driver"); name == driver {
			return true
		}
	}
	return false
}

package project

import (
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
)

func (p *Projector) record(o *metav1.ObjectMeta, driver model.Kind) *model.Record {
	r := &model.Record{Meta: p.meta(model.KindRecord, o), Driver: driver}
	r.Release, r.Revision, _ = model.ParseRecordName(r.Name)
	r.Release = p.word(r.Release)
	r.LabelName, r.LabelOwner = r.Labels["name"], r.Labels["owner"]
	r.LabelStatus, r.LabelVersion = r.Labels["status"], r.Labels["version"]
	r.CreatedAt, r.ModifiedAt = seconds(r.Labels["createdAt"]), seconds(r.Labels["modifiedAt"])
	own := true
	for k := range r.Labels {
		switch k {
		case "name", "owner", "status", "version", "createdAt", "modifiedAt":
		default:
			own = false
		}
	}
	if own {
		r.Labels = nil // all of them stand in fields
	}
	return r
}

// seconds reads a label of Helm: unix seconds.
func seconds(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || n > 1<<40 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

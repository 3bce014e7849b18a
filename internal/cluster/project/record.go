package project

import (
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
)

func (p *Projector) record(o *metav1.ObjectMeta, driver model.Kind) *model.Record {
	rest := *o
	if !furtherLabels(o.Labels) {
		rest.Labels = nil // all of them stand in fields
	}
	r := &model.Record{Meta: p.meta(model.KindRecord, &rest), Driver: driver}
	r.Release, r.Revision, _ = model.ParseRecordName(r.Name)
	r.Release = p.word(r.Release)
	r.LabelName, r.LabelOwner = p.word(o.Labels["name"]), p.word(o.Labels["owner"])
	r.LabelStatus, r.LabelVersion = p.word(o.Labels["status"]), p.word(o.Labels["version"])
	r.CreatedAt, r.ModifiedAt = seconds(o.Labels["createdAt"]), seconds(o.Labels["modifiedAt"])
	return r
}

// furtherLabels reports whether a record has labels beside those that Helm gives it.
func furtherLabels(labels map[string]string) bool {
	for k := range labels {
		switch k {
		case "name", "owner", "status", "version", "createdAt", "modifiedAt":
		default:
			return true
		}
	}
	return false
}

// seconds reads a label of Helm: unix seconds.
func seconds(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || n > 1<<40 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

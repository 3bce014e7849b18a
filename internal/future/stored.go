package future

import (
	"reflect"

	"github.com/careen-tui/careen/internal/model"
)

// stored lays what the server said it would store over what was drawn: defaults and
// mutating webhooks make of a write what no step tells. Of a workload the status stays
// as drawn, since a dry run moves no controller; PVCs, volumes and pods live by their
// status alone and stay as drawn.
func (d *Drawing) stored(row model.Row) {
	ref := row.Base().Ref()
	drawn := d.Row(ref)
	if drawn == nil || reflect.TypeOf(drawn) != reflect.TypeOf(row) {
		return
	}
	switch o := row.(type) {
	case *model.Claim, *model.Volume, *model.Pod, *model.Record, *model.Object:
		return
	case *model.Workload:
		was, _ := d.base.Row(ref).(*model.Workload)
		next, old := *o, drawn.(*model.Workload)
		next.Current, next.Ready, next.Updated, next.Available = old.Current, old.Ready, old.Updated, old.Available
		next.ObservedGeneration, next.Conditions = next.Generation, old.Conditions
		if was != nil && was.Kind != model.KindCronJob && !reflect.DeepEqual(was.Template, next.Template) {
			d.roll(ref)
		}
		row = &next
	}
	row.Base().Created = drawn.Base().Created
	d.Put(row)
}

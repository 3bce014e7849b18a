package future

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// Drawing is what a fix would make of a snapshot.
type Drawing struct {
	*Draft
	Blocked string   // why its end state cannot come; empty where it can
	Unsure  []string // what the snapshot cannot tell of it
	Lacking []Lack   // workloads that do not get ready all the same, as they were not before

	now   time.Time
	reads bool        // the fix changes what a program finds when it starts
	again []model.Ref // workloads whose pods are made again

	graph   *graph.Graph // of one namespace of the draft; see podsOf
	graphOf string
	graphAt int // edits that it knows of
}

// Lack is something that a workload's pods would still wait for.
type Lack struct {
	Workload model.Ref
	What     string
}

// Draw applies a fix. Stored are the rows of what the server said it would store of the
// fix's writes, where it was asked.
func Draw(snap *model.Snapshot, fix *finding.Fix, now time.Time, stored ...model.Row) *Drawing {
	d := &Drawing{Draft: Edit(snap), now: now}
	for _, s := range fix.Steps {
		switch s.Change.(type) {
		case finding.Restart, finding.Nudge, finding.Scale:
		default:
			d.reads = true
		}
	}
	for i := range fix.Steps {
		d.step(&fix.Steps[i])
		if d.Blocked != "" {
			return d
		}
	}
	for _, row := range stored {
		d.stored(row)
	}
	d.settle()
	return d
}

func (d *Drawing) unsure(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(d.Unsure, text) {
		d.Unsure = append(d.Unsure, text)
	}
}

func (d *Drawing) block(format string, args ...any) { d.Blocked = fmt.Sprintf(format, args...) }

// roll has the pods of a workload made again.
func (d *Drawing) roll(ref model.Ref) {
	if !slices.Contains(d.again, ref) {
		d.again = append(d.again, ref)
	}
}

func (d *Drawing) step(s *finding.Step) {
	switch c := s.Change.(type) {
	case finding.Create:
		d.create(s.Ref, c.Manifest)
	case finding.CreateFromRelease:
		d.unsure("what %s holds before it is made", s.Ref)
		d.stub(s.Ref)
	case finding.CopySecret:
		d.copySecret(s.Ref, c.From)
	case finding.FillSecret:
		d.secret(s.Ref, c.Keys)
	case finding.RestoreData:
		d.unsure("what %s holds then", s.Ref)
	case finding.Patch:
		for _, f := range c.Set {
			d.patch(s.Ref, f)
		}
	case finding.RewriteHosts:
		d.rewrite(s.Ref, c)
	case finding.AddRule:
		d.addRule(s.Ref, c)
	case finding.EditRecord:
		d.record(s.Ref, func(r *model.Record) {
			r.LabelStatus, r.ModifiedAt, r.CreatedAt = c.Status, d.now, time.Time{}
			r.Writes = append([]model.Write{{Manager: "careen", Operation: "Update", Time: d.now, Data: true}}, r.Writes...)
			if r.Body != nil {
				body := *r.Body
				body.Status, body.Description = c.Status, c.Description
				r.Body = &body
			}
		})
	case finding.RewriteAPI:
		d.record(s.Ref, func(r *model.Record) { rewriteAPI(r, c.Changes) })
	case finding.RelabelRecord:
		d.record(s.Ref, func(r *model.Record) {
			for k, v := range c.Labels {
				setRecordLabel(r, k, v)
			}
		})
	case finding.Delete:
		d.delete(s.Ref)
	case finding.Restart:
		d.roll(s.Ref)
	case finding.Nudge:
		d.nudge(s.Ref, c)
	case finding.Scale:
		d.scale(s.Ref, c.Replicas)
	case finding.Recreate:
		d.recreate(s.Ref, c.Class)
	case finding.Rollback:
		d.unsure("what revision %d makes of the cluster of today", c.Revision)
	case finding.Uninstall:
		d.unsure("what the uninstall of %s leaves", s.Ref)
	default:
		d.unsure("what %s of %s brings about", s.Verb, s.Ref)
	}
}

func setRecordLabel(r *model.Record, key, value string) {
	switch key {
	case "status":
		r.LabelStatus = value
	case "version":
		r.LabelVersion = value
	case "name":
		r.LabelName = value
	case "owner":
		r.LabelOwner = value
	}
}

func rewriteAPI(r *model.Record, changes []finding.APIChange) {
	if r.Body == nil {
		return
	}
	body := *r.Body
	body.Objects = slices.Clone(body.Objects)
	for i := range body.Objects {
		for _, c := range changes {
			if o := &body.Objects[i]; o.Ref.Kind == c.Kind && o.APIVersion == c.From {
				o.APIVersion = c.To
			}
		}
	}
	r.Body = &body
}

// record edits the record that a Secret or ConfigMap holds.
func (d *Drawing) record(holder model.Ref, change func(*model.Record)) {
	ref := model.Ref{Kind: model.KindRecord, Namespace: holder.Namespace, Name: holder.Name}
	if old, ok := Get[*model.Record](d.Draft, ref); ok {
		r := *old
		change(&r)
		d.Put(&r)
	}
}

package cluster

import (
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// releaseBodies are the records of one release, as the store has them or will.
type releaseBodies struct {
	records []*model.Record // ascending by revision
	unread  map[*model.Record]bool
	ahead   map[int]*model.Body // by revision, of a version that the watch has not told of yet
	busy    bool                // a job for it exists
}

// read are the records whose bodies decide; before adds the one to which a rollback
// leads.
func (r *releaseBodies) read(before bool) []*model.Record {
	rel := model.Release{Records: r.records}
	return rel.Read(before)
}

// put adds a record, and returns the one it replaces.
func (r *releaseBodies) put(rec *model.Record) (old *model.Record) {
	i, found := slices.BinarySearchFunc(r.records, rec.Revision, func(have *model.Record, n int) int { return have.Revision - n })
	if found {
		old = r.records[i]
		delete(r.unread, old)
		r.records[i] = rec
		return old
	}
	r.records = slices.Insert(r.records, i, rec)
	return nil
}

// drop forgets a revision.
func (r *releaseBodies) drop(revision int) {
	r.records = slices.DeleteFunc(r.records, func(rec *model.Record) bool {
		if rec.Revision != revision {
			return false
		}
		delete(r.unread, rec)
		return true
	})
	delete(r.ahead, revision)
}

// inherit takes over the bodies that were read of the same versions.
func (r *releaseBodies) inherit(old *releaseBodies, before bool) {
	for _, now := range r.read(before) {
		i, found := slices.BinarySearchFunc(old.records, now.Revision, func(have *model.Record, n int) int { return have.Revision - n })
		if found && old.records[i].ResourceVersion == now.ResourceVersion {
			now.Body = old.records[i].Body
		}
	}
}

// giveUp has a record's body not asked for again until the record changes.
func (r *releaseBodies) giveUp(rec *model.Record) {
	if r.unread == nil {
		r.unread = map[*model.Record]bool{}
	}
	r.unread[rec] = true
}

// await keeps a body whose labels are still on their way; it is shown with them.
func (r *releaseBodies) await(rec *model.Record, body *model.Body) {
	if r.ahead == nil {
		r.ahead = map[int]*model.Body{}
	}
	r.ahead[rec.Revision] = body
	r.giveUp(rec)
}

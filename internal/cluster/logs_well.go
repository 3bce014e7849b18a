package cluster

import "github.com/careen-tui/careen/internal/model"

// standsFor says whether the log of a ready container is read, and whose containers it then
// stands for: those of that name of all pods of its owner.
func (l *logs) standsFor(pod *model.Pod, c *model.ContainerStatus, key tailKey) (like string, well bool) {
	if !l.source.options.ReadyLogs || !c.Ready || c.Running.IsZero() {
		return "", false
	}
	like = pod.UID + "/" + c.Name
	if owner, ok := pod.Controller(); ok {
		like = owner.UID + "/" + c.Name
	}
	first, taken := l.heard[like]
	return like, taken && first == key || !taken && len(l.heard) < maxWellTails
}

// show puts a row into the store. Of a container that is well there is one while its log says
// the same again and again, and it is read again after a while. The lock is held.
func (l *logs) show(row *model.LogTail, t *tailState) {
	switch {
	case !t.well || row.Telling != nil:
		if l.source.store.Put(row) {
			t.part.entry.count(1)
		}
	case l.source.store.Delete(row.Ref(), ""):
		t.part.entry.count(-1)
	}
	if t.well {
		t.read, t.due = -1, row.Read.Add(wellEvery)
	}
}

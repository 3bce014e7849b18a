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

// succeed lets other pods stand for those like them where the one that did went, or is well
// no more. The lock is held.
func (l *logs) succeed(part *logPart) {
	for ns := range l.vacant {
		delete(l.vacant, ns)
		for _, name := range l.source.store.Names(ns, model.KindPod) {
			if pod, ok := l.source.store.Get(model.Ref{Kind: model.KindPod, Namespace: ns, Name: name}).(*model.Pod); ok {
				l.consider(pod, part)
			}
		}
	}
}

// show puts a row into the store. Of a container that is well there is one while its log says
// the same repeatedly, and it is read again after a while. The lock is held.
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

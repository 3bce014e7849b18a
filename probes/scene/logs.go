package scene

import (
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/model"
)

// Log is the end of a container's log, which is read as a live one is: of its previous run,
// or of the present one, where it does not get ready, or is well.
type Log struct {
	Namespace string    `json:"namespace"`
	Pod       string    `json:"pod"`
	Container string    `json:"container"`
	Restarts  int32     `json:"restarts"`
	Read      time.Time `json:"read"`
	Lines     []string  `json:"lines"`
	Forbidden bool      `json:"forbidden"`
	Well      bool      `json:"well"`
}

func (l *Log) row() *model.LogTail {
	row := &model.LogTail{
		Meta: model.Meta{Kind: model.KindLogTail, Namespace: l.Namespace, Name: l.Pod + "/" + l.Container},
		Pod:  model.Ref{Kind: model.KindPod, Namespace: l.Namespace, Name: l.Pod}, Container: l.Container,
		Restarts: l.Restarts, Read: l.Read, Forbidden: l.Forbidden,
	}
	if l.Forbidden {
		row.Error = "forbidden to viewer (get pods/log)"
	}
	tail := logtail.Read(strings.Join(l.Lines, "\n"))
	if l.Well {
		tail.Again.Into(row)
		return row
	}
	row.Lines, row.Missing, row.Telling = tail.Lines, tail.Missing, tail.Telling
	return row
}

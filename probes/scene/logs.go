package scene

import (
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/model"
)

// Log is the end of a container's previous log, which is read as a live one is.
type Log struct {
	Namespace string    `json:"namespace"`
	Pod       string    `json:"pod"`
	Container string    `json:"container"`
	Restarts  int32     `json:"restarts"`
	Read      time.Time `json:"read"`
	Lines     []string  `json:"lines"`
	Forbidden bool      `json:"forbidden"`
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
	row.Lines, row.Missing, row.Telling = tail.Lines, tail.Missing, tail.Telling
	return row
}

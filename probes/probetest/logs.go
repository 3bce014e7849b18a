package probetest

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Log is the end of a container's previous log.
type Log struct {
	Namespace string    `json:"namespace"`
	Pod       string    `json:"pod"`
	Container string    `json:"container"`
	Restarts  int32     `json:"restarts"`
	Read      time.Time `json:"read"`
	Lines     []string  `json:"lines"`
	Missing   []Missing `json:"missing"`
	Forbidden bool      `json:"forbidden"`
}

// Missing is a line that says that an object was not found.
type Missing struct {
	Kind model.Kind `json:"kind"`
	Name string     `json:"name"`
	Line string     `json:"line"`
}

func (l *Log) row() *model.LogTail {
	row := &model.LogTail{
		Meta: model.Meta{Kind: model.KindLogTail, Namespace: l.Namespace, Name: l.Pod + "/" + l.Container},
		Pod:  model.Ref{Kind: model.KindPod, Namespace: l.Namespace, Name: l.Pod}, Container: l.Container,
		Restarts: l.Restarts, Read: l.Read, Lines: l.Lines, Forbidden: l.Forbidden,
	}
	if l.Forbidden {
		row.Error = "forbidden to viewer (get pods/log)"
	}
	for _, m := range l.Missing {
		row.Missing = append(row.Missing, model.Absence{Kind: m.Kind, Name: m.Name, Line: m.Line})
	}
	return row
}

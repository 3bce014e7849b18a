package dump

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/model"
)

// maxLogs bounds what is kept of the logs of pods that were not read yet.
const maxLogs = 64 << 20

// logs are the ends of containers' logs.
type logs struct {
	held    map[logPlace]logtail.Tail
	bytes   int
	after   bool           // all pods were read before
	missing map[string]int // crashing containers whose log the dump does not hold, by namespace
}

// marker stands between the logs of a pod's containers in kubectl cluster-info dump:
// "==== START logs for container web of pod shop/web-1 ====".
var marker = regexp.MustCompile(`^==== (START|END) logs for container (\S+) of pod (\S+)/(\S+) ====`)

// log reads a log file, of which the end counts. A file of kubectl cluster-info dump
// holds those of all containers of the pod.
func (c *collector) log(p *logPlace, r io.Reader) error {
	if pod := c.pod(p.namespace, p.pod); pod == nil && c.logs.after || pod != nil && done(pod) {
		return nil // nobody asks for it
	}
	in := bufio.NewReaderSize(r, peeked)
	current := *p
	var tail ending
	keep := func() {
		c.hold(current, tail.text())
		tail = ending{}
	}
	for {
		line, err := in.ReadSlice('\n')
		if m := marker.FindSubmatch(line); m == nil {
			if len(line) > 0 {
				tail.write(line)
			}
		} else if string(m[1]) == "START" {
			tail = ending{}
			current = logPlace{string(m[3]), string(m[4]), string(m[2]), p.previous}
		} else {
			keep()
			current = *p
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull), err == nil:
			continue
		case errors.Is(err, io.EOF):
			if len(tail.lines) > 0 || current.container != "" {
				keep()
			}
			return nil
		}
		return err
	}
}

// hold keeps the end of a log.
func (c *collector) hold(p logPlace, text string) {
	l := &c.logs
	if l.held == nil {
		l.held = map[logPlace]logtail.Tail{}
	}
	if _, again := l.held[p]; again || l.bytes > maxLogs {
		return
	}
	tail := logtail.Read(text)
	for i := range tail.Lines {
		l.bytes += len(tail.Lines[i]) + 16
	}
	l.held[p] = tail
}

// maxLogLine bounds one line of a log, as logtail does.
const maxLogLine = 16 << 10

// ending keeps the last lines of what is written. A line that is very long is cut: it
// must not push out those before it.
type ending struct {
	lines [][]byte
	open  bool // the last of them goes on
}

func (e *ending) write(part []byte) {
	if !e.open {
		if len(e.lines) == logtail.MaxLines {
			e.lines = append(e.lines[:0], e.lines[1:]...)
		}
		e.lines = append(e.lines, nil)
	}
	e.open = !bytes.HasSuffix(part, []byte("\n"))
	last := &e.lines[len(e.lines)-1]
	part = bytes.TrimRight(part, "\n")
	*last = append(*last, part[:min(len(part), maxLogLine-len(*last))]...)
}

func (e *ending) text() string { return string(bytes.Join(e.lines, []byte("\n"))) }

// tails makes of the logs what a live look would have read as of a moment, and of those of
// containers that are ready what they repeat: those are here, and cost nothing.
func (c *collector) tails(now time.Time) {
	c.logs.missing = map[string]int{}
	for ns, tables := range c.tables {
		for _, row := range tables[model.KindPod] {
			pod, ok := row.(*model.Pod)
			for i := 0; ok && i < len(pod.Containers); i++ {
				c.tail(ns, pod, &pod.Containers[i], now)
			}
		}
	}
	c.logs.held = nil
}

// tail makes the row of one container.
func (c *collector) tail(ns string, pod *model.Pod, status *model.ContainerStatus, now time.Time) {
	crashed := logtail.Crashed(status, now)
	held, ok := c.heldOf(pod, status, crashed)
	switch {
	case crashed && !ok:
		c.logs.missing[ns]++
		c.put(tailOf(pod, status, now, &model.LogTail{Forbidden: true, Error: "the dump does not hold it"}))
	case !ok:
	case crashed, logtail.Unready(status) && now.Sub(logtail.UnreadySince(pod, status)) >= logtail.UnreadyAfter:
		c.put(tailOf(pod, status, now, &model.LogTail{Lines: held.Lines, Missing: held.Missing, Telling: held.Telling}))
	case status.Ready:
		row := &model.LogTail{Of: held.Of, Said: held.Telling}
		held.Again.Into(row)
		c.put(tailOf(pod, status, now, row))
	}
}

// heldOf is the log of a container: of its present run, and where it crashed of the one
// before. The log of a container that waits to be started is that of the run before, whether
// it was asked for as previous or not (kubernetes pkg/kubelet/kubelet_pods.go,
// validateContainerLogStatus). Where the run before does not say why it ended, the present
// one may, as in a live look.
func (c *collector) heldOf(pod *model.Pod, status *model.ContainerStatus, crashed bool) (out logtail.Tail, ok bool) {
	names := []string{status.Name}
	if len(pod.Containers) == 1 {
		names = append(names, "") // a file that does not say whose it is
	}
	runs := []bool{false}
	if crashed && status.Exit == nil {
		runs = []bool{true, false}
	}
	for _, previous := range runs {
		for _, name := range names {
			held, there := c.logs.held[logPlace{pod.Namespace, pod.Name, name, previous}]
			switch {
			case !there:
			case !ok:
				out, ok = held, true
			case out.Telling == nil:
				out.Telling = held.Telling
			}
		}
	}
	return out, ok
}

// tailOf says of a row which container's it is.
func tailOf(pod *model.Pod, status *model.ContainerStatus, now time.Time, row *model.LogTail) *model.LogTail {
	row.Meta = model.Meta{
		Kind: model.KindLogTail, Namespace: pod.Namespace, Name: pod.Name + "/" + status.Name, UID: pod.UID + "/" + status.Name,
		ResourceVersion: fmt.Sprint(status.Restarts),
	}
	row.Pod, row.Container, row.Restarts, row.Read = pod.Ref(), status.Name, status.Restarts, now.UTC()
	return row
}

func (c *collector) pod(namespace, name string) *model.Pod {
	pod, _ := c.tables[namespace][model.KindPod][name].(*model.Pod)
	return pod
}

// done reports whether a pod has ended well, so that nobody asks for its log.
func done(pod *model.Pod) bool { return pod.Phase == "Succeeded" }

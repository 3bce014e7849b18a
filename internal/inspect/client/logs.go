package client

import (
	"bufio"
	"context"
	"errors"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/inspect"
)

const (
	logLines  = 2000    // of the end of a log
	logBytes  = 4 << 20 // read of a log that is not followed
	logLimit  = 4096    // of one line that is shown
	batchMost = 200     // lines handed over at once
)

// Logs reads the log of a container: its end, and with Follow what is written from
// then on until ctx ends. Lines are handed to sink in batches, sanitised, with what
// looks like a credential masked, the time at which each was written before it; sink may
// block. A line longer than 64 KiB is cut.
func (c *Client) Logs(ctx context.Context, ask inspect.LogAsk, sink func(lines []string)) error {
	tail, limit := int64(logLines), int64(logBytes)
	if ask.Tail > 0 {
		tail = int64(ask.Tail)
	}
	options := &corev1.PodLogOptions{Container: ask.Container, Previous: ask.Previous, Follow: ask.Follow, TailLines: &tail, Timestamps: true}
	if ask.Since > 0 {
		since := max(int64(ask.Since.Seconds()), 1)
		options.SinceSeconds = &since
	}
	if !ask.Follow {
		options.LimitBytes = &limit
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, requestTimeout, errSlow)
		defer cancel()
	}
	stream, err := c.kube.CoreV1().Pods(ask.Pod.Namespace).GetLogs(ask.Pod.Name, options).Stream(ctx)
	if err != nil {
		return worded(ctx, ask.Pod, err)
	}
	defer stream.Close()
	if err := relay(stream, sink); err != nil && ctx.Err() == nil {
		return worded(ctx, ask.Pod, err)
	}
	return nil
}

// masked makes a line fit to be shown. The time before it is left out of that: what a
// credential looks like may depend on how a line begins.
func masked(safe *logtail.Stream, line string) string {
	at, text := inspect.Stamped(line)
	if at.IsZero() {
		return safe.Line(line, logLimit)
	}
	return at.UTC().Format(time.RFC3339Nano) + " " + safe.Line(text, logLimit)
}

// relay hands over lines: those that are there together, none later than it came.
func relay(from io.Reader, sink func([]string)) error {
	r := bufio.NewReaderSize(from, 64<<10)
	var safe logtail.Stream
	var batch []string
	cut := false // the rest of a line that was too long
	for {
		raw, err := r.ReadSlice('\n')
		if len(raw) > 0 && !cut {
			text := raw
			if n := len(text); text[n-1] == '\n' {
				text = text[:n-1]
			}
			batch = append(batch, masked(&safe, string(text)))
		}
		cut = errors.Is(err, bufio.ErrBufferFull)
		if len(batch) > 0 && (len(batch) >= batchMost || r.Buffered() == 0 || err != nil && !cut) {
			sink(batch)
			batch = nil
		}
		switch {
		case cut || err == nil:
		case errors.Is(err, io.EOF):
			return nil
		default:
			return err
		}
	}
}

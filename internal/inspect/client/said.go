package client

import (
	"context"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"golang.org/x/sync/errgroup"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/inspect"
)

// Said reads the ends of logs and says of each which line tells most of what goes wrong,
// or why it was not read: one request for each, and for no more than inspect.MostRuns.
func (c *Client) Said(ctx context.Context, runs []inspect.LogRun) []inspect.LogSaid {
	out := make([]inspect.LogSaid, len(runs))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, run := range runs {
		out[i].LogRun = run
		if i >= inspect.MostRuns {
			out[i].Unread = "no more logs are read at once"
			continue
		}
		group.Go(func() error {
			text, err := c.ending(ctx, run)
			if err != nil {
				out[i].Unread = err.Error()
				return nil
			}
			tail := logtail.ReadStamped(text)
			out[i].Telling, out[i].At = tail.Telling, tail.At
			if text != "" {
				out[i].Lines = min(strings.Count(strings.TrimRight(text, "\n"), "\n")+1, logtail.MaxLines)
			}
			return nil
		})
	}
	_ = group.Wait() // what failed is said of each
	return out
}

// ending is the end of one log, each line with its time.
func (c *Client) ending(ctx context.Context, run inspect.LogRun) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	lines, limit := int64(logtail.MaxLines), int64(logtail.MaxBytes)
	stream, err := c.kube.CoreV1().Pods(run.Pod.Namespace).GetLogs(run.Pod.Name, &corev1.PodLogOptions{
		Container: run.Container, Previous: run.Previous, TailLines: &lines, LimitBytes: &limit, Timestamps: true,
	}).Stream(ctx)
	if err != nil {
		return "", worded(ctx, run.Pod, err)
	}
	defer stream.Close()
	text, err := io.ReadAll(io.LimitReader(stream, limit))
	if err != nil {
		return "", worded(ctx, run.Pod, err)
	}
	return string(text), nil
}

package standin

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// journal is what a container wrote, line by line.
type journal []entry

type entry struct {
	at   time.Time
	text string
}

func (j journal) add(at time.Time, text string) journal {
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		j = append(j, entry{at: at, text: line})
	}
	return j
}

// render selects and writes lines as the options of a log request ask.
func (j journal) render(options *corev1.PodLogOptions, now time.Time) []byte {
	since := time.Time{}
	if options.SinceSeconds != nil {
		since = now.Add(-time.Duration(*options.SinceSeconds) * time.Second)
	}
	if options.SinceTime != nil {
		since = options.SinceTime.Time
	}
	lines := journal{}
	for _, line := range j {
		if !line.at.Before(since) {
			lines = append(lines, line)
		}
	}
	if tail := options.TailLines; tail != nil && int64(len(lines)) > *tail {
		lines = lines[int64(len(lines))-*tail:]
	}
	var out []byte
	for _, line := range lines {
		if options.Timestamps {
			out = append(out, line.at.UTC().Format(time.RFC3339Nano)+" "...)
		}
		out = append(out, line.text+"\n"...)
	}
	if limit := options.LimitBytes; limit != nil && int64(len(out)) > *limit {
		out = out[:*limit]
	}
	return out
}

// Package logfile sends everything that libraries would print over the screen to
// careen's log file: klog, client-go's warnings, and in the interface the standard
// error stream itself, which credential plugins inherit.
package logfile

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/go-logr/logr"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"github.com/careen-tui/careen/internal/mask"
)

// maxSize is the size in bytes past which the log is begun again; one old log is
// kept beside it.
const maxSize = 10 << 20

// Open opens the log for appending, 0600, and routes klog, client-go's warnings
// and its panic handlers to it. An empty path means
// $XDG_STATE_HOME/careen/careen.log. With verbose, informational messages are
// kept too. Request and response bodies are never logged at either level.
func Open(path string, verbose bool) (*slog.Logger, *os.File, error) {
	if path == "" {
		p, err := xdg.StateFile("careen/careen.log")
		if err != nil {
			return nil, nil, fmt.Errorf("finding a place for the log: %w", err)
		}
		path = p
	} else if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, nil, fmt.Errorf("making the log's folder: %w", err)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Size() > maxSize {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, nil, fmt.Errorf("setting the old log aside: %w", err)
		}
	}
	f, err := open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the log: %w", err)
	}
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelInfo
	}
	return To(f, level), f, nil
}

// To is a log of lines on w, from that level on, to which the same is routed.
func To(w io.Writer, level slog.Level) *slog.Logger {
	h := slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: safe})
	klog.SetLogger(logr.FromSlogHandler(h))
	log.SetOutput(lines{w})
	rest.SetDefaultWarningHandlerWithContext(rest.NoWarnings{})
	utilruntime.ReallyCrash = false
	return slog.New(h)
}

// maxLine bounds one value in the log, in bytes.
const maxLine = 8 << 10

// safe makes a value of the log harmless, and masks what looks like a credential:
// libraries log errors, which quote what servers and programs wrote.
func safe(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, mask.Line(a.Value.String(), maxLine))
	case slog.KindAny:
		if _, level := a.Value.Any().(slog.Level); !level {
			return slog.String(a.Key, mask.Line(fmt.Sprint(a.Value.Any()), maxLine))
		}
	}
	return a
}

// lines is the log for those who write whole lines into it.
type lines struct{ to io.Writer }

func (l lines) Write(p []byte) (int, error) {
	if _, err := fmt.Fprintln(l.to, mask.Line(strings.TrimSuffix(string(p), "\n"), maxLine)); err != nil {
		return 0, err
	}
	return len(p), nil
}

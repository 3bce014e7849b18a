package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime/debug"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/sanitize"
)

// The exit codes of the interface contract.
const (
	codeOK          = 0
	codeFindings    = 1
	codeUsage       = 2
	codeUnreachable = 3
	codePartial     = 4
	codeRefused     = 5
	codeInternal    = 70
	codeInterrupted = 130
)

// exitError is an error that knows its exit code; the error may be nil, where the
// report itself is the message.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usageError(err error) error { return &exitError{codeUsage, err} }

// machineError is a failure of what careen runs on: its output cannot be written, the
// demo does not start. Neither the command line nor the cluster is at fault, and there
// is nothing to report.
func machineError(err error) error { return &exitError{codeInternal, err} }

// written is the outcome of writing to standard output. A reader that left, such as
// head, has what it wanted: that is no failure.
func written(err error) error {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return machineError(err)
}

// writeError is the failure to write a file that the command line names: a path that
// cannot be written to is usage, a disk without room is not.
func writeError(err error) error {
	for _, usage := range []error{fs.ErrNotExist, fs.ErrPermission, fs.ErrInvalid, syscall.ENOTDIR, syscall.EISDIR, syscall.EROFS} {
		if errors.Is(err, usage) {
			return usageError(err)
		}
	}
	return machineError(err)
}

// exitCode gives an error its code. An error to which no command gave one, and which is
// not about the connection, is a fault of careen.
func exitCode(ctx context.Context, err error) int {
	var coded *exitError
	switch {
	case err == nil:
		return codeOK
	case errors.As(err, &coded):
		return coded.code
	case ctx.Err() != nil, errors.Is(err, context.Canceled):
		return codeInterrupted
	case errors.Is(err, connect.ErrConfig):
		return codeUsage
	case errors.Is(err, connect.ErrConnect), errors.Is(err, connect.ErrAuth):
		return codeUnreachable
	}
	return codeInternal
}

// requestError is the failure of a request in the middle of a command: interrupted, the
// cluster cannot be reached any more, or else that code.
func (ss *session) requestError(err error, code int) error {
	switch lost := ss.conn.Err(); {
	case ss.ctx.Err() != nil:
		return &exitError{codeInterrupted, err}
	case lost != nil:
		return &exitError{codeUnreachable, fmt.Errorf("%w\n%w", err, lost)}
	case apierrors.IsUnauthorized(err):
		return &exitError{codeUnreachable, err}
	}
	return &exitError{code, err}
}

// issues is where faults of careen are reported.
const issues = "https://github.com/careen-tui/careen/issues"

// isFault reports whether an error is a fault of careen that its users should report:
// a panic, or an error that no command expects.
func isFault(ctx context.Context, err error) bool {
	var coded *exitError
	var panicked *panicError
	return exitCode(ctx, err) == codeInternal && (errors.As(err, &panicked) || !errors.As(err, &coded))
}

// panicError is the error of a panic.
type panicError struct{ text string }

func (e *panicError) Error() string { return "it crashed: " + e.text }

// crash makes an error of a panic. The stack goes to the log.
func crash(log *slog.Logger, v any) error {
	text := sanitize.Line(fmt.Sprint(v), 300)
	log.Error("careen crashed", "panic", text, "stack", string(debug.Stack()))
	return &panicError{text}
}

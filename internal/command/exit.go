package command

import (
	"context"
	"errors"
	"strings"

	"github.com/careen-tui/careen/internal/connect"
)

// The exit codes of the interface contract.
const (
	codeOK          = 0
	codeFindings    = 1
	codeUsage       = 2
	codeUnreachable = 3
	codePartial     = 4
	codeRefused     = 5
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

func exitCode(ctx context.Context, err error) int {
	var coded *exitError
	switch {
	case err == nil:
		return codeOK
	case errors.As(err, &coded):
		return coded.code
	case ctx.Err() != nil || errors.Is(err, context.Canceled):
		return codeInterrupted
	case strings.HasPrefix(err.Error(), "unknown command"), strings.HasPrefix(err.Error(), "required flag"):
		return codeUsage
	}
	return connectCode(err)
}

// connectCode is the exit code of an error that no command gave one.
func connectCode(err error) int {
	switch {
	case errors.Is(err, connect.ErrConfig):
		return codeUsage
	case errors.Is(err, connect.ErrConnect), errors.Is(err, connect.ErrAuth):
		return codeUnreachable
	}
	return codeUsage
}

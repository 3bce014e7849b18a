package connect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// bounds are what one answer may take, of a server that may be hostile or broken.
type bounds struct {
	head   time.Duration // until its head has come
	silent time.Duration // that it may stand still in the middle
	watch  time.Duration // that a watch may last beyond the time that it was asked for
	body   int64         // bytes of an answer that is read whole
	page   int64         // bytes of a page of a list that is
	event  int64         // bytes of one event of a watch
}

var defaultBounds = bounds{
	head: time.Minute, silent: 30 * time.Second, watch: 30 * time.Second,
	body: 128 << 20, page: 32 << 20, event: 16 << 20,
}

// What ends an answer that passes its bounds.
var (
	errNoHead   = errors.New("no answer in time")
	errSilent   = errors.New("the answer stands still")
	errLasts    = errors.New("the watch lasts longer than it was asked for")
	errTooLarge = errors.New("the answer is too large")
)

// TooLarge reports whether an error is an answer past its bound in bytes. client-go
// keeps only the text of an error of reading.
func TooLarge(err error) bool {
	return err != nil && (errors.Is(err, errTooLarge) || strings.Contains(err.Error(), errTooLarge.Error()))
}

// send sends a request whose answer is bounded.
func (b bounds) send(next http.RoundTripper, r *http.Request, t Target) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	timer := time.AfterFunc(b.head, func() { cancel(errNoHead) })
	resp, err := next.RoundTrip(r.WithContext(ctx))
	timer.Stop()
	if err != nil {
		cancel(nil)
		return nil, caused(ctx, err)
	}
	if asked[impatient](r) {
		resp.Header.Del("Retry-After")
	}
	body := &boundedBody{ReadCloser: resp.Body, ctx: ctx, cancel: cancel}
	switch {
	case t.Verb == "watch":
		if strings.Contains(resp.Header.Get("Content-Type"), "json") {
			body.event = b.event // client-go bounds those of protobuf
		}
		seconds, _ := strconv.Atoi(r.URL.Query().Get("timeoutSeconds"))
		if lasts := time.Duration(seconds)*time.Second + b.watch; seconds > 0 {
			body.timer = time.AfterFunc(lasts, func() { cancel(errLasts) })
		}
	case t.Subresource == "log" && r.URL.Query().Get("follow") == "true":
	default:
		body.silent = b.silent
		body.timer = time.AfterFunc(b.silent, func() { cancel(errSilent) })
		body.left, body.counted = b.body, !asked[streaming](r)
		if t.Verb == "list" {
			body.left = b.page
		}
	}
	resp.Body = body
	return resp, nil
}

type (
	streaming struct{} // the answer may be of any length
	impatient struct{} // client-go shall not try again by itself
)

// Streaming marks requests whose answer is decoded object by object as it comes, by a
// reader with bounds of its own.
func Streaming(ctx context.Context) context.Context { return context.WithValue(ctx, streaming{}, true) }

// WithoutRetries marks requests that their sender repeats: client-go would wait for a
// server that says Retry-After, and keep what it says to itself.
func WithoutRetries(ctx context.Context) context.Context {
	return context.WithValue(ctx, impatient{}, true)
}

func asked[T any](r *http.Request) bool {
	var key T
	return r.Context().Value(key) != nil
}

// boundedBody is an answer's body. It is read by one goroutine.
type boundedBody struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer

	silent  time.Duration // 0 where it may stand still
	counted bool
	left    int64 // bytes, where they are counted
	event   int64 // bytes of one line; 0 for any
	line    int64 // bytes of the present one
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.counted && int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.silent > 0 && n > 0 {
		b.timer.Reset(b.silent)
	}
	if b.counted {
		if b.left -= int64(n); b.left < 0 {
			return 0, fmt.Errorf("reading: %w", errTooLarge)
		}
	}
	if b.event > 0 {
		if i := bytes.LastIndexByte(p[:n], '\n'); i >= 0 {
			b.line = int64(n - i - 1)
		} else if b.line += int64(n); b.line > b.event {
			return 0, fmt.Errorf("reading an event: %w", errTooLarge)
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = caused(b.ctx, err)
	}
	return n, err
}

// Close ends the request.
func (b *boundedBody) Close() error {
	if b.timer != nil {
		b.timer.Stop()
	}
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}

// caused is err with the bound that brought it about.
func caused(ctx context.Context, err error) error {
	for _, bound := range []error{errNoHead, errSilent, errLasts} {
		if errors.Is(context.Cause(ctx), bound) {
			return fmt.Errorf("%w: %w", bound, err)
		}
	}
	return err
}

package mcp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// maxLine bounds a request, in bytes.
const maxLine = 1 << 20

// lines is the transport over a pair of streams: a message a line. A line that is none
// is answered here, so that it does not end the session.
type lines struct {
	in     *bufio.Reader
	out    *lineWriter
	linger time.Duration
}

// linger is how long requests that are under way are answered once the client has ended
// its side: a script does so at once, and waits for the answers.
const linger = 10 * time.Second

func newLines(in io.Reader, out io.Writer) *lines {
	return &lines{bufio.NewReaderSize(in, 64<<10), &lineWriter{to: out, moved: make(chan struct{}, 1)}, linger}
}

// Connect begins to read.
func (l *lines) Connect(ctx context.Context) (sdk.Connection, error) {
	reader, writer := io.Pipe()
	go func() {
		err := l.pass(writer)
		l.out.drain(ctx, l.linger)
		writer.CloseWithError(err)
	}()
	t := &sdk.IOTransport{Reader: reader, Writer: l.out, MaxLineLength: maxLine + 2}
	return t.Connect(ctx)
}

// pass hands over the lines that are messages, until the client goes away.
func (l *lines) pass(to io.Writer) error {
	for {
		line, whole, err := l.next()
		if text := bytes.TrimSpace(line); len(text) > 0 {
			refused := refusal(text, whole)
			if refused == nil {
				l.out.expect(text)
				_, failed := to.Write(append(text, '\n'))
				err = errors.Join(failed, err)
			} else if failed := l.out.refuse(refused); failed != nil {
				return failed
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// next reads a line. Of one that is too long the beginning is returned, and whole is
// false.
func (l *lines) next() (line []byte, whole bool, err error) {
	whole = true
	for {
		part, err := l.in.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			whole = false
		}
		if whole {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, whole, err
		}
	}
}

// failure is the answer to a line that is no message.
type failure struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Error   *jsonrpc.Error  `json:"error"`
}

// refusal is why a line is no message; nil where it is one.
func refusal(line []byte, whole bool) *failure {
	refuse := func(code int64, why string) *failure {
		return &failure{"2.0", idOf(line), &jsonrpc.Error{Code: code, Message: why}}
	}
	switch {
	case !whole:
		return refuse(jsonrpc.CodeInvalidRequest, "the line is longer than 1 MiB")
	case !json.Valid(line):
		return refuse(jsonrpc.CodeParseError, "the line is not JSON")
	case line[0] != '{':
		return refuse(jsonrpc.CodeInvalidRequest, "a message is one JSON object a line")
	}
	if _, err := jsonrpc.DecodeMessage(line); err != nil {
		return refuse(jsonrpc.CodeInvalidRequest, "the line is not a JSON-RPC 2.0 message")
	}
	return nil
}

// idOf is the id of a request that cannot be taken, null where it has none that could be
// told.
func idOf(line []byte) json.RawMessage {
	var head struct{ ID any }
	if json.Unmarshal(line, &head) == nil {
		switch head.ID.(type) {
		case string, float64:
			if raw, err := json.Marshal(head.ID); err == nil {
				return raw
			}
		}
	}
	return json.RawMessage("null")
}

// lineWriter writes whole lines, one at a time, and knows how many answers are owed.
type lineWriter struct {
	mu    sync.Mutex
	to    io.Writer
	owed  int
	gone  bool          // nobody reads any more
	moved chan struct{} // has a value when owed or gone changed
}

// expect notes that a message will be answered, where it is a request.
func (w *lineWriter) expect(line []byte) {
	if m, err := jsonrpc.DecodeMessage(line); err == nil {
		if r, ok := m.(*jsonrpc.Request); ok && r.IsCall() {
			w.mu.Lock()
			w.owed++
			w.mu.Unlock()
		}
	}
}

func (w *lineWriter) Write(b []byte) (int, error) {
	m, err := jsonrpc.DecodeMessage(b)
	_, answer := m.(*jsonrpc.Response)
	w.mu.Lock()
	defer w.mu.Unlock()
	n, failed := w.to.Write(b)
	if err == nil && answer {
		w.owed--
	}
	w.gone = w.gone || failed != nil
	select {
	case w.moved <- struct{}{}:
	default:
	}
	return n, failed
}

// drain waits until no answer is owed any more, or nobody is there to take it.
func (w *lineWriter) drain(ctx context.Context, within time.Duration) {
	timer := time.NewTimer(within)
	defer timer.Stop()
	for {
		w.mu.Lock()
		done := w.owed <= 0 || w.gone
		w.mu.Unlock()
		if done {
			return
		}
		select {
		case <-w.moved:
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// Close leaves the stream open: it is the process's.
func (w *lineWriter) Close() error { return nil }

func (w *lineWriter) refuse(f *failure) error {
	raw, err := json.Marshal(f)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = w.to.Write(append(raw, '\n'))
	return err
}

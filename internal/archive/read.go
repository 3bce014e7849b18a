package archive

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/careen-tui/careen/internal/model"
)

// The bounds of a file that is read.
const (
	window    = 4 << 20 // of the compression
	maxLine   = 4 << 20
	maxRows   = 5_000_000
	maxOthers = 1_000_000 // namespaces, watches
	maxSize   = 2 << 30   // decompressed
)

// File is a snapshot that was read.
type File struct {
	Path     string
	Snapshot *model.Snapshot
	Now      time.Time // the moment of the look
	Careen   string    // the version that wrote it
	Redacted bool
	// Problems say what of a dump could not be read: one that has any is partial. Notes
	// say what was read otherwise than it stands there.
	Problems, Notes []string
}

// ErrNotOne is the error of a file that is no snapshot.
var ErrNotOne = errors.New("not a snapshot: careen snapshot -o FILE writes one")

// Open reads a file.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the snapshot: %w", err)
	}
	defer f.Close()
	out, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("reading the snapshot %s: %w", path, err)
	}
	out.Path = path
	return out, nil
}

// Read reads a snapshot.
func Read(r io.Reader) (*File, error) { return read(r, maxSize) }

func read(r io.Reader, limit int64) (*File, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(2*window), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, ErrNotOne
	}
	defer z.Close()
	in := &reader{left: limit, src: z}
	in.buf = bufio.NewReaderSize(in, 64<<10)
	first, err := in.line()
	if err != nil {
		return nil, err
	}
	var head header
	if json.Unmarshal(first, &head) != nil || head.Format != format {
		return nil, ErrNotOne
	}
	if head.Version != version {
		return nil, fmt.Errorf("it has format %d, written by careen %s; this careen reads format %d", head.Version, clean(head.Careen), version)
	}
	cleanAll(first, &head)
	out := &File{Now: head.Now, Careen: head.Careen, Redacted: head.Redacted}
	out.Snapshot = &model.Snapshot{Seq: head.Seq, Cluster: head.Cluster, Spaces: map[string]*model.Space{}}
	if err := in.rest(out.Snapshot); err != nil {
		return nil, err
	}
	return out, nil
}

// reader counts what it reads and remembers where it is.
type reader struct {
	src  io.Reader
	left int64
	buf  *bufio.Reader
	at   int // lines read
	long []byte
}

func (in *reader) Read(p []byte) (int, error) {
	if in.left <= 0 {
		return 0, errTooLarge
	}
	n, err := in.src.Read(p[:min(int64(len(p)), in.left)])
	in.left -= int64(n)
	return n, err
}

var errTooLarge = fmt.Errorf("it is larger than %d MiB, which no snapshot is", maxSize>>20)

// line returns the next line, valid until the one after.
func (in *reader) line() ([]byte, error) {
	in.long = in.long[:0]
	for {
		part, err := in.buf.ReadSlice('\n')
		if err == nil && len(in.long) == 0 {
			in.at++
			return part, nil
		}
		in.long = append(in.long, part...)
		switch {
		case len(in.long) > maxLine:
			return nil, fmt.Errorf("line %d is longer than any row is", in.at+1)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil:
			in.at++
			return in.long, nil
		}
		return nil, in.broken(err)
	}
}

// broken says what an error in the middle of a file means.
func (in *reader) broken(err error) error {
	switch {
	case errors.Is(err, errTooLarge):
		return errTooLarge
	case errors.Is(err, zstd.ErrMagicMismatch), in.at == 0 && errors.Is(err, io.EOF):
		return ErrNotOne
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("it was cut short after line %d", in.at)
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return errors.New("its compression asks for more memory than a snapshot needs")
	}
	return fmt.Errorf("after line %d: %w", in.at, err)
}

// rest reads all lines but the first.
func (in *reader) rest(snap *model.Snapshot) error {
	var count trailer
	var tables map[model.Kind]model.Table
	var now *space
	finish := func() error {
		if now == nil {
			return nil
		}
		for kind, t := range tables {
			slices.SortStableFunc(t, func(a, b model.Row) int { return strings.Compare(a.Base().Name, b.Base().Name) })
			for i := 1; i < len(t); i++ {
				if t[i].Base().Name == t[i-1].Base().Name {
					return fmt.Errorf("%s stands in it twice", t[i].Base().Ref())
				}
			}
			tables[kind] = slices.Clip(t)
		}
		snap.Spaces[now.Name] = model.NewSpace(now.Name, now.Version, tables)
		return nil
	}
	for {
		raw, err := in.line()
		if err != nil {
			return err
		}
		var l line
		if err := strict(raw, &l); err != nil {
			return fmt.Errorf("line %d: %w", in.at, err)
		}
		switch {
		case l.Watch != nil:
			cleanAll(raw, l.Watch)
			snap.Coverage = append(snap.Coverage, *l.Watch)
			count.Watches++
		case l.Space != nil:
			cleanAll(raw, l.Space)
			if err := finish(); err != nil {
				return err
			}
			if snap.Spaces[l.Space.Name] != nil {
				return fmt.Errorf("line %d: namespace %q stands in it twice", in.at, l.Space.Name)
			}
			now, tables = l.Space, map[model.Kind]model.Table{}
			count.Spaces++
		case l.Row != nil && now != nil:
			r, err := l.Row.decode(raw, now.Name)
			if err != nil {
				return fmt.Errorf("line %d: %w", in.at, err)
			}
			kind := model.Kind(clean(string(l.Row.Kind)))
			tables[kind] = append(tables[kind], r)
			count.Rows++
		case l.End != nil:
			if *l.End != count {
				return fmt.Errorf("it says that it holds %d rows, it holds %d", l.End.Rows, count.Rows)
			}
			if err := finish(); err != nil {
				return err
			}
			return in.ends()
		default:
			return fmt.Errorf("line %d: it is neither a watch, a namespace, a row of one, nor the end", in.at)
		}
		if count.Rows > maxRows || count.Watches > maxOthers || count.Spaces > maxOthers {
			return errors.New("it holds more rows than any cluster has")
		}
	}
}

// ends makes sure that nothing follows; reading on also checks the checksum.
func (in *reader) ends() error {
	switch _, err := in.buf.ReadByte(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return in.broken(err)
	}
	return fmt.Errorf("something follows its last line")
}

func (r *row) decode(raw []byte, namespace string) (model.Row, error) {
	t, ok := types[r.Type]
	if !ok {
		return nil, fmt.Errorf("unknown type of row %q", clean(r.Type))
	}
	v := reflect.New(t)
	if err := strict(r.Data, v.Interface()); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Type, err)
	}
	cleanAll(raw, v.Interface())
	out := v.Interface().(model.Row)
	if m := out.Base(); m.Namespace != namespace || m.Name == "" {
		return nil, fmt.Errorf("%s stands in namespace %q", m.Ref(), namespace)
	}
	return out, nil
}

// strict decodes one value and refuses fields that this version does not know.
func strict(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return errors.New(clean(err.Error()))
	}
	return nil
}

package archive

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/careen-tui/careen/internal/model"
)

// Options say how a snapshot is written.
type Options struct {
	Now    time.Time // the moment of the look
	Careen string    // the version of careen that looked
	Redact bool      // replace names, consistently
}

// row is one object: its table's kind, its Go type and itself.
type row struct {
	Kind model.Kind      `json:"kind"`
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// Save writes the snapshot to a file, readable by its owner only. Where it cannot
// be written whole, no file is left, and an older one stays as it was.
func Save(path string, snap *model.Snapshot, o Options) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return saveInPlace(path, snap, o)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if err := Write(tmp, snap, o); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	return nil
}

// saveInPlace writes to what is no file and must not be replaced by one: a device, a
// pipe, standard output.
func saveInPlace(path string, snap *model.Snapshot, o Options) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	if err := Write(f, snap, o); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	return nil
}

// Write writes the snapshot. Equal snapshots, written with equal options, are equal
// byte for byte but for names that were redacted.
func Write(w io.Writer, snap *model.Snapshot, o Options) error {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithEncoderCRC(true))
	if err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	out := &writer{buf: bufio.NewWriterSize(z, 64<<10)}
	out.enc = json.NewEncoder(out.buf)
	out.enc.SetEscapeHTML(false)
	if o.Redact {
		out.mask = newMask(snap)
	}
	if err := out.snapshot(snap, o); err != nil {
		_ = z.Close() // the file is broken already
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	if err := out.buf.Flush(); err != nil {
		_ = z.Close() // the file is broken already
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	return nil
}

type writer struct {
	buf  *bufio.Writer
	enc  *json.Encoder
	mask *mask
}

func (w *writer) snapshot(snap *model.Snapshot, o Options) error {
	head := header{
		Format: format, Version: version, Careen: o.Careen, Now: o.Now.UTC(), Redacted: o.Redact,
		Seq: snap.Seq, Cluster: snap.Cluster,
	}
	if w.mask != nil {
		w.mask.apply(&head.Cluster)
	}
	if err := w.enc.Encode(head); err != nil {
		return err
	}
	var count trailer
	coverage := append(model.Coverage(nil), snap.Coverage...)
	for i := range coverage {
		if w.mask != nil {
			w.mask.apply(&coverage[i])
		}
		if err := w.enc.Encode(line{Watch: &coverage[i]}); err != nil {
			return err
		}
		count.Watches++
	}
	for _, name := range append([]string{""}, snap.Namespaces()...) {
		sp := snap.Space(name)
		if sp == nil {
			continue
		}
		head := space{Name: name, Version: sp.Version}
		if w.mask != nil {
			head.Name = w.mask.name(name)
		}
		if err := w.enc.Encode(line{Space: &head}); err != nil {
			return err
		}
		count.Spaces++
		for _, kind := range sp.Kinds() {
			for _, r := range sp.Tables[kind] {
				if err := w.row(kind, r); err != nil {
					return err
				}
				count.Rows++
			}
		}
	}
	return w.enc.Encode(line{End: &count})
}

func (w *writer) row(kind model.Kind, r model.Row) error {
	name, err := typeOf(r)
	if err != nil {
		return err
	}
	r = brief(r)
	if w.mask != nil {
		if r, err = w.mask.row(r); err != nil {
			return err
		}
		kind = model.Kind(w.mask.api(string(kind)))
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if len(data) > maxLine-1024 {
		return fmt.Errorf("%s is too large: %d bytes", r.Base().Ref(), len(data))
	}
	return w.enc.Encode(line{Row: &row{Kind: kind, Type: name, Data: data}})
}

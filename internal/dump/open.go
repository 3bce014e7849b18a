package dump

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Options say how a dump is looked at.
type Options struct {
	At    time.Time // the moment of the look; zero for the newest time in the dump
	Stdin io.Reader // what "-" stands for
}

// ErrNothing is the error of a file or folder in which there is no object of a cluster.
var ErrNothing = errors.New("there are no Kubernetes objects in it")

// Open reads a snapshot of careen's own, or any dump.
func Open(path string, o Options) (*archive.File, error) {
	file, err := read(path, o)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	file.Path = path
	if name := &file.Snapshot.Cluster.Context; *name == "" {
		if *name = sanitize.Line(filepath.Base(path), maxKeyName); path == "-" {
			*name = standardInput
		}
	}
	return file, nil
}

const standardInput = "standard input"

func read(path string, o Options) (*archive.File, error) {
	c := newCollector(o)
	if path == "-" {
		if err := c.stream(standardInput, c.counted(o.Stdin), 0); err != nil {
			return nil, err
		}
		return c.alone(c.read)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if err := c.folder(path); err != nil {
			return nil, err
		}
		return c.file()
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 4)
	n, _ := io.ReadFull(f, head)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	switch kindOf(head[:n]) {
	case zstdFile:
		own, err := archive.Read(bufio.NewReader(f))
		if !errors.Is(err, archive.ErrNotOne) {
			if err == nil && !o.At.IsZero() {
				own.Now = o.At.UTC()
			}
			return own, err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
	case zipFile:
		if err := c.zip(filepath.Base(path), f, info.Size()); err != nil {
			return nil, err
		}
		return c.file()
	case textFile, gzipFile, bzipFile, tarFile:
	}
	if err := c.stream(filepath.Base(path), c.counted(f), 0); err != nil {
		return nil, err
	}
	return c.alone(info.ModTime())
}

// alone is what a single file holds, which was written at a time; an archive's entries have
// times of their own.
func (c *collector) alone(written time.Time) (*archive.File, error) {
	if c.written.IsZero() {
		c.dated(written)
	}
	return c.file()
}

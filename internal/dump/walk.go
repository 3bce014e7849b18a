package dump

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// The bounds of a dump.
const (
	maxEntries = 1_000_000
	maxDepth   = 64        // folders within each other
	maxLayers  = 3         // compression within compression, archives within archives
	maxBytes   = 64 << 30  // decompressed, in all
	maxZipped  = 512 << 20 // of a zip from standard input, which must be held
	zstdWindow = 128 << 20 // of zstd's own
	peeked     = 64 << 10  // looked at to tell what a stream is
	maxLogFile = 1 << 20   // of the end of a log
	tarMagicAt = 257       // "ustar"
)

type fileKind int

const (
	textFile fileKind = iota
	gzipFile
	zstdFile
	bzipFile
	zipFile
	tarFile
)

// kindOf tells what a file is by how it begins.
func kindOf(head []byte) fileKind {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzipFile
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstdFile
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzipFile
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return zipFile
	case len(head) > tarMagicAt+5 && bytes.Equal(head[tarMagicAt:tarMagicAt+5], []byte("ustar")):
		return tarFile
	}
	return textFile
}

// stream reads what comes under a name: an archive, a compressed file or text.
func (c *collector) stream(name string, r io.Reader, layer int) error {
	in := bufio.NewReaderSize(r, peeked)
	head, err := in.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return err
	}
	kind := kindOf(head)
	if kind != textFile && layer >= maxLayers {
		c.problem(name, 0, "archives are nested too deeply, and it was left out")
		return nil
	}
	switch kind {
	case gzipFile:
		z, err := gzip.NewReader(in)
		if err != nil {
			return c.broken(name, err)
		}
		return c.stream(name, c.counted(z), layer+1)
	case zstdFile:
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return c.broken(name, err)
		}
		defer z.Close()
		return c.stream(name, c.counted(z), layer+1)
	case bzipFile:
		return c.stream(name, c.counted(bzip2.NewReader(in)), layer+1)
	case tarFile:
		return c.tar(name, in, layer+1)
	case zipFile:
		held, err := io.ReadAll(io.LimitReader(in, maxZipped+1))
		if err != nil {
			return c.broken(name, err)
		}
		if len(held) > maxZipped {
			c.problem(name, 0, fmt.Sprintf("a zip of more than %d MiB within a stream cannot be read: give the file itself", maxZipped>>20))
			return nil
		}
		return c.zip(name, bytes.NewReader(held), int64(len(held)))
	case textFile:
	}
	return c.text(name, in)
}

// bounds count what is read, of all files together.
type bounds struct {
	bytes   int64
	entries int
}

// broken notes that a file cannot be read, or cannot be read further.
func (c *collector) broken(name string, err error) error {
	c.scopes.cut = true
	c.problem(name, 0, "cannot be read further: "+err.Error())
	return nil
}

// counted bounds what all streams give together.
func (c *collector) counted(r io.Reader) io.Reader { return &counting{r, c} }

type counting struct {
	io.Reader
	c *collector
}

var errTooMuch = fmt.Errorf("the dump is larger than %d GiB", maxBytes>>30)

func (r *counting) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.c.bytes += int64(n); r.c.bytes > maxBytes {
		return n, errTooMuch
	}
	return n, err
}

// tar reads an archive entry by entry. Where it ends early, what was whole is used.
func (c *collector) tar(name string, r io.Reader, layer int) error {
	in := tar.NewReader(r)
	last := ""
	for {
		h, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			after := ""
			if last != "" {
				after = ", after " + last
			}
			c.scopes.cut = true
			c.problem(name, 0, "the archive ends early"+after+": "+err.Error())
			return nil
		}
		inside, ok := c.entry(name, h.Name)
		if !ok {
			return nil
		}
		switch h.Typeflag {
		case tar.TypeReg:
			c.dated(h.ModTime)
			if inside != "" {
				if err := c.member(inside, in, layer); err != nil {
					c.scopes.cut = true
					c.problem(name, 0, "the archive ends early, in "+inside+": "+err.Error())
					return nil
				}
			}
		case tar.TypeDir, tar.TypeXGlobalHeader:
		default: // links lead to what is there anyway, or out of the archive
			c.skipped++
		}
		last = inside
	}
}

// entry cleans the name of an archive's entry; empty where it is not to be read. ok is
// false once there are too many.
func (c *collector) entry(archive, name string) (inside string, ok bool) {
	if c.entries++; c.entries > maxEntries {
		c.scopes.cut = true
		c.problem(archive, 0, fmt.Sprintf("has more than %d entries: the others were left out", maxEntries))
		return "", false
	}
	slashed := strings.ReplaceAll(name, `\`, "/")
	if strings.HasPrefix(slashed, "/") || strings.Contains("/"+slashed+"/", "/../") || strings.Count(slashed, "/") > maxDepth {
		c.problem(archive, 0, fmt.Sprintf("entry %q would lie outside of the archive, or too deep, and was left out", name))
		return "", true
	}
	return path.Clean(slashed), true
}

// zip reads an archive that can be read at any place: logs after the objects, when it
// is known which are needed.
func (c *collector) zip(name string, r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return c.broken(name, err)
	}
	return c.twice(func(wanted func(name string) bool) error {
		for _, f := range z.File {
			inside, ok := c.entry(name, f.Name)
			if !ok {
				return nil
			}
			if inside == "" || !f.Mode().IsRegular() || !wanted(inside) {
				continue
			}
			c.dated(f.Modified)
			body, err := f.Open()
			if err == nil {
				err = c.member(inside, c.counted(body), 1)
				body.Close()
			}
			if err != nil {
				c.unreadable(inside, err)
			}
		}
		return nil
	})
}

// unreadable notes that a file cannot be read.
func (c *collector) unreadable(name string, err error) {
	if kind := placeOf(name).kind; kind != "" {
		c.scopes.broken[kind] = true
	}
	c.problem(name, 0, "cannot be read: "+err.Error())
}

// twice goes through all files, first without logs and then for logs alone.
func (c *collector) twice(walk func(wanted func(name string) bool) error) error {
	logs := false
	wanted := func(name string) bool { return (placeOf(name).log != nil) == logs }
	if err := walk(wanted); err != nil {
		return err
	}
	logs, c.logs.after, c.entries = true, true, 0
	skipped := c.skipped
	err := walk(wanted)
	c.skipped = skipped
	return err
}

// folder reads the files below a folder. Links are not followed.
func (c *collector) folder(root string) error {
	return c.twice(func(wanted func(name string) bool) error {
		return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			rel, relErr := filepath.Rel(root, p)
			rel = filepath.ToSlash(rel)
			switch {
			case err != nil:
				c.scopes.cut = true
				c.unreadable(rel, err)
				return nil
			case relErr != nil || d.IsDir():
				return nil
			case !d.Type().IsRegular():
				c.skipped++
				return nil
			}
			if c.entries++; c.entries > maxEntries {
				c.scopes.cut = true
				c.problem(root, 0, fmt.Sprintf("holds more than %d files: the others were left out", maxEntries))
				return filepath.SkipAll
			}
			if !wanted(rel) {
				return nil
			}
			if info, err := d.Info(); err == nil {
				c.dated(info.ModTime())
			}
			f, err := os.Open(p)
			if err == nil {
				err = c.member(rel, c.counted(f), 0)
				f.Close()
			}
			if err != nil {
				c.unreadable(rel, err)
			}
			return nil
		})
	})
}

// member reads one file of a dump.
func (c *collector) member(name string, r io.Reader, layer int) error {
	place := placeOf(name)
	switch {
	case place.log != nil:
		return c.log(place.log, r)
	case place.errors:
		return c.failures(place, r)
	case place.ignored:
		return nil
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".jsonl", ".yaml", ".yml", ".gz", ".tgz", ".bz2", ".tar", ".zip", ".zst", "":
		return c.stream(name, r, layer)
	case ".log": // of something else than a container
		return nil
	}
	in := bufio.NewReaderSize(r, peeked)
	if head, _ := in.Peek(peeked); isManifest(head) {
		return c.text(name, in)
	}
	return nil
}

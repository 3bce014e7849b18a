// Package source reads charts as bytes, from a folder, an archive or an OCI registry.
//
// Nothing of a chart is parsed here and nothing is unpacked: what its bytes mean is
// found out in a sandbox. What is read is bounded in size, in number and in time, and
// stays inside what the reference names: no link of a folder leads out of it, and no
// redirect of a registry takes credentials along.
package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"helm.sh/helm/v3/pkg/registry"

	"github.com/careen-tui/careen/internal/sanitize"
)

// The most that is read of one chart. Helm's own bound for one file is the same
// (pkg/chart/loader, MaxDecompressedFileSize).
const (
	maxFile    = 5 << 20
	maxFolder  = 64 << 20 // of all files
	maxArchive = 32 << 20
	maxEntries = 20_000
	maxDepth   = 32 // folders within each other
)

// Chart is what was read: the files of a folder, or an archive.
type Chart struct {
	Ref     string // as it was asked for
	Files   []File
	Archive []byte // a gzipped tar file
}

// File is one file of a chart's folder.
type File struct {
	Name string // below the folder, with slashes
	Data []byte
}

// Options say how a chart is found in a registry.
type Options struct {
	Version   string // the tag of an OCI reference that names none
	PlainHTTP bool
}

// Read reads a chart: a folder, an archive, or an OCI reference (oci://...).
func Read(ctx context.Context, ref string, o Options) (*Chart, error) {
	c := &Chart{Ref: ref}
	var err error
	if registry.IsOCI(ref) {
		c.Archive, err = pull(ctx, ref, o)
	} else {
		err = c.open(ref)
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, errors.New(sanitize.Text(fmt.Sprintf("reading the chart %s: %s", ref, err), 2000))
	}
	return c, nil
}

func (c *Chart) open(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		c.Files, err = folder(path)
		return err
	case !info.Mode().IsRegular():
		return errors.New("it is neither a folder nor an archive")
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if c.Archive, err = io.ReadAll(io.LimitReader(f, maxArchive+1)); err != nil {
		return err
	}
	if len(c.Archive) > maxArchive {
		return fmt.Errorf("the archive is larger than %d MiB, and no more is read", maxArchive>>20)
	}
	return nil
}

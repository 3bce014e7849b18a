package box

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
)

// The most that is unpacked of a chart and its dependencies. Helm's bounds for one
// archive and one file are the same (pkg/chart/loader/archive.go).
const (
	maxUnpacked = 100 << 20
	maxFile     = 5 << 20
	maxFiles    = 20_000
	maxPacked   = 8 // archives within each other
)

// unpacker reads archives into memory, as Helm does, and refuses what no chart holds.
type unpacker struct {
	size  int64 // bytes so far
	files int
}

// unpack reads an archive.
func (u *unpacker) unpack(archive []byte, depth int) ([]*loader.BufferedFile, error) {
	if depth > maxPacked {
		return nil, fmt.Errorf("more than %d archives are packed within each other", maxPacked)
	}
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, fmt.Errorf("it is not a gzipped archive: %w", err)
	}
	t := tar.NewReader(&counted{z, u})
	var files []*loader.BufferedFile
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("it is not a tar archive: %w", err)
		}
		if u.files++; u.files > maxFiles {
			return nil, fmt.Errorf("the archive holds more than %d files", maxFiles)
		}
		name, err := accepted(h)
		if err != nil {
			return nil, err
		}
		if name == "" {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(t, maxFile+1))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
		if len(data) > maxFile {
			return nil, fmt.Errorf("%s is larger than %d MiB", h.Name, maxFile>>20)
		}
		files = append(files, &loader.BufferedFile{Name: name, Data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))})
	}
	if len(files) == 0 {
		return nil, errors.New("the archive holds no file")
	}
	return files, u.dependencies(files, depth)
}

// dependencies looks into the archives that a chart holds; Helm unpacks them with
// bounds for each, but none for all.
func (u *unpacker) dependencies(files []*loader.BufferedFile, depth int) error {
	for _, f := range files {
		if isDependency(f.Name) {
			if _, err := u.unpack(f.Data, depth+1); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
		}
	}
	return nil
}

// drive begins a path of Windows.
var drive = regexp.MustCompile(`^[a-zA-Z]:`)

// accepted is an entry's name below the chart's folder, empty for what is no file. An
// archive made on Windows may have backslashes.
func accepted(h *tar.Header) (string, error) {
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeDir:
	case tar.TypeXGlobalHeader:
		return "", nil
	case tar.TypeSymlink:
		return "", fmt.Errorf("%s is a symbolic link, which no packaged chart holds", h.Name)
	case tar.TypeLink:
		return "", fmt.Errorf("%s is a hard link, which no packaged chart holds", h.Name)
	default:
		return "", fmt.Errorf("%s is neither a file nor a folder (type %q)", h.Name, h.Typeflag)
	}
	name := strings.ReplaceAll(h.Name, `\`, "/")
	if path.IsAbs(name) || drive.MatchString(name) {
		return "", fmt.Errorf("%s is an absolute path", h.Name)
	}
	if slices.Contains(strings.Split(name, "/"), "..") {
		return "", fmt.Errorf("%s leads out of the chart", h.Name)
	}
	if strings.ContainsRune(name, 0) {
		return "", fmt.Errorf("%q is not a file name", h.Name)
	}
	if h.Typeflag == tar.TypeDir || strings.HasSuffix(name, "/") {
		return "", nil
	}
	top, below, _ := strings.Cut(name, "/")
	if below == "" || path.IsAbs(below) || drive.MatchString(below) {
		return "", fmt.Errorf("%s is not in the chart's folder: an archive holds one folder with the chart in it, and %s is not one", h.Name, top)
	}
	return path.Clean(below), nil
}

// counted bounds what comes out of compressed data.
type counted struct {
	io.Reader
	of *unpacker
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.of.size += int64(n); c.of.size > maxUnpacked {
		return 0, fmt.Errorf("unpacked it is larger than %d MiB", maxUnpacked>>20)
	}
	return n, err
}

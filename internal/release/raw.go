package release

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Raw returns the JSON of a stored record, and whether it was compressed. It is
// refused where Decode would refuse the stream; what the JSON means is not looked
// at. The result belongs to the caller and is never larger than 64 MiB.
func Raw(stored []byte) (json []byte, gz bool, err error) {
	s := sources.Get().(*source)
	defer s.release()
	if gz, err = s.open(stored); err != nil {
		return nil, gz, fmt.Errorf("reading the record: %w", err)
	}
	if err = s.whole(); err != nil {
		return nil, gz, fmt.Errorf("reading the record: %w", err)
	}
	json = make([]byte, s.offset())
	if _, err = s.start(s.raw); err == nil {
		_, err = io.ReadFull(s.scanner.r, json)
	}
	if err != nil {
		return nil, gz, fmt.Errorf("reading the record: %w", err)
	}
	return json, gz, nil
}

func (s *scanner) whole() error {
	if err := s.skip(); err != nil {
		return err
	}
	return s.finish()
}

// Encode is the inverse of Raw: what to store under the key "release". It refuses
// what the API server would not store.
func Encode(json []byte, gz bool) ([]byte, error) {
	raw := json
	if gz {
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return nil, fmt.Errorf("compressing the record: %w", err)
		}
		if _, err = w.Write(json); err == nil {
			err = w.Close()
		}
		if err != nil {
			return nil, fmt.Errorf("compressing the record: %w", err)
		}
		raw = b.Bytes()
	}
	if base64.StdEncoding.EncodedLen(len(raw)) > maxStorable {
		return nil, fmt.Errorf("encoding the record: %w", errStorable)
	}
	return base64.StdEncoding.AppendEncode(nil, raw), nil
}

// Manifest returns the manifest of a stored record as it stands there, at most
// 8 MiB, with invalid UTF-8 replaced. It is not sanitised, and it may hold the data
// of Secrets.
func Manifest(stored []byte) (string, error) {
	s := sources.Get().(*source)
	defer s.release()
	if _, err := s.open(stored); err != nil {
		return "", fmt.Errorf("reading the manifest: %w", err)
	}
	s.manifest = s.manifest[:0]
	err := s.object(func(key []byte) error {
		if string(key) == "manifest" {
			return s.manifestText()
		}
		return s.skip()
	})
	if err == nil {
		err = s.finish()
	}
	if err != nil {
		return "", fmt.Errorf("reading the manifest: %w", err)
	}
	return strings.ToValidUTF8(string(s.manifest), "\uFFFD"), nil
}

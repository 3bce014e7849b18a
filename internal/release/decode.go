package release

import (
	"errors"
	"hash/maphash"
	"slices"
	"strconv"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// manifestSeed keeps a manifest's hash, which passwords may have gone into, of use to
// this process alone.
var manifestSeed = maphash.MakeSeed()

// Decode reads a record. stored is what stands under the key "release" of the
// Secret's data (without the base64 that the API adds) or of the ConfigMap's data;
// it is not changed and not kept. The result is never nil: where the record cannot
// be used, Problem says why in a sentence and only ResourceVersion and Size are
// filled in besides.
func Decode(stored []byte, resourceVersion string) (body *model.Body) {
	broken := func(err error) *model.Body {
		return &model.Body{ResourceVersion: resourceVersion, Size: len(stored), Problem: err.Error()}
	}
	defer func() {
		if recover() != nil {
			body = broken(errUnexpected)
		}
	}()
	s := sources.Get().(*source)
	b := &model.Body{ResourceVersion: resourceVersion, Size: len(stored)}
	if err := s.decode(stored, b); err != nil {
		s.release()
		return broken(err)
	}
	s.release()
	return b
}

func (s *source) decode(stored []byte, b *model.Body) error {
	if _, err := s.open(stored); err != nil {
		return err
	}
	first, err := s.peek()
	if err != nil {
		if errors.Is(err, errCutJSON) {
			return errEmpty
		}
		return err
	}
	switch {
	case first == '{':
	case first == '[' || first == '"' || first == '-' || first >= '0' && first <= '9' || first == 't' || first == 'f' || first == 'n':
		if err := s.skip(); err != nil {
			return errNotJSON
		}
		return errNotObject
	default:
		return errNotJSON
	}
	var info, chart bool
	s.manifest = s.manifest[:0]
	err = s.object(func(key []byte) error {
		switch string(key) {
		case "name":
			return s.string("name", &b.Name)
		case "namespace":
			return s.string("namespace", &b.Namespace)
		case "version":
			return s.int("version", &b.Version)
		case "info":
			return s.section("info", &info, s.info(b))
		case "chart":
			return s.section("chart", &chart, s.chart(b))
		case "manifest":
			return s.manifestText()
		case "hooks":
			return s.hooks(b)
		case "apply_method":
			return s.string("apply_method", &b.ApplyMethod)
		default:
			return s.skip()
		}
	})
	if err == nil {
		err = s.finish()
	}
	switch {
	case err != nil:
		return err
	case !info:
		return errNoInfo
	case !chart:
		return errNoChart
	}
	slices.SortFunc(b.ChartFiles, heavier)
	b.Objects, b.Truncated, b.ManifestError = s.objects(s.manifest, maxObjects)
	b.Manifest = maphash.Bytes(manifestSeed, s.manifest)
	b.ChartFiles = slices.Clip(b.ChartFiles)
	settle(b)
	return nil
}

// settle fills in the namespaces, which only the end of a record tells.
func settle(b *model.Body) {
	for i := range b.Objects {
		d := &b.Objects[i]
		d.Ref.Namespace = within(d.Ref.Kind, d.Ref.Namespace, b.Namespace)
	}
	for i := range b.Hooks {
		r := &b.Hooks[i].Ref
		r.Namespace = within(r.Kind, r.Namespace, b.Namespace)
	}
}

func (s *source) info(b *model.Body) func(key []byte) error {
	return func(key []byte) error {
		switch string(key) {
		case "status":
			return s.string("status", &b.Status)
		case "description":
			there, err := s.quoted("description", maxText)
			if there {
				b.Description = lines(s.word)
			}
			return err
		case "first_deployed":
			return s.time("first_deployed", &b.FirstDeployed)
		case "last_deployed":
			return s.time("last_deployed", &b.LastDeployed)
		case "deleted":
			return s.time("deleted", &b.Deleted)
		default:
			return s.skip()
		}
	}
}

// section reads an object or null; there is set for an object.
func (s *source) section(field string, there *bool, f func(key []byte) error) error {
	c, err := s.peek()
	switch {
	case err != nil:
		return err
	case c == '{':
		*there = true
		return s.object(f)
	default:
		return s.null(field, "an object")
	}
}

// null passes over a null, which leaves a field as it is.
func (s *source) null(field, want string) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != 'n' {
		if err := s.skip(); err != nil {
			return err
		}
		return wrongType(field, want)
	}
	_, err = s.bare()
	return err
}

func (s *source) string(field string, to *string) error {
	there, err := s.quoted(field, maxName)
	if there {
		*to = line(s.word)
	}
	return err
}

// quoted reads a string into s.word, or passes over a null.
func (s *source) quoted(field string, limit int) (there bool, err error) {
	c, err := s.peek()
	if err != nil {
		return false, err
	}
	if c != '"' {
		return false, s.null(field, "text")
	}
	s.word, _, err = s.text(s.word[:0], limit+ahead)
	return true, err
}

func (s *source) int(field string, to *int) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != '-' && (c < '0' || c > '9') {
		return s.null(field, "a number")
	}
	b, err := s.bare()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return wrongType(field, "a whole number")
	}
	*to = n
	return nil
}

// time reads RFC 3339; Helm 3 writes "" for the zero time, Helm 4 leaves it out.
func (s *source) time(field string, to *time.Time) error {
	var text string
	if err := s.string(field, &text); err != nil || text == "" {
		return err
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return wrongType(field, "a time")
	}
	*to = t.UTC()
	return nil
}

func (s *source) manifestText() error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != '"' {
		return s.null("manifest", "text")
	}
	var size int
	s.manifest, size, err = s.text(s.manifest[:0], maxManifest)
	if err == nil && size > maxManifest {
		return errManifest
	}
	return err
}

package box

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"

	"github.com/careen-tui/careen/internal/sandbox"
)

// work is the sandbox's name for what this package does there.
const work = "render"

// Serve works for the careen that started this process to render charts, and reports
// its exit code; ok is false in any other process.
func Serve(args []string) (code int, ok bool) {
	return sandbox.Serve(args, map[string]sandbox.Work{work: func(p *sandbox.Parent) error { return (&server{parent: p}).serve() }})
}

// server is the child's side of a Box.
type server struct {
	parent *sandbox.Parent
	files  []*loader.BufferedFile
}

// serve answers requests. Its errors are those of the pipe.
func (s *server) serve() error {
	for {
		var r request
		if err := s.parent.Receive(&r); err != nil {
			return err
		}
		d := &done{}
		var err error
		switch {
		case r.Load != nil:
			err = s.load(r.Load)
		case r.Render != nil:
			d, err = s.render(r.Render)
		case r.Parse != nil:
			out := &output{server: s}
			err = out.add(*r.Parse, Object{Source: "the manifest"})
		default:
			err = errors.New("an empty request")
		}
		answer := reply{Done: d}
		if err != nil {
			answer = reply{Failed: shortened(err.Error())}
		}
		if err := s.parent.Send(answer); err != nil {
			return err
		}
	}
}

// shortened keeps the ends of a long text: where it failed, and why.
func shortened(text string) string {
	const begin, end = 1000, 2500
	if len(text) <= begin+end {
		return text
	}
	return text[:begin] + " ... " + text[len(text)-end:]
}

// load takes a chart's bytes, and sees to it that they are a chart that can be
// installed. A dependency that its Chart.yaml names and that it does not hold is an
// error.
func (s *server) load(l *load) error {
	u := &unpacker{}
	if l.Archive != nil {
		var err error
		if s.files, err = u.unpack(l.Archive, 0); err != nil {
			return err
		}
	} else {
		for i, name := range l.Names {
			s.files = append(s.files, &loader.BufferedFile{Name: name, Data: l.Files[i]})
		}
		if err := u.dependencies(s.files, 0); err != nil {
			return err
		}
	}
	c, err := s.chart()
	if err != nil {
		return err
	}
	if c.Metadata.Type != "" && c.Metadata.Type != "application" {
		return fmt.Errorf("the chart %s is of type %s, which cannot be installed", c.Name(), c.Metadata.Type)
	}
	if err := action.CheckDependencies(c, c.Metadata.Dependencies); err != nil {
		return fmt.Errorf("the chart %s lacks a dependency: %w (helm dependency build fetches it)", c.Name(), err)
	}
	return nil
}

// chart is the chart as it was read: rendering changes what it is given.
func (s *server) chart() (*chart.Chart, error) {
	files := make([]*loader.BufferedFile, 0, len(s.files))
	for _, f := range s.files {
		files = append(files, &loader.BufferedFile{Name: f.Name, Data: f.Data})
	}
	return loader.LoadFiles(files)
}

// isDependency reports whether a chart's file is a packed chart that it depends on.
func isDependency(name string) bool {
	dir := path.Dir(name)
	return path.Ext(name) == ".tgz" && (dir == "charts" || strings.HasSuffix(dir, "/charts"))
}

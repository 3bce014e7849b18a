package dump

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
)

const (
	maxProblems  = 200 // files that are named
	maxTemplates = 5
)

// said is what an operator should know of how a dump was read.
type said struct {
	problems  []string // what could not be read
	more      int      // of those, not named
	templates []string // of charts, as far as they are named
	templated int
	doubled   int // objects that the dump holds more than once
	homeless  int // objects that name no namespace
	skipped   int // links, devices
}

// problem notes what could not be read. line is 0 where there is none.
func (s *said) problem(name string, line int, text string) {
	text = sanitize.Line(located(name, line)+": "+text, 500)
	switch {
	case slices.Contains(s.problems, text):
	case len(s.problems) == maxProblems:
		s.more++
	default:
		s.problems = append(s.problems, text)
	}
}

func (s *said) template(name string, line int) {
	if s.templated++; len(s.templates) < maxTemplates {
		s.templates = append(s.templates, sanitize.Line(located(name, line), 200))
	}
}

func located(name string, line int) string {
	if line > 0 {
		return name + ":" + strconv.Itoa(line)
	}
	return name
}

// notes are what was read otherwise than it stands in the dump, and nothing is lost by.
func (s *said) notes() (out []string) {
	if s.templated > 0 {
		names := append(slices.Clone(s.templates), make([]string, s.templated-len(s.templates))...)
		out = append(out, fmt.Sprintf("%s left out: %s", text.Counted(s.templated, "chart template"), text.Joined(names, maxTemplates)))
	}
	if s.doubled > 0 {
		out = append(out, fmt.Sprintf("%s held more than once: the newest version of each counts", text.Counted(s.doubled, "object")))
	}
	if s.homeless > 0 {
		out = append(out, fmt.Sprintf("%s without a namespace: taken to be in the namespace of the folder, or in default", text.Counted(s.homeless, "object")))
	}
	if s.skipped > 0 {
		out = append(out, fmt.Sprintf("%s left out: links and devices are not followed", text.Counted(s.skipped, "entry")))
	}
	return out
}

// file is what was read, as a snapshot.
func (c *collector) file() (*archive.File, error) {
	if c.objects == 0 {
		if len(c.problems) > 0 {
			return nil, fmt.Errorf("%w; %s", ErrNothing, c.problems[0])
		}
		return nil, ErrNothing
	}
	now := c.options.At
	if now.IsZero() {
		now = c.newest
	}
	if now.IsZero() {
		now = c.read
	}
	c.dropEndpoints()
	c.tails(now)
	out := &archive.File{Now: now.UTC(), Problems: c.problems, Notes: c.notes()}
	if c.more > 0 {
		out.Problems = append(slices.Clip(c.problems), fmt.Sprintf("%s more", text.Counted(c.more, "problem")))
	}
	out.Snapshot = &model.Snapshot{Seq: 1, Spaces: map[string]*model.Space{}, Slack: c.slack()}
	for ns, kinds := range c.tables {
		tables := map[model.Kind]model.Table{}
		for kind, rows := range kinds {
			t := make(model.Table, 0, len(rows))
			for _, r := range rows {
				t = append(t, r)
			}
			slices.SortFunc(t, func(a, b model.Row) int { return strings.Compare(a.Base().Name, b.Base().Name) })
			tables[kind] = t
		}
		out.Snapshot.Spaces[ns] = model.NewSpace(ns, 1, tables)
	}
	out.Snapshot.Coverage = c.coverage()
	return out, nil
}

package report

import (
	"strconv"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
)

// The bounds of one finding on a page.
const (
	pageFacts    = 30
	pageValue    = 2000 // bytes of one text
	pageMoments  = 15   // of a time line
	pagePictures = 60
)

// htmlFinding is one finding as the page's template draws it.
type htmlFinding struct {
	Anchor, Level, Mark, Word   string
	Probe, Subject, Summary, ID string
	Grade, Since, Known         string
	Open                        bool
	Facts                       []htmlFact
	FactsLeft                   string
	Causes                      []htmlCause
	Fixes                       []htmlFix
	Withheld                    []Withheld
	Picture                     *picture
	Lately                      *lately
	Below                       []htmlFinding
	BelowLeft                   string
}

type htmlFact struct{ Ref, Path, Value, Note string }

// htmlFix is a fix, and the command that plans it where there is one.
type htmlFix struct {
	Fix
	Command string
}

// htmlCause leads to the finding that explains another; Anchor is empty where that is
// not on the page.
type htmlCause struct {
	ID     finding.ID
	Anchor string
}

// htmlDrawer makes what the template draws of findings.
type htmlDrawer struct {
	d        *Document
	fixable  bool
	groups   []group
	anchors  map[finding.ID]string
	pictures int
}

func newHTMLDrawer(d *Document, o Options) *htmlDrawer {
	h := &htmlDrawer{d: d, fixable: o.Fixable, groups: folded(d.Findings), anchors: map[finding.ID]string{}}
	told := 0
	for _, g := range h.groups {
		if told >= pageFindings {
			break
		}
		for i, f := range append([]*Finding{g.Finding}, g.below...) {
			if i <= pageBelow {
				h.anchors[f.ID] = "f" + strconv.Itoa(told+i+1)
			}
		}
		told += 1 + len(g.below)
	}
	return h
}

// group is a finding with its surroundings, and below it those that it explains.
func (h *htmlDrawer) group(g group) htmlFinding {
	out := h.finding(g.Finding)
	out.Open = g.worst().Severity >= finding.High && g.worst().Grade != finding.Unknown && g.Known == ""
	if look := h.d.look; look != nil && look.Graph != nil {
		if f := look.Find(g.ID); f != nil {
			if h.pictures < pagePictures {
				if out.Picture = pictureOf(look, f, g.below); out.Picture != nil {
					h.pictures++
				}
			}
			out.Lately = latelyOf(timeLine(look, f), pageMoments)
		}
	}
	below := g.below[:min(len(g.below), pageBelow)]
	if left := len(g.below) - len(below); left > 0 {
		out.BelowLeft = "And " + text.Counted(left, "more finding") + " because of it."
	}
	for _, f := range below {
		out.Below = append(out.Below, h.finding(f))
	}
	return out
}

// finding is what is told of one finding wherever it stands.
func (h *htmlDrawer) finding(f *Finding) htmlFinding {
	out := htmlFinding{
		Anchor: h.anchors[f.ID], Level: levelClass(f), Mark: (&printer{}).mark(f), Word: levelWord(f),
		Probe: string(f.Probe), Subject: subject(f), Summary: sanitize.Line(f.Summary, pageValue), ID: string(f.ID),
		Grade: f.Grade.String(), Known: f.Known, Withheld: f.Withheld,
	}
	for _, x := range f.Fixes {
		fix := htmlFix{Fix: x}
		if h.fixable {
			fix.Command = "careen fix " + text.ShellWord(string(f.ID)) + " --fix " + text.ShellWord(x.ID)
		}
		out.Fixes = append(out.Fixes, fix)
	}
	if f.Since != nil {
		out.Since = moment(*f.Since)
	}
	facts, left := firstOf(f.Evidence, pageFacts, "fact")
	out.FactsLeft = left
	for _, e := range facts {
		out.Facts = append(out.Facts, factOf(e))
	}
	for _, id := range f.Causes {
		out.Causes = append(out.Causes, htmlCause{id, h.anchors[id]})
	}
	return out
}

func factOf(e Evidence) htmlFact {
	fact := htmlFact{Path: sanitize.Line(e.Path, pageValue), Value: sanitize.Text(e.Value, pageValue), Note: sanitize.Line(e.Note, pageValue)}
	if !e.Ref.IsZero() {
		fact.Ref = e.Ref.String()
	}
	return fact
}

// moment is how reports write a time for people.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// levelClass is the style of a finding.
func levelClass(f *Finding) string {
	if f.Grade == finding.Unknown {
		return "unknown"
	}
	return f.Severity.String()
}

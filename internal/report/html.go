package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/text"
)

//go:embed page/style.css
var pageStyle string

//go:embed page/page.html
var pageText string

var pageTemplate = template.Must(template.New("").Parse(pageText))

// pageHead holds the page to itself: nothing is loaded, no script runs, and no style
// applies but its own, whatever a name from a cluster might turn out to be.
var pageHead = func() template.HTML {
	sum := sha256.Sum256([]byte(pageStyle))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	return template.HTML(`<meta http-equiv="Content-Security-Policy" content="` + policy + `">` + "\n<style>" + pageStyle + "</style>") //nolint:gosec // made of constants
}()

// The bounds of a page: a file that a phone opens, and a mail carries.
const (
	pageFindings = 200     // told in full, symptoms among them
	pageBytes    = 4 << 20 // of all that is told in full
	pageBelow    = 20      // symptoms told in full under one cause
	pageChanges  = 500
	pageReads    = 500
)

// htmlPage is what the page's template draws.
type htmlPage struct {
	Head                                   template.HTML
	Title, Context, Server, Version, Taken string
	At, Careen, Left, Nothing              string
	Counts                                 []htmlCount
	Sections                               []htmlSection
	Changes                                []Planned
	ChangesLeft                            string
	Reads                                  string
	Unseen                                 []string
	Coverage                               []Watch
	CoverageLeft                           string
}

type htmlCount struct {
	N                 int
	Word, Mark, Level string
}

type htmlSection struct {
	Word   string
	Groups []template.HTML
}

// writeHTML writes one self-contained page. Strings that came from a cluster cannot
// become markup; what does not fit is counted, never cut in the middle.
func writeHTML(w io.Writer, d *Document, o Options) error {
	p := &htmlPage{
		Head: pageHead, Title: "careen: " + plainSummary(d), Taken: o.Taken, Careen: orDash(o.Version),
		Context: orDash(d.Cluster.Context), Server: orDash(d.Cluster.Server), Version: d.Cluster.Version,
		At: d.CompletedAt.Format("2006-01-02 15:04:05Z"), Nothing: "Nothing was found.",
		Counts: htmlCounts(d), Reads: fmt.Sprintf("%d of %d reads complete.", len(d.Coverage)-len(d.incomplete), len(d.Coverage)),
	}
	if d.Partial() {
		p.Nothing = "Nothing was found, but not everything could be looked at."
	}
	if err := p.findings(d, o); err != nil {
		return err
	}
	p.Changes, p.ChangesLeft = firstOf(d.Changes, pageChanges, "change")
	p.Coverage, p.CoverageLeft = firstOf(d.Coverage, pageReads, "read")
	unseen, left := firstOf(d.incomplete, pageReads, "read")
	for _, u := range unseen {
		p.Unseen = append(p.Unseen, u.String())
	}
	if left != "" {
		p.Unseen = append(p.Unseen, left)
	}
	return pageTemplate.ExecuteTemplate(w, "page", p)
}

// firstOf are the first n of a list, and what is to be said of the rest.
func firstOf[T any](list []T, n int, noun string) (first []T, left string) {
	if len(list) <= n {
		return list, ""
	}
	return list[:n], leftOut(len(list)-n, noun)
}

func leftOut(n int, noun string) string {
	return "Left out here: " + text.Counted(n, "more "+noun) + "."
}

// htmlCounts are the numbers of the head, without those that are 0.
func htmlCounts(d *Document) (out []htmlCount) {
	s := d.Summary
	for _, c := range []htmlCount{
		{s.Critical, "critical", "✖", "critical"},
		{s.High, "high", "▲", "high"},
		{s.Medium, "medium", "●", "medium"},
		{s.Low, "low", "·", "low"},
		{s.Unknown, "unknown", "?", "unknown"},
		{s.Known, "known", "", "low"},
	} {
		if c.N > 0 {
			out = append(out, c)
		}
	}
	return out
}

// findings renders the groups by severity, until the page is full.
func (p *htmlPage) findings(d *Document, o Options) error {
	drawer := newHTMLDrawer(d, o)
	size, told := 0, 0
	left := Summary{}
	leaves := 0
	for _, g := range drawer.groups {
		all := append([]*Finding{g.Finding}, g.below...)
		var b bytes.Buffer
		full := told >= pageFindings
		if !full {
			if err := pageTemplate.ExecuteTemplate(&b, "group", drawer.group(g)); err != nil {
				return err
			}
			full = size+b.Len() > pageBytes
		}
		if full {
			leaves += len(all)
			for _, f := range all {
				left.count(f)
			}
			continue
		}
		size, told = size+b.Len(), told+len(all)
		word := sectionWord(g)
		if n := len(p.Sections); n == 0 || p.Sections[n-1].Word != word {
			p.Sections = append(p.Sections, htmlSection{Word: word})
		}
		section := &p.Sections[len(p.Sections)-1]
		section.Groups = append(section.Groups, template.HTML(b.String())) //nolint:gosec // rendered by the template above
	}
	if leaves > 0 {
		p.Left = fmt.Sprintf("%s left out of this page: %s. careen audit -o json has all.", text.Counted(leaves, "finding"), plainSummary(&Document{Summary: left}))
	}
	return nil
}

// sectionWord is the heading above a group: how severe the severest in it is.
func sectionWord(g group) string {
	worst := g.worst()
	if worst.Grade == finding.Unknown {
		return "Unknown"
	}
	word := worst.Severity.String()
	return strings.ToUpper(word[:1]) + word[1:]
}

package report

import (
	_ "embed" // the page
	"html/template"
	"io"
	"strings"

	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
)

//go:embed page/many.html
var manyText string

var manyTemplate = template.Must(template.New("").Parse(manyText))

// The bounds of a page of many clusters.
const (
	manyCauses = 500
	manyFacts  = 10 // of one cause
	manyLooks  = 500
)

// manyPage is what the template draws.
type manyPage struct {
	Head                         template.HTML
	Title, Careen, Left, Nothing string
	Counts                       []htmlCount
	Causes                       []manyCause
	Looks                        []manyLook
}

// manyCause is a cause, and the clusters that have it.
type manyCause struct {
	Mark, Word, Level, Probe, Subject, Where, Summary, Grade, Since, Known, ID string
	Clusters                                                                   []string
	Facts                                                                      []htmlFact
}

// manyLook is a cluster.
type manyLook struct{ Name, Server, At, Found, Read string }

// writeHTMLList writes many clusters as one self-contained page.
func writeHTMLList(w io.Writer, l *List, o Options) error {
	total := &Document{Summary: l.Total()}
	p := manyPage{
		Head: pageHead, Title: "careen: " + plainSummary(total) + " in " + l.counted(), Careen: orDash(o.Version), Counts: htmlCounts(total), Nothing: "Nothing was found.",
	}
	if l.partial() {
		p.Nothing = "Nothing was found, but not everything could be looked at."
	}
	list, left := firstOf(l.shared(), manyCauses, "cause")
	for _, s := range list {
		p.Causes = append(p.Causes, causeOf(s))
	}
	items, more := firstOf(l.Items, manyLooks, "cluster")
	for _, d := range items {
		p.Looks = append(p.Looks, lookOf(d))
	}
	p.Left = strings.TrimSpace(left + " " + more)
	return manyTemplate.Execute(w, p)
}

func causeOf(s *shared) manyCause {
	c := manyCause{
		Mark: []string{"✖", "▲", "●", "·", "?"}[markIndex(s.Finding)], Word: levelWord(s.Finding), Level: s.Severity.String(), Probe: string(s.Probe),
		Subject: s.subject(), Where: s.list(3), Summary: sanitize.Line(s.Summary, pageValue), Grade: s.Grade.String(), Known: s.Known, ID: string(s.ID),
		Clusters: s.clusters(),
	}
	for _, e := range s.Evidence[:min(len(s.Evidence), manyFacts)] {
		c.Facts = append(c.Facts, factOf(e))
	}
	if isUnknown(s.Finding) > 0 {
		c.Level = "unknown"
	}
	if s.Since != nil {
		c.Since = s.Since.Format("2006-01-02 15:04:05Z")
	}
	return c
}

func lookOf(d *Document) manyLook {
	look := manyLook{d.name(), strings.TrimSpace(d.Cluster.Server + " " + d.Cluster.Version), d.CompletedAt.Format("2006-01-02 15:04:05Z"), d.Summary.words(), d.reads()}
	if len(d.Cluster.Also) > 0 {
		look.Name += " (also " + text.Joined(d.Cluster.Also, shownClusters) + ")"
	}
	switch {
	case d.failed:
		look.Found, look.Read = "", d.Message
	case look.Found == "":
		look.Found = "nothing"
	}
	return look
}

package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// hostile is text that would be markup, a script or a request where it is not escaped.
const hostile = `</title></style></svg><script>alert(1)</script><img src=//evil.example/x onerror=alert(1)> url(//evil.example) {{.}} "' --><`

// drawn is a look with a graph: a Deployment, what it makes and refers to, one of that
// absent, a suspect, and names that try to be markup.
func drawn() *engine.Report {
	at := time.Date(2026, 1, 2, 14, 0, 0, 0, time.UTC)
	meta := func(kind model.Kind, name string, refs ...model.Reference) model.Meta {
		return model.Meta{Kind: kind, Namespace: "shop", Name: name, UID: "uid-" + string(kind) + name, Refs: refs, Created: at}
	}
	to := func(typ model.EdgeType, kind model.Kind, name string) model.Reference {
		return model.Reference{Type: typ, To: model.Ref{Kind: kind, Namespace: "shop", Name: name}, Path: "spec.x"}
	}
	config := &model.ConfigMap{Meta: meta(model.KindConfigMap, hostile)}
	config.Writes = []model.Write{{Manager: "kubectl<b>", Time: at.Add(time.Hour), Data: true}}
	deploy := &model.Workload{
		Meta:  meta(model.KindDeployment, "web", to(model.EdgeEnvFrom, model.KindConfigMap, hostile), to(model.EdgeAccount, model.KindServiceAccount, "gone")),
		Ready: 0, Desired: 2,
	}
	set := &model.Workload{Meta: meta(model.KindReplicaSet, "web-1", to(model.EdgeEnvFrom, model.KindConfigMap, hostile)), Desired: 2}
	set.Owners = []model.Owner{{Kind: model.KindDeployment, Name: "web", UID: deploy.UID, Controller: true}}
	tables := map[model.Kind]model.Table{
		model.KindDeployment: {deploy}, model.KindReplicaSet: {set}, model.KindConfigMap: {config},
	}
	snap := sample().Snapshot
	snap.Spaces = map[string]*model.Space{"shop": model.NewSpace("shop", 1, tables)}
	snap.Coverage = append(snap.Coverage, model.Watch{Kind: model.KindServiceAccount, Resource: "serviceaccounts", State: model.Live})
	r := engine.Look(snap, nil, probes.Defaults, at.Add(2*time.Hour))
	cause := &finding.Finding{
		Probe: probes.ServiceAccountMissing.ID, Subject: deploy.Ref(), Severity: finding.Critical, Grade: finding.Proved,
		Summary: "Account gone does not exist. " + hostile, Since: at.Add(time.Hour + time.Minute),
		Evidence: []finding.Evidence{{Ref: model.Ref{Kind: model.KindServiceAccount, Namespace: "shop", Name: "gone"}, Path: hostile, Value: hostile + "\n" + hostile, Note: hostile}},
		Fixes: []finding.Fix{{
			ID: "create", Title: "Create it " + hostile, Risk: finding.Safe, Undo: hostile, Note: hostile, Proof: finding.Proof{Text: hostile},
			Steps: []finding.Step{{Verb: "create", Ref: deploy.Ref(), Summary: hostile}},
		}},
		Withheld: []finding.Withheld{{Fix: "x", Title: hostile, Why: hostile}},
	}
	symptom := &finding.Finding{
		Probe: probes.ReleaseStuck.ID, Subject: model.Ref{Kind: model.KindRelease, Namespace: hostile, Name: hostile}, Slot: hostile,
		Severity: finding.High, Grade: finding.Inferred, Summary: hostile, Causes: []finding.ID{cause.ID()},
	}
	r.Findings = []*finding.Finding{cause, symptom}
	return r
}

// elements are those of a page.
func elements(t *testing.T, page string) (list []*html.Node) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			list = append(list, n)
		}
	}
	return list
}

// attributes that load something, or lead somewhere.
var loading = []string{"src", "srcset", "href", "xlink:href", "action", "formaction", "data", "poster", "background", "ping", "cite", "style"}

// complaints are what of a page is no part of it: elements that its template does not
// have, and whatever leads out of it.
func complaints(t *testing.T, page string) (out []string) {
	t.Helper()
	own := strings.Fields(`html head meta style title body header h1 p code ul li main section h2 article details summary span h3 h4 div
		table thead tbody tr th td a ol strong figure figcaption svg g path polygon text rect footer`)
	for _, n := range elements(t, page) {
		if !slices.Contains(own, n.Data) {
			out = append(out, "an element "+n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case slices.Contains(loading, a.Key) && !strings.HasPrefix(a.Val, "#"), strings.HasPrefix(a.Key, "on"):
				out = append(out, n.Data+" has "+a.Key+"="+a.Val)
			case strings.Contains(strings.ToLower(a.Val), "url("):
				out = append(out, n.Data+" refers to "+a.Val)
			}
		}
		if n.Data == "style" && (n.FirstChild == nil || n.FirstChild.Data != pageStyle || strings.Contains(pageStyle, "url(") || strings.Contains(pageStyle, "@import")) {
			out = append(out, "a style that is not the page's own, or loads something")
		}
	}
	return out
}

func TestPages(t *testing.T) {
	for name, r := range map[string]*engine.Report{"drawn": drawn(), "outage": outage()} {
		golden.Equal(t, filepath.Join("testdata", name+".html"), string(render(t, "html", document(r, 0))))
	}
}

func TestAPageHoldsNothingButItself(t *testing.T) {
	for name, d := range map[string]*Document{"drawn": document(drawn(), 0), "mixed": mixed(), "empty": document(&engine.Report{Snapshot: &model.Snapshot{}}, 0)} {
		page := string(render(t, "html", d))
		for _, c := range complaints(t, page) {
			t.Errorf("%s: %s", name, c)
		}
		if !strings.Contains(page, "<svg") && name == "drawn" {
			t.Error("nothing is drawn")
		}
	}
	for _, bad := range []string{
		`<script>x</script>`, `<img src="x">`, `<a href="http://x">x</a>`, `<p onclick="x">`, `<p style="background: url(x)">`,
		`<svg><rect fill="url(http://x)"/></svg>`, `<style>@import "x"</style>`, `<link rel="stylesheet" href="x">`, `<iframe></iframe>`,
	} {
		if len(complaints(t, bad)) == 0 {
			t.Errorf("accepted: %s", bad)
		}
	}
}

func TestThePolicyNamesThePagesOwnStyle(t *testing.T) {
	sum := sha256.Sum256([]byte(pageStyle))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	for _, n := range elements(t, string(render(t, "html", mixed()))) {
		for _, a := range n.Attr {
			if a.Key == "content" && strings.HasPrefix(a.Val, want) {
				return
			}
		}
	}
	t.Errorf("no policy begins with %q", want)
}

func TestAPageOfManyFindingsIsBounded(t *testing.T) {
	for name, text := range map[string]string{"short": "It is so.", "long": strings.Repeat("it <is> so ", 5000)} {
		r := drawn()
		node := *r.Findings[0]
		for i := range 5000 {
			f := node
			f.Subject.Name = fmt.Sprintf("web-%04d", i)
			f.Summary = text
			if i%3 == 0 {
				f.Causes = []finding.ID{node.ID()}
			}
			r.Findings = append(r.Findings, &f)
		}
		page := string(render(t, "html", document(r, 0)))
		if len(page) > pageBytes+(1<<20) {
			t.Errorf("%s: %d bytes", name, len(page))
		}
		articles := 0
		for _, n := range elements(t, page) {
			if n.Data == "article" {
				articles++
			}
		}
		if articles == 0 || articles > pageFindings+pageBelow || !strings.Contains(page, "left out of this page: ") {
			t.Errorf("%s: %d are told in full, and the page does not say what is left out", name, articles)
		}
	}
}

func TestWhatLinksWithinAPageLeadsSomewhere(t *testing.T) {
	list := elements(t, string(render(t, "html", document(drawn(), 0))))
	ids := map[string]bool{}
	links := 0
	for _, n := range list {
		for _, a := range n.Attr {
			if a.Key == "id" {
				ids[a.Val] = true
			}
		}
	}
	for _, n := range list {
		for _, a := range n.Attr {
			if a.Key == "href" {
				links++
				if !ids[strings.TrimPrefix(a.Val, "#")] {
					t.Errorf("%s leads nowhere", a.Val)
				}
			}
		}
	}
	if links == 0 {
		t.Error("no cause is linked")
	}
}

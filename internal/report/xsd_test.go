package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// grammar is as much of XML Schema as junit-10.xsd uses: elements of a sequence or
// a repeated choice of references, string attributes, mixed content.
type grammar struct {
	Elements []element `xml:"element"`
}

type element struct {
	Name string `xml:"name,attr"`
	Type string `xml:"type,attr"`
	Body struct {
		Mixed      bool       `xml:"mixed,attr"`
		Sequence   []particle `xml:"sequence>element"`
		Choice     []particle `xml:"choice>element"`
		Attributes []struct {
			Name string `xml:"name,attr"`
			Use  string `xml:"use,attr"`
		} `xml:"attribute"`
	} `xml:"complexType"`
}

type particle struct {
	Ref string `xml:"ref,attr"`
	Max string `xml:"maxOccurs,attr"`
}

type node struct {
	Name     xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

func (n *node) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	n.Name, n.Attrs = start.Name, start.Attr
	for {
		t, err := d.Token()
		switch t := t.(type) {
		case xml.StartElement:
			var c node
			if err := c.UnmarshalXML(d, t); err != nil {
				return err
			}
			n.Children = append(n.Children, c)
		case xml.CharData:
			n.Text += string(t)
		case xml.EndElement:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (g *grammar) check(n *node) error {
	i := slices.IndexFunc(g.Elements, func(e element) bool { return e.Name == n.Name.Local })
	if i < 0 {
		return fmt.Errorf("<%s> is no element of the schema", n.Name.Local)
	}
	e := g.Elements[i]
	if e.Type != "" {
		if len(n.Children)+len(n.Attrs) > 0 {
			return fmt.Errorf("<%s> holds text only", e.Name)
		}
		return nil
	}
	if !e.Body.Mixed && strings.TrimSpace(n.Text) != "" {
		return fmt.Errorf("<%s> holds no text, has %q", e.Name, n.Text)
	}
	for _, a := range n.Attrs {
		if !slices.ContainsFunc(e.Body.Attributes, func(x struct {
			Name string `xml:"name,attr"`
			Use  string `xml:"use,attr"`
		},
		) bool {
			return x.Name == a.Name.Local
		}) {
			return fmt.Errorf("<%s> has no attribute %s", e.Name, a.Name.Local)
		}
	}
	for _, want := range e.Body.Attributes {
		if want.Use == "required" && !slices.ContainsFunc(n.Attrs, func(a xml.Attr) bool { return a.Name.Local == want.Name }) {
			return fmt.Errorf("<%s> lacks the attribute %s", e.Name, want.Name)
		}
	}
	at, count := 0, 0
	for i := range n.Children {
		name := n.Children[i].Name.Local
		if len(e.Body.Choice) > 0 {
			if !slices.ContainsFunc(e.Body.Choice, func(p particle) bool { return p.Ref == name }) {
				return fmt.Errorf("<%s> stands in <%s>", name, e.Name)
			}
		} else {
			for at < len(e.Body.Sequence) && e.Body.Sequence[at].Ref != name {
				at, count = at+1, 0
			}
			if at == len(e.Body.Sequence) {
				return fmt.Errorf("<%s> stands in <%s>, or not in its order", name, e.Name)
			}
			if count++; count > 1 && e.Body.Sequence[at].Max != "unbounded" {
				return fmt.Errorf("<%s> stands twice in <%s>", name, e.Name)
			}
		}
		if err := g.check(&n.Children[i]); err != nil {
			return err
		}
	}
	return nil
}

func checkJUnit(t *testing.T, doc []byte) error {
	t.Helper()
	schema := filepath.Join("testdata", "schema", "junit-10.xsd")
	raw, err := os.ReadFile(schema)
	if err != nil {
		t.Fatal(err)
	}
	var g grammar
	if err := xml.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	var root node
	if err := xml.Unmarshal(doc, &root); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := g.check(&root); err != nil {
		return err
	}
	if lint, err := exec.LookPath("xmllint"); err == nil {
		cmd := exec.CommandContext(t.Context(), lint, "--noout", "--schema", schema, "-")
		cmd.Stdin = strings.NewReader(string(doc))
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("xmllint: %w: %s", err, out)
		}
	}
	return nil
}

func TestTheSchemaCheckRefusesWhatIsNoJUnit(t *testing.T) {
	for _, doc := range []string{
		`<report/>`,
		`<testsuites colour="red"/>`,
		`<testsuites><testsuite name="a" tests="1" failures="0"/></testsuites>`,
		`<testsuites><testcase name="a"/></testsuites>`,
		`<testsuites>words</testsuites>`,
		`<testsuites><testsuite name="a" tests="1" failures="0" errors="0"><testcase name="b"><failure/><skipped/></testcase></testsuite></testsuites>`,
		`<testsuites><testsuite name="a" tests="1" failures="0" errors="0"><testcase name="b"><skipped/><skipped/></testcase></testsuite></testsuites>`,
	} {
		if checkJUnit(t, []byte(doc)) == nil {
			t.Errorf("accepted: %s", doc)
		}
	}
}

package report

import (
	"fmt"
	"strings"
	"text/template/parse"

	"github.com/careen-tui/careen/internal/template"
)

// rawHTML is text of a page that is markup already. Everything else becomes text.
type rawHTML string

// pageOf parses the templates of a page, and has every action in them escape what it
// writes. Go's html/template would do so as well, and knows scripts, styles and addresses
// besides; but it calls methods by their names, and the linker would keep them all
// (package template). What is written by an action must therefore stand between elements
// or within double quotes, in no attribute that is a script, a style or a whole address:
// TestPagesWriteWhereEscapingIsEnough holds the pages to it, and
// TestPagesAreWhatHTMLTemplateMakes compares.
func pageOf(text string) *template.Template {
	t, err := template.New("").Funcs(template.FuncMap{escape: escaped}).Parse(text)
	if err != nil {
		panic(err) // it is embedded
	}
	for _, each := range t.Templates() {
		escapeActions(each.Root)
	}
	return t
}

const escape = "careen_escaped"

// escapeActions has every action below a node end in escaped.
func escapeActions(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, each := range n.Nodes {
			escapeActions(each)
		}
	case *parse.IfNode:
		escapeActions(n.List)
		escapeActions(n.ElseList)
	case *parse.WithNode:
		escapeActions(n.List)
		escapeActions(n.ElseList)
	case *parse.RangeNode:
		escapeActions(n.List)
		escapeActions(n.ElseList)
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 {
			call := &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{parse.NewIdentifier(escape).SetPos(n.Pos)}}
			n.Pipe.Cmds = append(n.Pipe.Cmds, call)
		}
	}
}

// references are the characters that mean something in markup, and what stands for them.
var references = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")

func escaped(v any) string {
	if m, ok := v.(rawHTML); ok {
		return string(m)
	}
	return references.Replace(fmt.Sprint(v))
}

package mutants

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// Site is a condition, or an operand of one.
type Site struct {
	ID     int // from 1
	File   string
	Line   int
	Text   string
	Values []bool // what it is forced to: an operand of && is only dropped, since false is what makes the whole false
}

const cond = "mutants_.Cond"

// Rewrite returns a file in which each condition is a call of [Cond], and the sites, whose
// numbers begin after that of the last of before. Lines stay what they are.
//
// A condition is what if, for and a case of a switch without a tag decide by, what a
// function returns as a bool, and every comparison, negation and operand of && and ||.
func Rewrite(name string, source []byte, before int) (out []byte, sites []Site, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", name, err)
	}
	r := &rewriter{name: name, source: source, fset: fset, before: before, done: map[ast.Expr]bool{}}
	ast.Inspect(file, r.visit)
	if len(r.sites) == 0 {
		return source, nil, nil
	}
	r.insert(file.Name.End(), `; import mutants_ "github.com/careen-tui/careen/internal/mutants"`)
	return r.text(), r.sites, nil
}

type insertion struct {
	at   int
	text string
}

type rewriter struct {
	name    string
	source  []byte
	fset    *token.FileSet
	before  int
	done    map[ast.Expr]bool
	sites   []Site
	inserts []insertion
}

// visit comes to what holds a condition before it comes to the condition.
func (r *rewriter) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok != token.CONST
	case *ast.IfStmt:
		r.whole(n.Cond)
	case *ast.ForStmt:
		r.whole(n.Cond)
	case *ast.SwitchStmt:
		if n.Tag == nil {
			for _, clause := range n.Body.List {
				if c, ok := clause.(*ast.CaseClause); ok {
					r.all(c.List)
				}
			}
		}
	case *ast.FuncDecl:
		r.returns(n.Type, n.Body)
	case *ast.FuncLit:
		r.returns(n.Type, n.Body)
	case *ast.BinaryExpr:
		if decides(n) {
			r.whole(n)
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			r.whole(n)
		}
	}
	return true
}

func decides(e *ast.BinaryExpr) bool {
	return slices.Contains([]token.Token{token.LAND, token.LOR, token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ}, e.Op)
}

func (r *rewriter) all(list []ast.Expr) {
	for _, e := range list {
		r.whole(e)
	}
}

// returns takes what a function returns as a bool.
func (r *rewriter) returns(of *ast.FuncType, body *ast.BlockStmt) {
	if of.Results == nil || body == nil {
		return
	}
	var bools []bool
	for _, field := range of.Results.List {
		id, ok := field.Type.(*ast.Ident)
		for range max(1, len(field.Names)) {
			bools = append(bools, ok && id.Name == "bool")
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for i, e := range n.Results {
				if len(n.Results) == len(bools) && bools[i] {
					r.whole(e)
				}
			}
		}
		return true
	})
}

// whole takes a condition, and what it is made of.
func (r *rewriter) whole(e ast.Expr) {
	if e == nil || r.done[ast.Unparen(e)] {
		return
	}
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && (id.Name == "true" || id.Name == "false") {
		return
	}
	r.site(e, true, false)
	r.parts(e)
}

// parts takes the operands of a condition that is taken itself, or whose negation is.
func (r *rewriter) parts(e ast.Expr) {
	e = ast.Unparen(e)
	r.done[e] = true
	switch e := e.(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			r.parts(e.X)
		}
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			for _, o := range r.operands(e, e.Op) {
				r.site(o, e.Op == token.LAND)
				r.parts(o)
			}
		}
	}
}

// operands are those of a chain of one operator.
func (r *rewriter) operands(e ast.Expr, op token.Token) []ast.Expr {
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && b.Op == op {
		r.done[b] = true
		return append(r.operands(b.X, op), r.operands(b.Y, op)...)
	}
	return []ast.Expr{e}
}

func (r *rewriter) site(e ast.Expr, values ...bool) {
	from, to := r.fset.Position(e.Pos()), r.fset.Position(e.End())
	s := Site{ID: r.before + len(r.sites) + 1, File: r.name, Line: from.Line, Values: values}
	s.Text = strings.Join(strings.Fields(string(r.source[from.Offset:to.Offset])), " ")
	r.sites = append(r.sites, s)
	r.insert(e.Pos(), fmt.Sprintf("%s(%d, ", cond, s.ID))
	r.insert(e.End(), ")")
}

func (r *rewriter) insert(at token.Pos, text string) {
	r.inserts = append(r.inserts, insertion{r.fset.Position(at).Offset, text})
}

// text is the source with all that is inserted: what was inserted first stands first, which
// is right for what opens, and makes no difference for what closes.
func (r *rewriter) text() []byte {
	slices.SortStableFunc(r.inserts, func(a, b insertion) int { return a.at - b.at })
	var b bytes.Buffer
	at := 0
	for _, i := range r.inserts {
		b.Write(r.source[at:i.at])
		b.WriteString(i.text)
		at = i.at
	}
	b.Write(r.source[at:])
	return b.Bytes()
}

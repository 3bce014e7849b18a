package probes_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestAbsenceIsAsked holds that no probe says by itself that something is not there:
// a row that was not read is nil as well. Pass.Absent and Pass.Unused know the
// difference.
func TestAbsenceIsAsked(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "absence.go" {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			b, ok := n.(*ast.BinaryExpr)
			if !ok || b.Op != token.EQL || !isNil(b.Y) || !reads(b.X) {
				return true
			}
			t.Errorf("%s: a row compared with nil: ask Pass.Absent", fset.Position(b.Pos()))
			return true
		})
	}
}

func isNil(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "nil"
}

// reads reports whether an expression is a call that looks a row up.
func reads(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (sel.Sel.Name == "Row" || sel.Sel.Name == "Release")
}

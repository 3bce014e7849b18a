package catalogue

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
)

// TestAnIDIsAStringInItsDeclarationAlone reads every Go file of the module. In what is
// built, a string that is the id of a probe, or begins a finding's id with it, may
// stand once: where the probe is declared. In tests, which cite ids as scripts and
// screens do, no finding is made of a string, and none is compared with one.
func TestAnIDIsAStringInItsDeclarationAlone(t *testing.T) {
	root := filepath.Join("..", "..")
	declared := map[finding.ProbeID]token.Position{}
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "testdata" || path != root && strings.HasPrefix(name, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		test := strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test")
		s := idStrings{t: t, files: files, declared: declared, test: test}
		ast.Inspect(file, s.visit)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range IDs() {
		if _, ok := declared[id]; !ok {
			t.Errorf("%s: its declaration was not found, so this test looks at too little", id)
		}
	}
}

type idStrings struct {
	t        *testing.T
	files    *token.FileSet
	declared map[finding.ProbeID]token.Position
	test     bool
}

func (s idStrings) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr: // Probe: "release-stuck"
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Probe" {
			s.refuse(n.Value)
		}
	case *ast.BinaryExpr: // f.Probe == "release-stuck"
		if isProbeField(n.X) {
			s.refuse(n.Y)
		}
	case *ast.CallExpr: // finding.IDOf("release-stuck", ...)
		if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "IDOf" {
			s.refuse(n.Args[0])
		}
	case *ast.BasicLit:
		s.literal(n)
	}
	return true
}

func isProbeField(e ast.Expr) bool {
	f, ok := e.(*ast.SelectorExpr)
	return ok && f.Sel.Name == "Probe"
}

// refuse refuses an id where a finding gets one. In what is built that holds for an id
// that nothing declares as well: it is misspelt, or its probe does not exist. (A single
// word is left alone: the interface makes up findings to plan by.) Tests of what holds
// for any probe may make up ids.
func (s idStrings) refuse(e ast.Expr) {
	text, ok := stringOf(e)
	if _, known := Find(finding.ProbeID(text)); ok && (known || !s.test && strings.Contains(text, "-")) {
		s.t.Errorf("%s: %q: name the probe by its value", s.files.Position(e.Pos()), text)
	}
}

func (s idStrings) literal(lit *ast.BasicLit) {
	text, ok := stringOf(lit)
	if !ok || s.test {
		return
	}
	id, _, _ := strings.Cut(text, ":")
	e, ok := Find(finding.ProbeID(id))
	if !ok {
		return
	}
	at := s.files.Position(lit.Pos())
	if first, again := s.declared[e.ID]; again || text != id {
		s.t.Errorf("%s: %q is the id of a probe that is declared at %s: name the probe by its value", at, text, first)
		return
	}
	s.declared[e.ID] = at
}

func stringOf(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

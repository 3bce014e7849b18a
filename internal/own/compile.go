package own

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/own/objects"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
)

// compiled is a rule that can be run.
type compiled struct {
	kind  model.Kind
	offer objects.Offer
	when  program
	said  program // zero where the message is a text
	text  string  // of the message
	title string
	facts []fact

	native types.Adapter

	related []model.Kind // that it looks at
	beside  bool         // all of them in the namespace of the object
	timed   bool         // it reads now
}

// program is a compiled expression; zero where there is none.
type program struct {
	cel.Program
	source string
}

// fact is a path of the object that is shown as evidence.
type fact struct {
	path  string
	value program
}

func compile(r Rule, kind model.Kind, offer objects.Offer) (*compiled, error) {
	c := &compiled{kind: kind, offer: offer, text: r.Message.Value, title: r.Title.Value, beside: true}
	var err error
	if c.when, err = c.expression(r.When, cel.BoolType); err != nil {
		return nil, err
	}
	if r.Said.Value != "" {
		if c.said, err = c.expression(r.Said, cel.StringType); err != nil {
			return nil, err
		}
	}
	for _, path := range r.Evidence {
		value, err := c.expression(within(path), nil)
		if err != nil {
			return nil, err
		}
		c.facts = append(c.facts, fact{path.Value, value})
	}
	return c, nil
}

// within is a path as an expression: below the object, with the places of the path.
func within(path Text) Text {
	const before = object + "."
	return Text{before + path.Value, func(line, column int) string {
		if line == 1 {
			column = max(1, column-len(before))
		}
		return path.At(line, column)
	}}
}

// expression compiles a text whose value has that type; nil for any.
func (c *compiled) expression(t Text, want *cel.Type) (program, error) {
	env, err := environment(c.offer.Type)
	if err != nil {
		return program{}, t.Wrong("%s", err)
	}
	c.native = env.CELTypeAdapter()
	tree, issues := env.Compile(t.Value)
	if list := issues.Errors(); len(list) > 0 {
		first := list[0]
		return program{}, t.wrongAt(first.Location.Line(), first.Location.Column()+1, "%s", plainIssue(first.Message, c.offer))
	}
	if want != nil && !tree.OutputType().IsExactType(want) {
		return program{}, t.Wrong("it must be a %s, and is a %s", want, tree.OutputType())
	}
	c.reads(tree.NativeRep().Expr())
	p, err := env.Program(tree, cel.EvalOptions(cel.OptTrackCost), cel.CostTracking(prices{}), cel.CostLimit(maxCost))
	if err != nil {
		return program{}, t.Wrong("%s", err)
	}
	return program{p, t.Value}, nil
}

// missing matches how the checker words a field that there is none of.
var missing = regexp.MustCompile(`^undefined field '([^']*)'$`)

// plainIssue is what the compiler says, with the field that may have been meant.
func plainIssue(said string, offer objects.Offer) string {
	said = strings.ReplaceAll(said, looked, "related")
	if m := missing.FindStringSubmatch(said); m != nil {
		return "there is no field " + m[1] + text.DidYouMean(m[1], objects.FieldNames(offer.Type)) + " (what careen keeps of an object is listed in docs/own-probes.md)"
	}
	return strings.TrimPrefix(said, "Syntax error: ")
}

// reads notes what an expression looks at beside its object.
func (c *compiled) reads(e ast.Expr) {
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			c.timed = c.timed || e.AsIdent() == now
		case ast.CallKind:
			call := e.AsCall()
			kind, ok := strings.CutPrefix(call.FunctionName(), relatedTo)
			if !ok {
				return
			}
			args := call.Args()
			if call.FunctionName() == relatedCustom {
				kind = args[1].AsLiteral().Value().(string)
			}
			c.looksAt(model.Kind(kind), args[len(args)-2])
		}
	}))
}

// looksAt notes a kind, and whether its objects are beside the rule's own: then only a
// move of that namespace, or one that concerns it, can change the answer.
func (c *compiled) looksAt(kind model.Kind, namespace ast.Expr) {
	if !slices.Contains(c.related, kind) {
		c.related = append(c.related, kind)
	}
	info := model.Lookup(kind)
	if info.Namespaced {
		c.beside = c.beside && ownNamespace(namespace)
	} else {
		c.beside = c.beside && info.Concerns == model.Everywhere
	}
}

// ownNamespace reports whether an expression is object.metadata.namespace.
func ownNamespace(e ast.Expr) bool {
	for _, field := range []string{"namespace", "metadata"} {
		if e.Kind() != ast.SelectKind || e.AsSelect().FieldName() != field || e.AsSelect().IsTestOnly() {
			return false
		}
		e = e.AsSelect().Operand()
	}
	return e.Kind() == ast.IdentKind && e.AsIdent() == object
}

// uses are the kinds that the rule looks at beside its own.
func (c *compiled) uses() (out []model.Kind) {
	for _, k := range c.related {
		if k = model.Lookup(k).Kind; k != model.Lookup(c.kind).Kind && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// scope is a namespace at a time where the rule looks no further.
func (c *compiled) scope() probes.Scope {
	if model.Lookup(c.kind).Namespaced && c.beside {
		return probes.Namespace
	}
	return probes.Cluster
}

// grade is how well the rule knows what it finds: what stands in the object itself is
// proved by it.
func (c *compiled) grade() finding.Grade {
	if len(c.related) > 0 {
		return finding.Inferred
	}
	return finding.Proved
}

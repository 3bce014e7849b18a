package own

import (
	"reflect"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/own/objects"
)

// The names of what a rule reads. The last cannot be written in one.
const (
	object = "object"
	now    = "now"
	looked = "@look"
)

// relatedTo begins the names of the functions that related becomes, one for each kind, so
// that fields of what it returns are checked as well. Of custom resources there is one.
const (
	relatedTo     = "@related_"
	relatedCustom = "@related_custom"
)

// The bounds of what is written.
const (
	maxExpression = 8 << 10 // characters
	maxNesting    = 50
)

// language is the environment that all rules share, but for the type of their object.
var language = sync.OnceValues(func() (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.StdLib(),
		ext.Bindings(),
		cel.Macros(cel.GlobalMacro("related", 3, related)),
		cel.Variable(now, cel.TimestampType),
		cel.Variable(looked, lookType),
		cel.Function("quantity", cel.Overload("quantity_string", []*cel.Type{cel.StringType}, cel.DoubleType, cel.UnaryBinding(quantity))),
		cel.ParserExpressionSizeLimit(maxExpression),
		cel.ParserRecursionLimit(maxNesting),
		function(relatedCustom, typeOf(custom().Type), cel.StringType),
	}
	native := []any{types.ParseStructTag("json")}
	for _, t := range objects.Types() {
		native = append(native, t)
	}
	for _, k := range objects.Kinds() {
		o, _ := objects.For(k)
		options = append(options, function(relatedTo+string(k), typeOf(o.Type)))
	}
	return cel.NewCustomEnv(append([]cel.EnvOption{ext.NativeTypes(native...)}, options...)...)
})

// custom is how custom resources are offered.
func custom() objects.Offer {
	o, _ := objects.For("Any.example.com")
	return o
}

// environments hold the language for rules about each type, as functions that make it
// once: making one copies every declaration, which takes longer than to compile a rule.
var environments sync.Map

// environment is the language for rules about a type.
func environment(of reflect.Type) (*cel.Env, error) {
	made, _ := environments.LoadOrStore(of, sync.OnceValues(func() (*cel.Env, error) {
		base, err := language()
		if err != nil {
			return nil, err
		}
		return base.Extend(cel.Variable(object, typeOf(of)))
	}))
	return made.(func() (*cel.Env, error))()
}

func typeOf(t reflect.Type) *cel.Type { return cel.ObjectType("objects." + t.Name()) }

// function declares what related becomes: what was looked at, the kind where the name
// does not say it, a namespace and a name.
func function(name string, result *cel.Type, more ...*cel.Type) cel.EnvOption {
	arguments := append(append([]*cel.Type{lookType}, more...), cel.StringType, cel.StringType)
	return cel.Function(name, cel.Overload(name+"_overload", arguments, result, cel.FunctionBinding(func(args ...ref.Val) ref.Val {
		l, ok := args[0].(*look)
		kind := model.Kind(strings.TrimPrefix(name, relatedTo))
		if name == relatedCustom {
			word, _ := args[1].(types.String)
			kind, args = model.Kind(word), args[1:]
		}
		namespace, isText := args[1].(types.String)
		called, too := args[2].(types.String)
		if !ok || !isText || !too {
			return types.MaybeNoSuchOverloadErr(args[1])
		}
		return l.related(model.Ref{Kind: kind, Namespace: string(namespace), Name: string(called)})
	})))
}

// related is the macro: the kind is known when a rule is compiled.
func related(to cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	word := ""
	if args[0].Kind() == ast.LiteralKind {
		word, _ = args[0].AsLiteral().Value().(string)
	}
	if word == "" {
		return nil, to.NewError(args[0].ID(), `the kind must stand here as a text in quotes: related("Secret", namespace, name)`)
	}
	kind := model.Kind(word)
	if _, ok := objects.For(kind); !ok {
		return nil, to.NewError(args[0].ID(), noKind(word))
	}
	if kind.IsCustom() {
		return to.NewCall(relatedCustom, to.NewIdent(looked), args[0], args[1], args[2]), nil
	}
	return to.NewCall(relatedTo+word, to.NewIdent(looked), args[1], args[2]), nil
}

// quantity is the number that a quantity of Kubernetes stands for: "500m" is 0.5.
func quantity(arg ref.Val) ref.Val {
	word, ok := arg.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(arg)
	}
	q, err := resource.ParseQuantity(string(word))
	if err != nil {
		return types.NewErr("%q is not a quantity", string(word))
	}
	return types.Double(q.AsApproximateFloat64())
}

package own

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/own/objects"
)

const pageHead = `# Probes of your own

Rules in [CEL](https://cel.dev) over Kubernetes objects, under ` + "`probes:`" + ` of the configuration file. They run in the same
engine as careen's own probes: namespace by namespace, on change, in the interface, in every report, in ` + "`--probe`" + ` and
` + "`--skip-probe`" + `, waivers, SARIF rules and the role of ` + "`careen probes --rbac`" + `.
[examples/own-probes.yaml](examples/own-probes.yaml) has three that are of use.

| field | is |
|---|---|
| ` + "`id`" + ` | word-word, by which it is chosen and waived |
| ` + "`title`" + `, ` + "`doc`" + ` | a line; the rest of its page, in Markdown |
| ` + "`kind`" + ` | of the objects that it is about; a custom resource with its group: ` + "`Widget.example.com`" + ` |
| ` + "`severity`" + ` | critical, high, medium or low |
| ` + "`when`" + ` | CEL: true for an object that is to be found |
| ` + "`message`" + ` or ` + "`messageExpression`" + ` | what is said of it: a text, or CEL that makes one |
| ` + "`evidence`" + ` | paths below the object whose values are shown |

A rule reads

- ` + "`object`" + `: the object, with the fields below;
- ` + "`related(\"Kind\", namespace, name)`" + `: another object, or ` + "`null`" + ` where it does not exist. The kind stands there in quotes. Where it may
  not be read, what depends on it is *unknown*, and said so;
- ` + "`now`" + `: the time. A rule that reads it is run again each minute;
- ` + "`quantity(\"500m\")`" + `: the number that a quantity stands for;
- the standard functions and macros of CEL, and ` + "`cel.bind`" + `. Functions whose result can be much larger than what they are
  given (` + "`replace`, `format`, `join`" + `) are left out.

**What it is checked for.** A configuration is read when careen starts: a field that careen does not keep, a type that does not
fit, a kind that there is none of is an error with line and column. ` + "`careen probes test FILE...`" + ` holds the probes against fixtures.

**How well it knows.** What stands in the object itself is *proved*; a rule that looks at others is *inferred*. It carries no fix.

**What it may cost.** An evaluation is held to %d units of cost of CEL, a run over a namespace to %d and %d more for each
object; an expression to %d characters. Of one probe at most %d findings are listed, the rest is counted. A rule that fails
or costs too much is one finding of grade *unknown*, and stops nothing else.

**Scope.** A rule runs for a namespace when something moved there. One that looks into another namespace than
` + "`object.metadata.namespace`" + `, or at nodes and volumes, runs over the whole cluster when something of those kinds moved.

## What careen keeps

Fields have the names of the API. What is not listed is not read from the cluster, or not kept: no value of a Secret or
ConfigMap, no argument, no value of an environment variable. A field that is not set has its zero value; ` + "`has()`" + ` tells.

`

// TestTheOwnProbesPageIsFresh makes docs/own-probes.md of the types that are offered.
func TestTheOwnProbesPageIsFresh(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, pageHead, maxCost, maxRunCost, eachCost, maxExpression, most)
	kinds := map[reflect.Type][]string{}
	for _, k := range objects.Kinds() {
		o, _ := objects.For(k)
		kinds[o.Type] = append(kinds[o.Type], string(k))
	}
	custom, _ := objects.For(model.Kind("Any.example.com"))
	kinds[custom.Type] = []string{"any custom resource"}
	var shared []reflect.Type
	for _, typ := range objects.Types() {
		fmt.Fprintf(&b, "### %s\n\n", strings.Join(kinds[typ], ", "))
		shared = table(&b, typ, shared)
	}
	b.WriteString("## What several kinds have\n\n")
	for i := 0; i < len(shared); i++ {
		fmt.Fprintf(&b, "### %s\n\n", shared[i].Name())
		shared = table(&b, shared[i], shared)
	}
	golden.Equal(t, filepath.Join("..", "..", "docs", "own-probes.md"), b.String())
}

// common are the types that have a table of their own.
var common = []string{"Meta", "PodSpec", "Container", "Selector", "Condition"}

// table writes the fields of a type, those of nested ones with their paths.
func table(b *strings.Builder, typ reflect.Type, shared []reflect.Type) []reflect.Type {
	b.WriteString("| field | type | |\n|---|---|---|\n")
	var rows func(path string, typ reflect.Type)
	rows = func(path string, typ reflect.Type) {
		for _, f := range reflect.VisibleFields(typ) {
			name := path + f.Tag.Get("json")
			if strings.HasSuffix(name, "-") {
				continue
			}
			word, nested := wordOf(f.Type)
			note := f.Tag.Get("note")
			switch {
			case nested == nil:
				fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, word, note)
			case slices.Contains(common, nested.Name()):
				fmt.Fprintf(b, "| `%s` | [%s](#%s) | %s |\n", name, strings.Replace(word, "object", nested.Name(), 1), strings.ToLower(nested.Name()), note)
				if !slices.Contains(shared, nested) {
					shared = append(shared, nested)
				}
			default:
				if note != "" || nested.NumField() == 0 || f.Type.Kind() == reflect.Pointer && nested.Name() == "Exec" {
					fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, word, note)
				}
				suffix := "."
				if f.Type.Kind() == reflect.Slice {
					suffix = "[]."
				}
				rows(name+suffix, nested)
			}
		}
	}
	rows("", typ)
	b.WriteString("\n")
	return shared
}

// wordOf names a type as CEL does, and returns the struct in it.
func wordOf(typ reflect.Type) (word string, nested reflect.Type) {
	switch typ.Kind() {
	case reflect.Pointer:
		return wordOf(typ.Elem())
	case reflect.Slice:
		word, nested = wordOf(typ.Elem())
		return "list of " + word, nested
	case reflect.Map:
		key, _ := wordOf(typ.Key())
		value, nested := wordOf(typ.Elem())
		return "map of " + key + " to " + value, nested
	case reflect.Struct:
		if typ == reflect.TypeFor[time.Time]() {
			return "timestamp", nil
		}
		return "object", typ
	case reflect.String:
		return "string", nil
	case reflect.Bool:
		return "bool", nil
	default:
		return "int", nil
	}
}

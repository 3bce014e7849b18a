package box

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"helm.sh/helm/v3/pkg/chart"
)

// validation holds values against the schemas of a chart and its dependencies, as
// Helm does (pkg/chartutil/jsonschema.go), but for where a schema may refer to.
type validation struct {
	problems   []string
	references []Reference
}

// maxProblems is how many of them are told.
const maxProblems = 20

func (v *validation) chart(c *chart.Chart, values map[string]any) {
	if c.Schema != nil {
		if err := v.schema(c, values); err != nil && len(v.problems) < maxProblems {
			v.problems = append(v.problems, fmt.Sprintf("%s: %s", c.Name(), err))
		}
	}
	for _, below := range c.Dependencies() {
		switch theirs := values[below.Name()].(type) {
		case nil:
		case map[string]any:
			v.chart(below, theirs)
		default:
			v.problems = append(v.problems, fmt.Sprintf("%s: its values are not a map", below.Name()))
		}
	}
}

// schema holds values against one schema. Where the schema refers out of the chart
// they are not held against it at all.
func (v *validation) schema(c *chart.Chart, values map[string]any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the schema cannot be used: %v", r)
		}
	}()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.Schema))
	if err != nil {
		return err
	}
	loader := &chartFiles{chart: c}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(loader)
	const home = "file:///values.schema.json"
	if err := compiler.AddResource(home, document); err != nil {
		return err
	}
	schema, err := compiler.Compile(home)
	v.references = append(v.references, loader.references...)
	if loader.refused {
		return nil
	}
	if err != nil {
		return err
	}
	var invalid *jsonschema.ValidationError
	if err := schema.Validate(values); errors.As(err, &invalid) {
		unquote(invalid)
		return errors.New(strings.TrimPrefix(invalid.Error(), "jsonschema validation failed with '"+home+"#'\n"))
	} else if err != nil {
		return err
	}
	return nil
}

// unquote takes the values themselves out of an error: a password that is too short
// is not shown.
func unquote(e *jsonschema.ValidationError) {
	const value = "the value"
	switch k := e.ErrorKind.(type) {
	case *kind.Pattern:
		k.Got = value
	case *kind.Format:
		k.Got, k.Err = value, errors.New("its format differs")
	}
	for _, below := range e.Causes {
		unquote(below)
	}
}

// chartFiles loads what a schema refers to, from the chart alone. Helm would take it
// from the network, and from the disk of the machine that runs it.
type chartFiles struct {
	chart      *chart.Chart
	references []Reference
	refused    bool
}

var errOutside = errors.New("it is not in the chart")

func (l *chartFiles) Load(address string) (any, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "urn" { // which Helm takes to allow everything
		return true, nil
	}
	reference := Reference{Chart: l.chart.Name(), URL: address}
	if u.Scheme == "file" && u.Host == "" {
		name := strings.TrimPrefix(path.Clean(u.Path), "/")
		for _, f := range l.chart.Raw {
			if f.Name == name {
				reference.Own = true
				l.references = append(l.references, reference)
				return jsonschema.UnmarshalJSON(bytes.NewReader(f.Data))
			}
		}
	}
	l.refused = true
	l.references = append(l.references, reference)
	return nil, errOutside
}

package render

import (
	"encoding/json"
	"time"

	"github.com/Masterminds/semver/v3"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
)

// methods are those of a type that templates may call: by name, what makes the method
// value of a receiver.
type methods[T any] map[string]func(T) any

func (m methods[T]) of(receiver T, name string) any {
	if method := m[name]; method != nil {
		return method(receiver)
	}
	return nil
}

// methodOf is the table of all methods of all types that a chart's template can come by:
// what Helm puts into its values, and what the functions of templates return. A type that
// is not here has no methods in a template; TestEveryMethodIsInTheTable looks for those.
func methodOf(receiver any, name string) any {
	switch r := receiver.(type) {
	case chartutil.Values:
		return ofValues.of(r, name)
	case files:
		return ofFiles.of(r, name)
	case chartutil.VersionSet:
		return ofVersionSet.of(r, name)
	case *chartutil.VersionSet:
		return through(r, ofVersionSet, name)
	case *chartutil.Capabilities:
		return ofCapabilities.of(r, name)
	case *chartutil.KubeVersion:
		return ofKubeVersion.of(r, name)
	case *chart.Maintainer:
		return ofMaintainer.of(r, name)
	case *chart.Dependency:
		return ofDependency.of(r, name)
	case json.Number:
		return ofNumber.of(r, name)
	case time.Time:
		return ofTime.of(r, name)
	case time.Duration:
		return ofDuration.of(r, name)
	case time.Month:
		return ofMonth.of(r, name)
	case time.Weekday:
		return ofWeekday.of(r, name)
	case *time.Location:
		return ofLocation.of(r, name)
	case semver.Version:
		return ofVersion.of(r, name)
	case *semver.Version:
		if method := ofVersionPointer.of(r, name); method != nil {
			return method
		}
		return through(r, ofVersion, name)
	}
	return nil
}

// through finds a method of what a pointer points to.
func through[T any](p *T, m methods[T], name string) any {
	if p == nil {
		return nil
	}
	return m.of(*p, name)
}

var ofValues = methods[chartutil.Values]{
	"AsMap":     func(v chartutil.Values) any { return v.AsMap },
	"Encode":    func(v chartutil.Values) any { return v.Encode },
	"PathValue": func(v chartutil.Values) any { return v.PathValue },
	"Table":     func(v chartutil.Values) any { return v.Table },
	"YAML":      func(v chartutil.Values) any { return v.YAML },
}

var ofFiles = methods[files]{
	"AsConfig":  func(f files) any { return f.AsConfig },
	"AsSecrets": func(f files) any { return f.AsSecrets },
	"Get":       func(f files) any { return f.Get },
	"GetBytes":  func(f files) any { return f.GetBytes },
	"Glob":      func(f files) any { return f.Glob },
	"Lines":     func(f files) any { return f.Lines },
}

var ofVersionSet = methods[chartutil.VersionSet]{
	"Has": func(v chartutil.VersionSet) any { return v.Has },
}

var ofCapabilities = methods[*chartutil.Capabilities]{
	"Copy": func(c *chartutil.Capabilities) any { return c.Copy },
}

var ofKubeVersion = methods[*chartutil.KubeVersion]{
	"GitVersion": func(v *chartutil.KubeVersion) any { return v.GitVersion },
	"String":     func(v *chartutil.KubeVersion) any { return v.String },
}

var ofMaintainer = methods[*chart.Maintainer]{
	"Validate": func(m *chart.Maintainer) any { return m.Validate },
}

var ofDependency = methods[*chart.Dependency]{
	"Validate": func(d *chart.Dependency) any { return d.Validate },
}

var ofNumber = methods[json.Number]{
	"Float64": func(n json.Number) any { return n.Float64 },
	"Int64":   func(n json.Number) any { return n.Int64 },
	"String":  func(n json.Number) any { return n.String },
}

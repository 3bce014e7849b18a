package command

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/careen-tui/careen/internal/preflight"
	"github.com/careen-tui/careen/internal/preflight/box"
)

// chartFlags say which chart is rendered, and how, named as Helm names them.
type chartFlags struct {
	values, set, setString   []string
	version                  string
	plainHTTP, createSpace   bool
	reuseValues, resetValues bool
	installer                string
}

func (c *chartFlags) bind(f *pflag.FlagSet) {
	f.StringArrayVarP(&c.values, "values", "f", nil, "a file of values; may be repeated")
	f.StringArrayVar(&c.set, "set", nil, "set a value: key=value; may be repeated")
	f.StringArrayVar(&c.setString, "set-string", nil, "set a text value: key=value; may be repeated")
	f.StringVar(&c.version, "version", "", "the chart's version, for an OCI reference without one")
	f.BoolVar(&c.plainHTTP, "plain-http", false, "speak HTTP to the OCI registry")
	f.BoolVar(&c.createSpace, "create-namespace", false, "the namespace will be created, as with helm --create-namespace")
	f.BoolVar(&c.reuseValues, "reuse-values", false, "as helm upgrade --reuse-values")
	f.StringVar(&c.installer, "installer", "", "judge the rights of this user instead of yours: the account of a pipeline, as system:serviceaccount:NAMESPACE:NAME")
	f.BoolVar(&c.resetValues, "reset-values", false, "as helm upgrade --reset-values")
}

// load reads the values and the chart, into a sandbox which the caller closes. Its errors
// are about what was asked for.
func (c *chartFlags) load(ctx context.Context, release, ref string) (*box.Box, map[string]any, error) {
	if err := chartutil.ValidateReleaseName(release); err != nil {
		return nil, nil, fmt.Errorf("%q is not a valid release name: %w", release, err)
	}
	values, err := preflight.Values(c.values, c.set, c.setString)
	if err != nil {
		return nil, nil, err
	}
	chart, err := preflight.Load(ctx, ref, preflight.ChartOptions{Version: c.version, PlainHTTP: c.plainHTTP})
	return chart, values, err
}

// input is what a preflight is told of a release and its chart.
func (c *chartFlags) input(release, namespace string, chart *box.Box, values map[string]any) preflight.Input {
	return preflight.Input{
		Release: release, Namespace: namespace, Chart: chart, Values: values,
		ResetValues: c.resetValues, ReuseValues: c.reuseValues, CreateNamespace: c.createSpace, Driver: helmDriver(), Installer: c.installer,
	}
}

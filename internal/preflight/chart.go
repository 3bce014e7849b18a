package preflight

import (
	"context"
	"fmt"

	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/cli/values"
	"helm.sh/helm/v3/pkg/getter"

	"github.com/careen-tui/careen/internal/preflight/box"
	"github.com/careen-tui/careen/internal/preflight/source"
)

// ChartOptions say how a chart is found.
type ChartOptions = source.Options

// Load reads a chart, a folder, an archive, or an OCI reference (oci://...), into a
// sandbox, which the caller closes. A chart that cannot be installed is an error.
func Load(ctx context.Context, ref string, o ChartOptions) (*box.Box, error) {
	c, err := source.Read(ctx, ref, o)
	if err != nil {
		return nil, err
	}
	return box.Open(ctx, c)
}

// Values merges values files and --set flags, in Helm's order.
func Values(files, set, setString []string) (map[string]any, error) {
	o := values.Options{ValueFiles: files, Values: set, StringValues: setString}
	v, err := o.MergeValues(getter.All(cli.New()))
	if err != nil {
		return nil, fmt.Errorf("reading the values: %w", err)
	}
	return v, nil
}

package preflight

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/cli/values"
	"helm.sh/helm/v3/pkg/getter"
	"helm.sh/helm/v3/pkg/registry"
)

// ChartOptions say how a chart is found.
type ChartOptions struct {
	Version   string // the tag of an OCI reference that names none
	PlainHTTP bool   // of an OCI registry
}

// Load reads a chart: a folder, an archive, or an OCI reference (oci://...). A
// dependency that its Chart.yaml names and that it does not hold is an error.
func Load(ref string, o ChartOptions) (*chart.Chart, error) {
	var c *chart.Chart
	var err error
	if registry.IsOCI(ref) {
		c, err = pull(ref, o)
	} else {
		if _, statErr := os.Stat(ref); statErr != nil {
			return nil, fmt.Errorf("reading the chart: %w", statErr)
		}
		c, err = loader.Load(ref)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the chart %s: %w", ref, err)
	}
	if c.Metadata.Type != "" && c.Metadata.Type != "application" {
		return nil, fmt.Errorf("the chart %s is of type %s, which cannot be installed", c.Name(), c.Metadata.Type)
	}
	if err := action.CheckDependencies(c, c.Metadata.Dependencies); err != nil {
		return nil, fmt.Errorf("the chart %s lacks a dependency: %w (helm dependency build fetches it)", c.Name(), err)
	}
	return c, nil
}

// pull reads a chart from a registry into memory, with the credentials that `helm
// registry login` keeps.
func pull(ref string, o ChartOptions) (*chart.Chart, error) {
	name := strings.TrimPrefix(ref, registry.OCIScheme+"://")
	if last := name[strings.LastIndex(name, "/")+1:]; !strings.ContainsAny(last, ":@") {
		if o.Version == "" {
			return nil, errors.New("it names no version: write oci://host/name:1.2.3, or --version 1.2.3")
		}
		name += ":" + strings.ReplaceAll(o.Version, "+", "_") // a tag knows no plus sign
	}
	options := []registry.ClientOption{
		registry.ClientOptWriter(io.Discard),
		registry.ClientOptCredentialsFile(cli.New().RegistryConfig),
	}
	if o.PlainHTTP {
		options = append(options, registry.ClientOptPlainHTTP())
	}
	client, err := registry.NewClient(options...)
	if err != nil {
		return nil, err
	}
	result, err := client.Pull(name, registry.PullOptWithChart(true), registry.PullOptIgnoreMissingProv(true))
	if err != nil {
		return nil, fmt.Errorf("the registry refuses: %w", err)
	}
	return loader.LoadArchive(bytes.NewReader(result.Chart.Data))
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

// Copy returns a chart as it was read: rendering changes what it is given.
func Copy(c *chart.Chart) (*chart.Chart, error) {
	files := make([]*loader.BufferedFile, 0, len(c.Raw))
	for _, f := range c.Raw {
		files = append(files, &loader.BufferedFile{Name: f.Name, Data: f.Data})
	}
	return loader.LoadFiles(files)
}

package box

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/release"
	helmtime "helm.sh/helm/v3/pkg/time"
)

// record weighs the record that Helm would write, as it writes it: JSON, gzip, base64
// (helm pkg/storage/driver/util.go). Beside it are the chart's largest files.
func record(c *chart.Chart, r *Request, manifest string, hooks []*release.Hook) (int, []Size, error) {
	now := helmtime.Unix(1136214245, 123456789) // any: so that one chart has one size
	raw, err := json.Marshal(&release.Release{
		Name: r.Release, Namespace: r.Namespace, Version: 1, Chart: c, Config: r.Values, Manifest: manifest, Hooks: hooks,
		Info: &release.Info{FirstDeployed: now, LastDeployed: now, Status: release.StatusPendingInstall, Description: "Initial install underway"},
	})
	if err != nil {
		return 0, nil, fmt.Errorf("encoding the release's record: %w", err)
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return 0, nil, err
	}
	if _, err := z.Write(raw); err != nil {
		return 0, nil, err
	}
	if err := z.Close(); err != nil {
		return 0, nil, err
	}
	var sizes []Size
	for _, f := range c.Raw {
		sizes = append(sizes, Size{f.Name, len(f.Data)})
	}
	slices.SortStableFunc(sizes, func(a, b Size) int { return b.Bytes - a.Bytes })
	return base64.StdEncoding.EncodedLen(packed.Len()), sizes[:min(3, len(sizes))], nil
}

package preflight

import (
	"context"
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/internal/model"
	careenrelease "github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/probes"
)

// stored is what the record of the revision that is compared holds and no row does. It stays in
// memory: Config are the operator's values.
type stored struct {
	Config   map[string]any `json:"config"`
	Manifest string         `json:"manifest"`
	Chart    struct {
		Files []struct {
			Name string `json:"name"`
			Data []byte `json:"data"`
		} `json:"files"`
	} `json:"chart"`
}

// compared is the revision that an upgrade is compared with, and the newest that Helm
// sees; nil where the release has no record.
func compared(rel *model.Release) (from, last *model.Record) {
	if rel == nil {
		return nil, nil
	}
	if last = rel.Last(); last == nil {
		return nil, nil
	}
	if from = probes.UpgradesFrom(rel); from == nil {
		from = last // Helm refuses; what would change is told all the same
	}
	return from, last
}

// readRecord reads a record's values and manifest with one GET.
func readRecord(ctx context.Context, client kubernetes.Interface, rec *model.Record) (*stored, error) {
	var raw []byte
	if rec.Driver == model.KindConfigMap {
		cm, err := client.CoreV1().ConfigMaps(rec.Namespace).Get(ctx, rec.Name, metav1.GetOptions{})
		if err != nil {
			return nil, fmt.Errorf("reading the release's record: %w", err)
		}
		raw = []byte(cm.Data["release"])
	} else {
		secret, err := client.CoreV1().Secrets(rec.Namespace).Get(ctx, rec.Name, metav1.GetOptions{})
		if err != nil {
			return nil, fmt.Errorf("reading the release's record: %w", err)
		}
		raw = secret.Data["release"]
	}
	text, _, err := careenrelease.Raw(raw)
	if err != nil {
		return nil, fmt.Errorf("reading the release's record: %w", err)
	}
	var out stored
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("reading the release's record: it does not hold a release") // the cause would quote it
	}
	return &out, nil
}

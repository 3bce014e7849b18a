package demo

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/careen-tui/careen/probes"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"helm.sh/helm/v3/pkg/release"
)

// attic holds records that cannot be used, by name. Helm itself panics on some of
// them, and takes gigabytes for another.
var attic = Incident{
	ID:         "attic",
	Title:      "Helm records that are broken, cut, empty, enormous, or say two things",
	Namespaces: []string{"attic"},
	Findings: []string{
		found(probes.ReleaseRecordUnreadable, "attic/Release/no-base64"),
		found(probes.ReleaseRecordUnreadable, "attic/Release/cut"),
		found(probes.ReleaseRecordUnreadable, "attic/Release/empty"),
		found(probes.ReleaseRecordUnreadable, "attic/Release/blanks"),
		found(probes.ReleaseRecordUnreadable, "attic/Release/nested"),
		found(probes.ReleaseRecordMismatch, "attic/Release/ledger"),
		found(probes.ReleaseStuck, "attic/Release/ledger"),
	},
	Prepare: prepareAttic,
	Complete: func(ctx context.Context, p *Planter) error {
		p.say("planting attic: writing records that cannot be read")
		for name, record := range unreadable() {
			if err := p.writeRecord(ctx, "attic", name, record); err != nil {
				return err
			}
		}
		return nil
	},
	Mend: func(ctx context.Context, p *Planter) error {
		return p.labelRecord(ctx, "attic", "sh.helm.release.v1.ledger.v1", release.StatusPendingInstall)
	},
}

// prepareAttic does what users tried against a stuck record: it changes the label,
// which the upgrade's lock does not read.
func prepareAttic(ctx context.Context, p *Planter) error {
	if err := p.namespace(ctx, "attic", nil); err != nil {
		return err
	}
	p.say("planting attic: relabelling a record by hand")
	if err := p.installAndDie(ctx, "attic", "ledger", "review-app", "deployments", true, nil); err != nil {
		return err
	}
	return p.labelRecord(ctx, "attic", "sh.helm.release.v1.ledger.v1", release.StatusDeployed)
}

func (p *Planter) labelRecord(ctx context.Context, namespace, record string, status release.Status) error {
	patch := fmt.Appendf(nil, `{"metadata":{"labels":{"status":%q}}}`, status)
	_, err := p.kube.CoreV1().Secrets(namespace).Patch(ctx, record, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: "kubectl-label"})
	if err != nil {
		return fmt.Errorf("relabelling %s: %w", record, err)
	}
	return nil
}

// unreadable are the contents of data.release.
func unreadable() map[string][]byte {
	sound := encode(compress([]byte(`{"name":"cut","version":1,"info":{"status":"deployed"},"manifest":"` +
		strings.Repeat("kind: ConfigMap\\n", 400) + `"}`)))
	// 700 MB of blanks in 900 kB: gzip members may follow one another, so that one of
	// seven megabytes is compressed, and repeated.
	blanks := bytes.Repeat(compress(bytes.Repeat([]byte(" "), 7<<20)), 98)
	return map[string][]byte{
		"no-base64": []byte("this was never base64 \x00\xff !"),
		"cut":       sound[:len(sound)/2/4*4],
		"empty":     encode(compress([]byte("{}"))),
		"blanks":    encode(blanks),
		"nested":    encode(compress([]byte(`{"name":"nested","version":1,"config":` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + `}`))),
	}
}

func encode(data []byte) []byte {
	return []byte(base64.StdEncoding.EncodeToString(data))
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	// Neither writing to a buffer nor this level can fail.
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// writeRecord stores content as Helm would store the first revision of a release.
func (p *Planter) writeRecord(ctx context.Context, namespace, name string, content []byte) error {
	record := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace,
			Name:      fmt.Sprintf("sh.helm.release.v1.%s.v1", name),
			Labels: map[string]string{
				"name": name, "owner": "helm", "status": release.StatusDeployed.String(), "version": "1",
				"createdAt": strconv.FormatInt(time.Now().Unix(), 10),
			},
		},
		Type: "helm.sh/release.v1",
		Data: map[string][]byte{"release": content},
	}
	_, err := p.kube.CoreV1().Secrets(namespace).Create(ctx, record, metav1.CreateOptions{FieldManager: "helm"})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("writing record %s: %w", name, err)
	}
	return nil
}

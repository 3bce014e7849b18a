package population

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
)

// Revision is a stored revision of a release of an application, which declares one object
// each of what an application has.
type Revision struct {
	Namespace, Name string
	Number          int
	Status          string
	At              time.Time      // when it was deployed
	Contents        string         // of a file of its chart
	Values          map[string]any // set by whoever deployed it
}

// Data is the data of the Secret that holds the revision.
func (r Revision) Data() map[string][]byte {
	var manifest bytes.Buffer
	for _, kind := range [][2]string{
		{"v1", "ServiceAccount"},
		{"v1", "Secret"},
		{"v1", "ConfigMap"},
		{"v1", "Service"},
		{"v1", "PersistentVolumeClaim"},
		{"apps/v1", "Deployment"},
	} {
		fmt.Fprintf(&manifest, "---\n# Source: app/templates/%s.yaml\napiVersion: %s\nkind: %s\nmetadata:\n  name: %s\n", kind[1], kind[0], kind[1], r.Name)
	}
	body, _ := json.Marshal(map[string]any{
		"name": r.Name, "namespace": r.Namespace, "version": r.Number, "manifest": manifest.String(),
		"info": map[string]any{"status": r.Status, "first_deployed": r.At, "last_deployed": r.At, "description": "Upgrade complete"},
		"chart": map[string]any{
			"metadata": map[string]any{"name": "app", "version": "1.0.0", "appVersion": "1.0.0"},
			"files":    []map[string]any{{"name": "data.bin", "data": r.Contents}},
		},
		"config": r.Values,
	})
	var packed bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&packed, gzip.HuffmanOnly) // what does not compress anyway
	_, _ = zip.Write(body)
	_ = zip.Close()
	return map[string][]byte{"release": []byte(base64.StdEncoding.EncodeToString(packed.Bytes()))}
}

// record is a release record that declares what release makes.
func record(ns, name string, revision int, size Size) *corev1.Secret {
	status := "superseded"
	if revision == size.Revisions {
		status = "deployed"
	}
	r := Revision{ns, name, revision, status, time.Now(), base64.StdEncoding.EncodeToString(noise(size.RecordBytes * 9 / 16)), map[string]any{"password": base64.StdEncoding.EncodeToString(noise(24))}}
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: model.RecordName(name, revision), Namespace: ns,
			Labels: map[string]string{"name": name, "owner": "helm", "status": status, "version": strconv.Itoa(revision), "modifiedAt": strconv.FormatInt(r.At.Unix(), 10)},
		},
		Type: model.HelmSecretType,
		Data: r.Data(),
	}
}

// noise is text that does not compress.
func noise(n int) []byte {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[rand.IntN(len(letters))]
	}
	return b
}

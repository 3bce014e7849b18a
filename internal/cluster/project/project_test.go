package project

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/model"
)

const sentinel = "S3NT1NEL-do-not-keep"

func TestSecretBytesAreNotKept(t *testing.T) {
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: "s", Namespace: "ns",
			Annotations: map[string]string{
				"kubectl.kubernetes.io/last-applied-configuration": `{"data":{"a":"` + sentinel + `"}}`,
				"example.com/backup": strings.Repeat("x", 600) + sentinel,
			},
		},
		Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{"a": []byte(sentinel), "tls.crt": []byte(sentinel), "ca.crt": []byte("-----BEGIN CERTIFICATE-----\nUzNOVA==\n-----END CERTIFICATE-----")},
	}
	row, _ := New([]byte("salt")).Object(secret)
	text := fmt.Sprintf("%#v", row)
	js, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{text, string(js)} {
		if strings.Contains(kept, sentinel) || strings.Contains(kept, "UzNOVDF") {
			t.Errorf("kept: %s", kept)
		}
	}
	s := row.(*model.Secret)
	if want := []model.DataKey{{Name: "a", Size: len(sentinel)}, {Name: "ca.crt", Size: 62}, {Name: "tls.crt", Size: len(sentinel)}}; !reflect.DeepEqual(s.Keys, want) {
		t.Errorf("keys %v", s.Keys)
	}
	if len(s.Certs) != 2 || s.Certs[0].Error != "not PEM" || s.Certs[1].Error != "not a certificate" {
		t.Errorf("certificates %+v", s.Certs)
	}
}

func TestEnvironmentValuesAreNotKept(t *testing.T) {
	pod := typicalPod(1, 1)
	pod.Spec.Containers[0].Env = append(pod.Spec.Containers[0].Env,
		corev1.EnvVar{Name: "API_TOKEN", Value: sentinel}, corev1.EnvVar{Name: "PLAIN", Value: sentinel},
		corev1.EnvVar{Name: "URL", Value: "https://u:" + sentinel + "@web-0.web:80,web-1.web:80"})
	pod.Spec.Containers[0].Args = []string{"--password=" + sentinel, sentinel}
	row, _ := New([]byte("salt")).Object(pod)
	js, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(js, []byte(sentinel)) {
		t.Errorf("kept: %s", js)
	}
}

func TestHashIsSaltedAndOfAllData(t *testing.T) {
	hash := func(salt string, data map[string][]byte) string {
		row, _ := New([]byte(salt)).Object(&corev1.Secret{Data: data})
		return row.(*model.Secret).Hash
	}
	a := map[string][]byte{"k": []byte("v"), "l": []byte("w")}
	if hash("1", a) != hash("1", map[string][]byte{"l": []byte("w"), "k": []byte("v")}) {
		t.Error("equal data, unequal hashes")
	}
	for name, other := range map[string]string{
		"salt":   hash("2", a),
		"value":  hash("1", map[string][]byte{"k": []byte("v"), "l": []byte("x")}),
		"border": hash("1", map[string][]byte{"k": []byte("vl"), "": []byte("w")}),
		"key":    hash("1", map[string][]byte{"k": []byte("v"), "m": []byte("w")}),
	} {
		if other == hash("1", a) {
			t.Errorf("another %s, the same hash", name)
		}
	}
}

func TestCertificate(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "web\x1b[31m"}, NotBefore: end.AddDate(-1, 0, 0), NotAfter: end, DNSNames: []string{"web.example.com"},
	}, &x509.Certificate{Subject: pkix.Name{CommonName: "ca"}}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	row, _ := New([]byte("salt")).Object(&corev1.Secret{
		Type: corev1.SecretTypeTLS, Data: map[string][]byte{corev1.TLSCertKey: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})},
	})
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	itself, signer := "="+digest(der), digest(ca.RawIssuer)+"/"
	want := []model.Certificate{{Key: "tls.crt", Subject: "CN=web", Issuer: "CN=ca", Names: []string{"web.example.com"}, NotBefore: end.AddDate(-1, 0, 0), Until: end, Signers: []string{itself, signer}}}
	if got := row.(*model.Secret).Certs; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

// A status that careen does not read, a heartbeat and a leader election change
// nothing.
func TestHeartbeatsMakeNoChange(t *testing.T) {
	node := func(beat time.Time) *corev1.Node {
		at := metav1.NewTime(beat)
		return &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: "n", ManagedFields: []metav1.ManagedFieldsEntry{
				{Manager: "kubelet", Subresource: "status", Time: &at, FieldsV1: metav1.NewFieldsV1(`{}`)},
			}},
			Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, LastHeartbeatTime: at, LastTransitionTime: epoch}}},
		}
	}
	lease := func(beat time.Time) *corev1.ConfigMap {
		at := metav1.NewTime(beat)
		return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
			Name: "leader", Annotations: map[string]string{leaderAnnotation: beat.String()},
			ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "x", Time: &at, FieldsV1: metav1.NewFieldsV1(`{"f:metadata":{"f:annotations":{}}}`)}},
		}}
	}
	p := New([]byte("salt"))
	later := epoch.Add(time.Minute)
	a, _ := p.Object(node(epoch.Time))
	b, _ := p.Object(node(later))
	if !model.Same(a, b) {
		t.Error("a node's heartbeat is a change")
	}
	a, _ = p.Object(lease(epoch.Time))
	b, _ = p.Object(lease(later))
	if !model.Same(a, b) {
		t.Error("a leader election is a change")
	}
}

func TestOwned(t *testing.T) {
	for _, tt := range []struct {
		in                   string
		data, spec, replicas bool
	}{
		{`{"f:data":{".":{},"f:a":{}}}`, true, false, false},
		{`{"f:binaryData":{"f:a":{}}}`, true, false, false},
		{`{"f:metadata":{"f:annotations":{"f:data":{},"f:spec":{}}}}`, false, false, false},
		{`{"f:spec":{"f:replicas":{}}}`, false, true, true},
		{`{"f:spec":{"f:template":{"f:replicas":{}}},"f:x":{"f:replicas":{}}}`, false, true, false},
		{`{"f:metadata":{"k:{\"name\":\"}{f:data\"}":{}},"f:data":{}}`, true, false, false},
		{`{"f:status":{"f:replicas":{}}}`, false, false, false},
		{`{"`, false, false, false},
		{``, false, false, false},
	} {
		data, spec, replicas := owned([]byte(tt.in))
		if data != tt.data || spec != tt.spec || replicas != tt.replicas {
			t.Errorf("%s: %v %v %v", tt.in, data, spec, replicas)
		}
	}
}

func TestChangeOfDataIsDated(t *testing.T) {
	at := func(minutes int) *metav1.Time {
		x := metav1.NewTime(epoch.Add(time.Duration(minutes) * time.Minute))
		return &x
	}
	row, _ := New([]byte("salt")).Object(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{
		{Manager: "helm", Time: at(0), FieldsV1: metav1.NewFieldsV1(`{"f:data":{"f:a":{}}}`)},
		{Manager: "operator", Time: at(5), FieldsV1: metav1.NewFieldsV1(`{"f:data":{"f:b":{}}}`)},
		{Manager: "labeller", Time: at(9), FieldsV1: metav1.NewFieldsV1(`{"f:metadata":{}}`)},
	}}})
	c := row.(*model.ConfigMap)
	if !c.Changed.Equal(at(5).Time) || c.ChangedBy != "operator" {
		t.Errorf("changed %s by %s", c.Changed, c.ChangedBy)
	}
	if len(c.Writes) != 3 || c.Writes[0].Manager != "labeller" {
		t.Errorf("writes %+v", c.Writes)
	}
}

func TestRecord(t *testing.T) {
	m := typicalRecord(7, 2)
	m.Labels["createdAt"] = "1767366240"
	r := New([]byte("salt")).Record(m, model.KindConfigMap)
	if r.Release != "app-0007" || r.Revision != 2 || r.LabelStatus != "superseded" || r.Driver != model.KindConfigMap || r.Kind != model.KindRecord {
		t.Errorf("got %+v", r)
	}
	if r.CreatedAt.Unix() != 1767366240 || r.ModifiedAt.Unix() != 1767366245 || r.Labels != nil {
		t.Errorf("times %s %s, labels %v", r.CreatedAt, r.ModifiedAt, r.Labels)
	}
	for _, stored := range []any{
		&corev1.Secret{Type: model.HelmSecretType, ObjectMeta: m.ObjectMeta, Data: map[string][]byte{"release": []byte(sentinel)}},
		&corev1.ConfigMap{ObjectMeta: m.ObjectMeta, Data: map[string]string{"release": sentinel}},
	} {
		row, _ := New([]byte("salt")).Object(stored.(interface {
			metav1.Object
			runtimeObject
		}))
		if rec, ok := row.(*model.Record); !ok || rec.Body != nil {
			t.Errorf("%T became %T", stored, row)
		}
	}
}

func TestHostileObjectIsSafe(t *testing.T) {
	evil := "a\x1b]0;x\x07\u202eb\u200b\r\x00\x9b"
	row := load(t, `{apiVersion: v1, kind: Event, metadata: {name: e, namespace: ns}, involvedObject: {kind: Pod, name: p, namespace: ns}, reason: R, message: m}`)
	if row.Base().Name != "e" {
		t.Fatal("the fixture is not read")
	}
	got, _ := New([]byte("salt")).Object(&corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: evil, Namespace: evil, Labels: map[string]string{evil: evil}, Annotations: map[string]string{evil: evil}, Finalizers: []string{evil}},
		Reason:     evil, Message: evil + strings.Repeat("y", 1<<20), Source: corev1.EventSource{Component: evil}, InvolvedObject: corev1.ObjectReference{Kind: evil, Name: evil},
	})
	text := fmt.Sprintf("%+v", got)
	for _, bad := range []string{"\x1b", "\x07", "\u202e", "\u200b", "\r", "\x00", "\x9b"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is kept", bad)
		}
	}
	if len(text) > 10_000 {
		t.Errorf("%d bytes kept", len(text))
	}
}

func TestObjectTakesWhatItKnows(t *testing.T) {
	if _, ok := Object(&corev1.Binding{}); ok {
		t.Error("a kind that is not read was projected")
	}
	for _, info := range model.Builtin {
		if info.Kind == model.KindAPIService {
			continue
		}
		obj, err := Scheme.New(gvk(info))
		if err != nil {
			t.Errorf("%s: %v", info.Kind, err)
			continue
		}
		row, ok := Object(obj)
		if !ok || row.Base().Kind != info.Kind {
			t.Errorf("%s is not projected as itself", info.Kind)
		}
	}
}

// Whatever an object holds, little of it stays.
func TestLargeObjectsAreBounded(t *testing.T) {
	many := map[string]string{}
	blobs := map[string][]byte{}
	for i := range 20_000 {
		many[fmt.Sprintf("key-%05d", i)] = "vm-0.vm:1,vm-1.vm:1"
		blobs[fmt.Sprintf("key-%05d", i)] = []byte("value")
	}
	yes := true
	owners := make([]metav1.OwnerReference, 5000)
	owners[4999] = metav1.OwnerReference{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "last", Controller: &yes}
	meta := metav1.ObjectMeta{Name: "x", Namespace: "ns", Labels: many, Annotations: many, OwnerReferences: owners, Finalizers: make([]string, 5000)}
	pod := typicalPod(1, 1)
	pod.ObjectMeta = meta
	for i := range 5000 {
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: fmt.Sprint(i), Args: []string{"--a=http://x.y.svc"}, EnvFrom: []corev1.EnvFromSource{
			{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: fmt.Sprint("s", i)}}},
		}})
	}
	nested := any("x")
	for range 10_000 {
		nested = map[string]any{"secret": nested}
	}
	wide := map[string]any{}
	for k := range many {
		wide[k+"SecretName"] = "s"
	}
	for name, o := range map[string]runtime.Object{
		"pod":        pod,
		"config map": &corev1.ConfigMap{ObjectMeta: meta, Data: many},
		"secret":     &corev1.Secret{ObjectMeta: meta, Data: blobs},
		"deep":       &unstructured.Unstructured{Object: map[string]any{"apiVersion": "x/v1", "kind": "T", "metadata": map[string]any{"name": "t", "namespace": "ns"}, "spec": nested}},
		"wide":       &unstructured.Unstructured{Object: map[string]any{"apiVersion": "x/v1", "kind": "T", "metadata": map[string]any{"name": "t", "namespace": "ns"}, "spec": wide}},
	} {
		row, ok := New([]byte("salt")).Object(o)
		if !ok {
			t.Errorf("%s: not projected", name)
			continue
		}
		raw, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > 700_000 {
			t.Errorf("%s: %d bytes stay", name, len(raw))
		}
		if c, found := row.Base().Controller(); name != "deep" && name != "wide" && (!found || c.Name != "last") {
			t.Errorf("%s: its controller was cut off", name)
		}
	}
}

// A renewal changes nothing of a row but when it was renewed.
func TestARenewedLeaseIsARenewal(t *testing.T) {
	p := New([]byte("salt"))
	first := typicalLease(7)
	before, _ := p.Object(first)
	l := before.(*model.Lease)
	if l.Holder != "node-00007" || l.Duration != 40*time.Second || !l.Renewed.Equal(epoch.Time) || l.Owners != nil || l.Writes != nil {
		t.Errorf("%+v", l)
	}
	later := metav1.NewTime(epoch.Add(10 * time.Second))
	again, renewed := first.DeepCopy(), metav1.NewMicroTime(later.Time)
	again.ResourceVersion, again.Spec.RenewTime, again.ManagedFields[0].Time = "300999", &renewed, &later
	after, _ := p.Object(again)
	if model.Same(before, after) || !model.Renewal(before, after) {
		t.Errorf("%+v is no renewal of %+v", after, before)
	}
}

package project

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/hosts"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

const (
	maxKeys   = 4096
	hashBytes = 16
)

func (p *Projector) secret(o *corev1.Secret) *model.Secret {
	out := &model.Secret{
		Meta:      p.meta(model.KindSecret, &o.ObjectMeta),
		Type:      p.word(string(o.Type)),
		Immutable: isTrue(o.Immutable),
	}
	out.Keys, out.Hash = p.data(nil, o.Data)
	if o.Type != corev1.SecretTypeServiceAccountToken { // a token is known by its form
		for key, value := range o.Data {
			p.known.Add(o.Namespace, key, value)
		}
	}
	out.Changed, out.ChangedBy = dataWrite(out.Writes)
	if o.Type == corev1.SecretTypeTLS {
		for _, key := range []string{corev1.TLSCertKey, "ca.crt"} {
			if value := o.Data[key]; len(value) > 0 {
				out.Certs = append(out.Certs, certificate(key, value))
			}
		}
	}
	out.Registries = registries(o)
	if o.Type == corev1.SecretTypeServiceAccountToken {
		if account := o.Annotations[corev1.ServiceAccountNameKey]; account != "" {
			out.Refs = append(out.Refs, model.Reference{
				Type: model.EdgeToken, To: model.Ref{Kind: model.KindServiceAccount, Namespace: out.Namespace, Name: p.word(account)},
				Path: "metadata.annotations[" + corev1.ServiceAccountNameKey + "]",
			})
		}
	}
	return out
}

func (p *Projector) configMap(o *corev1.ConfigMap) *model.ConfigMap {
	out := &model.ConfigMap{Meta: p.meta(model.KindConfigMap, &o.ObjectMeta), Immutable: isTrue(o.Immutable), Corefile: p.corefile(o)}
	out.Keys, out.Hash = p.data(o.Data, o.BinaryData)
	out.Changed, out.ChangedBy = dataWrite(out.Writes)
	c := podSpec{Projector: p, namespace: out.Namespace, refs: out.Refs}
	lists := hosts.Reader{Namespace: out.Namespace}
	for _, key := range slices.Sorted(maps.Keys(o.Data)) {
		path, value := "data."+sanitize.Line(key, nameLimit), o.Data[key]
		lists.Value(path, key, value)
		if len(value) <= maxPlain {
			c.plain(key, strings.TrimSpace(value), path, "")
		}
	}
	out.Hosts = p.hostLists(&lists)
	for i := range out.Hosts {
		if to, ok := listService(out.Namespace, &out.Hosts[i]); ok {
			c.names(hostname{to: to}, out.Hosts[i].Path, "")
		}
	}
	out.Refs = c.refs
	return out
}

// data reduces values to names, sizes and one salted hash of all of them.
func (p *Projector) data(text map[string]string, binary map[string][]byte) ([]model.DataKey, string) {
	if len(text)+len(binary) == 0 {
		return nil, ""
	}
	keys := slices.AppendSeq(slices.Collect(maps.Keys(text)), maps.Keys(binary))
	slices.Sort(keys)
	keys = slices.Compact(keys)
	mac := hmac.New(sha256.New, p.salt)
	out := make([]model.DataKey, 0, min(len(keys), maxKeys))
	var head []byte
	for _, k := range keys {
		value, isText := text[k]
		size := len(value)
		if !isText {
			size = len(binary[k])
		}
		// Lengths go before names and values, so that no two contents run together alike.
		head = strconv.AppendInt(append(strconv.AppendInt(head[:0], int64(len(k)), 10), ':'), int64(size), 10)
		mac.Write(append(head, ':'))
		mac.Write([]byte(k))
		if isText {
			mac.Write([]byte(value))
		} else {
			mac.Write(binary[k])
		}
		if len(out) < maxKeys {
			out = append(out, model.DataKey{Name: p.word(k), Size: size})
		}
	}
	return out, base64.RawStdEncoding.EncodeToString(mac.Sum(nil)[:hashBytes])
}

// maxChain bounds how many certificates of a chain are read.
const maxChain = 4

// signers tells the certificates of a PEM value, and who signed each.
func signers(value []byte) (out []string) {
	for range maxChain {
		block, rest := pem.Decode(value)
		if block == nil {
			break
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			out = append(out, "="+digest(c.Raw), digest(c.RawIssuer)+"/"+hex.EncodeToString(c.AuthorityKeyId))
		}
		value = rest
	}
	return out
}

// certificate reads the first certificate of a PEM value.
func certificate(key string, value []byte) model.Certificate {
	out := model.Certificate{Key: key}
	block, _ := pem.Decode(value)
	switch {
	case block == nil:
		out.Error = "not PEM"
		return out
	case block.Type != "CERTIFICATE":
		out.Error = "a PEM block of another type"
		return out
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		// The parser's words may quote the value: only that it failed is kept.
		out.Error = "not a certificate"
		return out
	}
	out.Subject, out.Issuer = sanitize.Line(c.Subject.String(), nameLimit), sanitize.Line(c.Issuer.String(), nameLimit)
	out.NotBefore, out.Until, out.Signers = c.NotBefore.UTC(), c.NotAfter.UTC(), signers(value)
	for _, n := range c.DNSNames {
		if len(out.Names) < model.MaxCertNames {
			out.Names = append(out.Names, name(n))
		}
	}
	for _, ip := range c.IPAddresses {
		if len(out.Names) < model.MaxCertNames {
			out.Names = append(out.Names, ip.String())
		}
	}
	return out
}

func (p *Projector) storedSecret(o *corev1.Secret) (*model.Record, bool) {
	if o.Type != model.HelmSecretType {
		return nil, false
	}
	return p.record(&o.ObjectMeta, model.KindSecret), true
}

func (p *Projector) storedConfigMap(o *corev1.ConfigMap) (*model.Record, bool) {
	if o.Labels["owner"] != "helm" {
		return nil, false
	}
	return p.record(&o.ObjectMeta, model.KindConfigMap), true
}

// Record projects the metadata of a Secret or ConfigMap that stores a revision.
func (p *Projector) Record(o *metav1.PartialObjectMetadata, driver model.Kind) *model.Record {
	return p.record(&o.ObjectMeta, driver)
}

package preflight

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
)

func TestADisguiseLooksLikeIt(t *testing.T) {
	d := newDisguise()
	for _, text := range []string{
		password, "a", "7", "5432", "hunter2!", "postgres://user:hunter2@host:5432/db", "päßwörd", "!!!!", "\xff\xfe\x00binary", "two\nlines",
		`{"auths":{"ghcr.io":{"username":"robot","password":"hunter2","auth":"cm9ib3Q6aHVudGVyMg=="}},"n":[1,2.5,true,null]}`,
	} {
		made := d.value(text)
		if made == text || d.value(text) != made {
			t.Errorf("%q becomes %q, then %q", text, made, d.value(text))
		}
		if json.Valid([]byte(text)) != json.Valid([]byte(made)) {
			t.Errorf("%q becomes %q", text, made)
		}
		for _, secret := range []string{"hunter2", "robot", "ghcr", "cm9ib3Q6", password} {
			if strings.Contains(text, secret) && strings.Contains(made, secret) {
				t.Errorf("%q becomes %q", text, made)
			}
		}
		if scrubbed := d.scrub("it is " + text); len(text) >= 6 && strings.Contains(scrubbed, text) {
			t.Errorf("%q", scrubbed)
		}
	}
	if made := d.value(`{"auths":{"x":{"password":"y"}}}`); !strings.Contains(made, `"auths"`) || !strings.Contains(made, `"password"`) {
		t.Errorf("%q: a field's name is gone", made)
	}
	for _, text := range []string{"", "true", "false"} {
		if made := d.value(text); made != text {
			t.Errorf("%q becomes %q", text, made)
		}
	}
	encoded := d.encoded(base64.StdEncoding.EncodeToString([]byte(password)))
	if plain, err := base64.StdEncoding.DecodeString(encoded); err != nil || len(plain) != len(password) || string(plain) == password {
		t.Errorf("%q, %v", plain, err)
	}
}

func TestObjectsThatAreDisguised(t *testing.T) {
	d := newDisguise()
	object := func(text string) (m map[string]any) {
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	for name, c := range map[string]struct {
		text    string
		secrets int
	}{
		"a Secret":        {`{"kind":"Secret","metadata":{"name":"a","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"stringData\":{\"p\":\"sesame-1\"}}"}},"data":{"p":"c2VzYW1lLTE="},"stringData":{"q":"sesame-1"}}`, 1},
		"a list":          {`{"kind":"SecretList","items":[{"kind":"Secret","metadata":{"name":"a"},"data":{"p":"c2VzYW1lLTE="}},{"kind":"Secret","metadata":{"name":"b"},"data":{"p":"c2VzYW1lLTE="}}]}`, 2},
		"a record":        {`{"kind":"ConfigMap","metadata":{"name":"a","labels":{"owner":"helm"}},"data":{"release":"c2VzYW1lLTE="}}`, 1},
		"an empty Secret": {`{"kind":"Secret","metadata":{"name":"a"}}`, 0},
		"a ConfigMap":     {`{"kind":"ConfigMap","metadata":{"name":"a"},"data":{"p":"x"}}`, 0},
	} {
		m := object(c.text)
		if got := d.object(m); len(got) != c.secrets {
			t.Errorf("%s: %v", name, got)
		}
		after, err := json.Marshal(m)
		if err != nil || strings.Contains(string(after), "sesame") || c.secrets > 0 && strings.Contains(string(after), "c2VzYW1lLTE=") {
			t.Errorf("%s: %s, %v", name, after, err)
		}
		if before, _ := json.Marshal(object(c.text)); c.secrets == 0 && string(before) != string(after) {
			t.Errorf("%s: changed to %s", name, after)
		}
	}
}

// authority is a certificate that signs, and its key, as charts keep them.
func authority(t *testing.T, algorithm x509.PublicKeyAlgorithm) (cert, key string) {
	t.Helper()
	s := &standIns{}
	block := &pem.Block{Type: "PRIVATE KEY"}
	var err error
	switch k := s.key(algorithm).(type) {
	case *rsa.PrivateKey:
		block = &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(k)}
	case *ecdsa.PrivateKey:
		block.Type = "EC PRIVATE KEY"
		block.Bytes, err = x509.MarshalECPrivateKey(k)
	default:
		block.Bytes, err = x509.MarshalPKCS8PrivateKey(k)
	}
	if err != nil {
		t.Fatal(err)
	}
	der := s.certificate(&x509.Certificate{PublicKeyAlgorithm: algorithm, IsCA: true, BasicConstraintsValid: true})
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(block))
}

func TestStandInsOfCertificatesFitTheirKeys(t *testing.T) {
	for _, algorithm := range []x509.PublicKeyAlgorithm{x509.RSA, x509.ECDSA, x509.Ed25519} {
		d := newDisguise()
		cert, key := authority(t, algorithm)
		madeCert, madeKey := d.value(cert), d.value(key)
		certBlock, _ := pem.Decode([]byte(madeCert))
		keyBlock, _ := pem.Decode([]byte(madeKey))
		if certBlock == nil || keyBlock == nil || madeKey == key || madeCert == cert {
			t.Fatalf("%s: %s%s", algorithm, madeCert, madeKey)
		}
		parsed, err := x509.ParseCertificate(certBlock.Bytes)
		if err != nil || !parsed.IsCA || parsed.PublicKeyAlgorithm != algorithm {
			t.Errorf("%s: %v", algorithm, err)
		}
		signer := d.stands.key(parsed.PublicKeyAlgorithm)
		if !signer.Public().(interface{ Equal(x crypto.PublicKey) bool }).Equal(parsed.PublicKey) {
			t.Errorf("%s: the key is another's", algorithm)
		}
	}
}

// A chart that signs certificates with an authority that it looks up is checked like
// any other.
func TestAChartThatSignsWithWhatItLooksUp(t *testing.T) {
	cert, key := authority(t, x509.RSA)
	files := map[string]string{"templates/a.yaml": `{{ $s := lookup "v1" "Secret" "ns" "db" -}}
{{ $ca := buildCustomCert (index $s.data "ca.crt") (index $s.data "ca.key") -}}
{{ $cert := genSignedCert "web" nil nil 10 $ca -}}
apiVersion: v1
kind: Secret
metadata: {name: tls}
stringData: {cert: {{ $cert.Cert | quote }}}
`}
	l := rendering(t, files, theSecret(t, map[string]string{"ca.crt": cert, "ca.key": key}))
	if err := l.render(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.unsaid()
	if l.rendered.withheld || len(l.rendered.Objects) != 1 || len(l.findings) > 0 {
		t.Errorf("%v, %v", l.rendered.Objects, shown(t, l))
	}
}

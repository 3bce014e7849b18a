package preflight

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"time"
)

// blocks makes up certificates and keys: charts sign with an authority that they look
// up, and Helm's functions take no other than real ones for it.
func (d *disguise) blocks(text []byte) string {
	var out bytes.Buffer
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		text = rest
		made := d.stands.of(block)
		if made == nil {
			made = d.bytes(len(block.Bytes))
		}
		_ = pem.Encode(&out, &pem.Block{Type: block.Type, Bytes: made}) // to memory
	}
	return out.String()
}

// standIns are certificates and keys that fit each other, one of each algorithm.
type standIns struct {
	keys map[string]crypto.Signer
}

// of stands in for a block; nil where it is neither a certificate nor a key.
func (s *standIns) of(block *pem.Block) []byte {
	if block.Type == "CERTIFICATE" {
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil
		}
		return s.certificate(cert)
	}
	if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
		return nil
	}
	if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		if key, ok := s.key(x509.RSA).(*rsa.PrivateKey); ok {
			return x509.MarshalPKCS1PrivateKey(key)
		}
	}
	if _, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		if key, ok := s.key(x509.ECDSA).(*ecdsa.PrivateKey); ok {
			out, _ := x509.MarshalECPrivateKey(key)
			return out
		}
	}
	packed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil
	}
	algorithm := x509.RSA
	switch packed.(type) {
	case *ecdsa.PrivateKey:
		algorithm = x509.ECDSA
	case ed25519.PrivateKey:
		algorithm = x509.Ed25519
	}
	out, _ := x509.MarshalPKCS8PrivateKey(s.key(algorithm))
	return out
}

// certificate signs itself with the stand-in of its key's algorithm.
func (s *standIns) certificate(like *x509.Certificate) []byte {
	key := s.key(like.PublicKeyAlgorithm)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "stand-in"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: like.IsCA, BasicConstraintsValid: like.BasicConstraintsValid, KeyUsage: like.KeyUsage,
	}
	out, _ := x509.CreateCertificate(crand.Reader, template, template, key.Public(), key)
	return out
}

// key is the stand-in of an algorithm, made when it is first asked for.
func (s *standIns) key(algorithm x509.PublicKeyAlgorithm) crypto.Signer {
	name := algorithm.String()
	if s.keys == nil {
		s.keys = map[string]crypto.Signer{}
	}
	if s.keys[name] == nil {
		switch algorithm {
		case x509.ECDSA:
			s.keys[name], _ = ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
		case x509.Ed25519:
			_, s.keys[name], _ = ed25519.GenerateKey(crand.Reader)
		default:
			s.keys[name], _ = rsa.GenerateKey(crand.Reader, 2048)
		}
	}
	return s.keys[name]
}

package model

import (
	"strings"
	"time"
)

// DataKey is one key of a Secret or ConfigMap.
type DataKey struct {
	Name   string `careen:"text"`
	Size   int    // bytes
	Hidden bool   // whoever made the dump took its value out
}

// ConfigMap is a ConfigMap without its values.
type ConfigMap struct {
	Meta
	Keys      []DataKey // sorted by name
	Hash      string    `careen:"keep"` // of all data, salted per process
	Immutable bool
	Changed   time.Time // when its data last changed, by its managed fields; zero where they do not tell
	ChangedBy string    `careen:"text"` // the field manager of that change
	Seen      time.Time // when our own watch saw its data change; zero where it did not
	Hosts     []HostList
	Corefile  *Corefile // of CoreDNS; nil for any other
}

// Secret is a Secret without its values. Helm release records are not Secrets
// here, they are Records.
type Secret struct {
	Meta
	Type      string    `careen:"key"`
	Keys      []DataKey // sorted by name
	Stripped  bool      // whoever made the dump took its data out, keys and all
	Hash      string    `careen:"keep"` // of all data, salted per process: equal hashes mean equal data within one run
	Immutable bool
	Changed   time.Time
	ChangedBy string `careen:"text"`
	Seen      time.Time
	Certs     []Certificate
	// Registries are the hosts for which a kubernetes.io/dockerconfigjson holds a login.
	Registries []string `careen:"name"`
}

// MaxCertNames bounds the names of a certificate that are kept.
const MaxCertNames = 32

// Certificate is what a tls.crt says; Error is set where it does not parse.
type Certificate struct {
	Key              string   `careen:"text"`
	Subject, Issuer  string   `careen:"name"`
	Names            []string `careen:"name"`
	NotBefore, Until time.Time
	Error            string   `careen:"text"`
	Signers          []string `careen:"keep"` // it and what stands below it in the key, and who signed each, as Vouches reads them
}

// Vouches reports whether certificates that are trusted vouch for one that is served. Each
// is told by a digest of itself (=DIGEST), and by one of a name and the key's identifier
// (DIGEST/ID): its own name where it is trusted, and who signed it where it is served. An
// identifier that one of them lacks fits any.
func Vouches(trusted, served []string) bool {
	for _, t := range trusted {
		for _, s := range served {
			if t == s {
				return true
			}
			name, id, named := strings.Cut(t, "/")
			by, key, signed := strings.Cut(s, "/")
			if named && signed && name == by && (id == "" || key == "") {
				return true
			}
		}
	}
	return false
}

// HasKey reports whether keys holds name.
func HasKey(keys []DataKey, name string) bool {
	for _, k := range keys {
		if k.Name == name {
			return true
		}
	}
	return false
}

package objects

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Secret is a Secret without its values.
type Secret struct {
	Metadata     Meta             `json:"metadata"`
	Type         string           `json:"type"`
	Immutable    bool             `json:"immutable"`
	Data         map[string]int64 `json:"data" note:"the size in bytes of each key's value, in the place of the value"`
	Certificates []Certificate    `json:"certificates" note:"careen's own: what the certificates in it say"`
}

// Certificate is a certificate in a Secret.
type Certificate struct {
	Key       string    `json:"key"`
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	DNSNames  []string  `json:"dnsNames"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	Error     string    `json:"error" note:"why it cannot be read, where it cannot"`
}

// ConfigMap is a ConfigMap without its values.
type ConfigMap struct {
	Metadata  Meta             `json:"metadata"`
	Immutable bool             `json:"immutable"`
	Data      map[string]int64 `json:"data" note:"the size in bytes of each key's value, in the place of the value"`
}

func secretOf(s *model.Secret) *Secret {
	out := &Secret{Metadata: metaOf(&s.Meta), Type: s.Type, Immutable: s.Immutable, Data: sizes(s.Keys)}
	for _, c := range s.Certs {
		out.Certificates = append(out.Certificates, Certificate{c.Key, c.Subject, c.Issuer, c.Names, c.NotBefore, c.Until, c.Error})
	}
	return out
}

func configMapOf(c *model.ConfigMap) *ConfigMap {
	return &ConfigMap{metaOf(&c.Meta), c.Immutable, sizes(c.Keys)}
}

func sizes(keys []model.DataKey) map[string]int64 {
	if len(keys) == 0 {
		return nil
	}
	out := make(map[string]int64, len(keys))
	for _, k := range keys {
		out[k.Name] = int64(k.Size)
	}
	return out
}

// ServiceAccount is a ServiceAccount.
type ServiceAccount struct {
	Metadata                     Meta    `json:"metadata"`
	Secrets                      []Local `json:"secrets"`
	ImagePullSecrets             []Local `json:"imagePullSecrets"`
	AutomountServiceAccountToken *bool   `json:"automountServiceAccountToken"`
}

// Local names an object of the same namespace.
type Local struct {
	Name string `json:"name"`
}

func locals(names []string) (out []Local) {
	for _, n := range names {
		out = append(out, Local{n})
	}
	return out
}

func accountOf(a *model.ServiceAccount) *ServiceAccount {
	return &ServiceAccount{metaOf(&a.Meta), locals(a.Secrets), locals(a.PullSecrets), a.AutomountToken}
}

// Role is a Role or ClusterRole.
type Role struct {
	Metadata Meta   `json:"metadata"`
	Rules    []Rule `json:"rules"`
}

// Rule is an RBAC rule about resources.
type Rule struct {
	Verbs         []string `json:"verbs"`
	APIGroups     []string `json:"apiGroups"`
	Resources     []string `json:"resources"`
	ResourceNames []string `json:"resourceNames"`
}

func roleOf(r *model.Role) *Role {
	out := &Role{Metadata: metaOf(&r.Meta)}
	for _, x := range r.Rules {
		out.Rules = append(out.Rules, Rule{x.Verbs, x.Groups, x.Resources, x.Names})
	}
	return out
}

// Binding is a RoleBinding or ClusterRoleBinding.
type Binding struct {
	Metadata Meta      `json:"metadata"`
	RoleRef  Target    `json:"roleRef"`
	Subjects []Subject `json:"subjects"`
}

// Target names an object by kind and name.
type Target struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// Subject is whom a role is bound to.
type Subject struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

func bindingOf(b *model.Binding) *Binding {
	out := &Binding{Metadata: metaOf(&b.Meta), RoleRef: Target{string(b.Role.Kind), b.Role.Name}}
	for _, s := range b.Subjects {
		out.Subjects = append(out.Subjects, Subject{s.Kind, s.Namespace, s.Name})
	}
	return out
}

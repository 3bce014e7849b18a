package model

import "time"

// ServiceAccount is a ServiceAccount; its secrets and pull secrets stand in Refs.
type ServiceAccount struct {
	Meta
	PullSecrets    []string `careen:"name"`
	Secrets        []string `careen:"name"`
	AutomountToken *bool
}

// Role is a Role or ClusterRole.
type Role struct {
	Meta
	Rules      []Rule
	Aggregates bool // its rules are filled in by a controller
}

// Rule is one RBAC policy rule.
type Rule struct {
	Verbs     []string `careen:"keep"`
	Groups    []string `careen:"api"`
	Resources []string `careen:"keep"`
	Names     []string `careen:"name"`
}

// Allows reports whether the rule grants verb on a resource of a group, for every
// name. A rule limited by resourceNames does not, save for the names it lists
// (pass name to ask about one).
func (r Rule) Allows(verb, group, resource, name string) bool {
	if !matches(r.Verbs, verb) || !matches(r.Groups, group) || !matches(r.Resources, resource) {
		return false
	}
	if len(r.Names) == 0 {
		return true
	}
	for _, n := range r.Names {
		if name != "" && n == name {
			return true
		}
	}
	return false
}

func matches(list []string, want string) bool {
	for _, s := range list {
		if s == "*" || s == want {
			return true
		}
	}
	return false
}

// Binding is a RoleBinding or ClusterRoleBinding.
type Binding struct {
	Meta
	Role     Ref // namespace empty for a ClusterRole
	Subjects []Subject
}

// Subject is a User, Group or ServiceAccount.
type Subject struct {
	Kind            string `careen:"keep"`
	Namespace, Name string `careen:"name"`
}

// WebhookConfig is a validating or mutating webhook configuration.
type WebhookConfig struct {
	Meta
	Hooks []Webhook
}

// Webhook is one webhook of a configuration.
type Webhook struct {
	Name              string   `careen:"name"`
	FailurePolicy     string   `careen:"keep"`
	Service           Ref      // zero where it is called by URL
	Port              int32    // of the Service
	URL               string   `careen:"name"` // host only
	Operations        []string `careen:"keep"`
	Groups            []string `careen:"api"`
	Resources         []string `careen:"keep"`
	NamespaceSelector *Selector
	ObjectSelector    *Selector
	Conditions        int // matchConditions, which careen does not evaluate
	TimeoutSeconds    int32
	TrustedUntil      time.Time // when the last certificate of its caBundle ends; zero where it has none
	TrustError        string    `careen:"text"` // why its caBundle cannot be used
	Trusts            []string  `careen:"keep"` // the certificates of its caBundle, as Vouches reads them; nil where there are more than are kept
}

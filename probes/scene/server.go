package scene

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Server states how the API server answers what preflight and forecast ask it beside
// the snapshot. Left out, it serves every kind that careen reads, allows everything and
// refuses nothing.
type Server struct {
	Serves  []string  `json:"serves"`  // more kinds: "example.com/v1 Widget widgets"
	Lacks   []string  `json:"lacks"`   // kinds that it does not serve: "policy/v1 PodDisruptionBudget"
	Denies  []string  `json:"denies"`  // what the user may not do: "create secrets", "patch deployments.apps"
	Broken  []string  `json:"broken"`  // what it answers with an internal error, in the same words
	Refuses []Refusal `json:"refuses"` // what admission says of dry runs
}

// Refusal is admission's answer to the creation of one object.
type Refusal struct {
	Object  string              `json:"object"` // "Deployment web"; a generated name ends in a dash
	Reason  metav1.StatusReason `json:"reason"` // Forbidden where absent
	Message string              `json:"message"`
}

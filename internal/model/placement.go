package model

import (
	"slices"
	"strconv"
)

// Placement is what a pod asks of the node that it is to run on. It is shared by the
// pods of one template, and by all pods that ask for nothing in particular.
type Placement struct {
	Scheduler    string            `careen:"name"` // never empty
	NodeSelector map[string]string `careen:"key value"`
	NodeTerms    []NodeTerm        // required node affinity: one of them must hold; empty for none
	Near, Apart  []PodTerm         // required pod affinity and anti-affinity
	Tolerations  []Toleration
	Spread       []Spread          // topology spread constraints that forbid; those that only prefer are not kept
	Gates        []string          `careen:"key"`
	Overhead     map[string]string `careen:"key keep"` // what the runtime takes beside the containers
	Whole        map[string]string `careen:"key keep"` // what the pod asks for as a whole, where it says so
	Priority     int32
}

// NodeTerm is one alternative of a required node affinity: all of it must hold. An empty
// one matches no node.
type NodeTerm struct {
	Labels []Term
	Fields []Term // of metadata.name
}

// PodTerm names pods, and the domain in which the pod must, or must not, be with one of
// them. Without namespaces it is about the pod's own.
type PodTerm struct {
	Selector   *Selector
	Namespaces []string  `careen:"name"`
	In         *Selector // of the labels of namespaces; an empty one means all
	Topology   string    `careen:"key"`
}

// Toleration is a toleration; Key and Effect are empty where it takes any.
type Toleration struct {
	Key    string `careen:"key"`
	Op     string `careen:"keep"` // Exists or Equal, never empty
	Value  string `careen:"value"`
	Effect string `careen:"keep"`
}

// Spread is a topology spread constraint with whenUnsatisfiable: DoNotSchedule.
type Spread struct {
	Topology   string `careen:"key"`
	MaxSkew    int32
	MinDomains int32
	Selector   *Selector
	Keys       []string `careen:"key"` // matchLabelKeys: labels of the pod's own that must be equal too
	AllNodes   bool     // nodeAffinityPolicy: Ignore: nodes count that the pod may not run on
	Taints     bool     // nodeTaintsPolicy: Honor: nodes do not count whose taints are not tolerated
}

// Taint is a node's taint.
type Taint struct {
	Key    string `careen:"key"`
	Value  string `careen:"value"`
	Effect string `careen:"keep"`
}

// String writes a taint as kubectl does: key=value:effect, or key:effect.
func (t Taint) String() string {
	if t.Value == "" {
		return t.Key + ":" + t.Effect
	}
	return t.Key + "=" + t.Value + ":" + t.Effect
}

// Tolerates reports whether a toleration takes a taint, as
// k8s.io/api/core/v1 (*Toleration).ToleratesTaint says.
func (t Toleration) Tolerates(taint Taint) bool {
	switch {
	case t.Effect != "" && t.Effect != taint.Effect, t.Key != "" && t.Key != taint.Key:
		return false
	case t.Op == "Exists":
		return true
	}
	return t.Op == "Equal" && t.Value == taint.Value && t.Key != ""
}

// Tolerates reports whether one of the tolerations takes a taint.
func (p *Placement) Tolerates(taint Taint) bool {
	return p != nil && slices.ContainsFunc(p.Tolerations, func(t Toleration) bool { return t.Tolerates(taint) })
}

// Holds reports whether a term holds for labels. Gt and Lt compare whole numbers.
func (t Term) Holds(labels map[string]string) bool {
	got, has := labels[t.Key]
	switch t.Op {
	case "In":
		return has && slices.Contains(t.Values, got)
	case "NotIn":
		return !has || !slices.Contains(t.Values, got)
	case "Exists":
		return has
	case "DoesNotExist":
		return !has
	case "Gt", "Lt":
		if !has || len(t.Values) != 1 {
			return false
		}
		a, errA := strconv.ParseInt(got, 10, 64)
		b, errB := strconv.ParseInt(t.Values[0], 10, 64)
		return errA == nil && errB == nil && (t.Op == "Gt" && a > b || t.Op == "Lt" && a < b)
	}
	return false
}

// Matches reports whether a node of that name and labels satisfies a term.
func (t NodeTerm) Matches(name string, labels map[string]string) bool {
	for _, l := range t.Labels {
		if !l.Holds(labels) {
			return false
		}
	}
	for _, f := range t.Fields {
		if f.Key != "metadata.name" || !(Term{Key: f.Key, Op: f.Op, Values: f.Values}).Holds(map[string]string{f.Key: name}) {
			return false
		}
	}
	return len(t.Labels)+len(t.Fields) > 0
}

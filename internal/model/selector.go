package model

// Selector is a label selector. A nil *Selector selects nothing, an empty one
// everything, as metav1.LabelSelectorAsSelector has it.
type Selector struct {
	Labels map[string]string `careen:"key value"`
	Terms  []Term
}

// Term is a match expression; Op is In, NotIn, Exists or DoesNotExist, and of a node Gt
// or Lt.
type Term struct {
	Key    string   `careen:"key"`
	Op     string   `careen:"keep"`
	Values []string `careen:"value"`
}

// Matches reports whether the labels satisfy the selector.
func (s *Selector) Matches(labels map[string]string) bool {
	if s == nil {
		return false
	}
	for k, v := range s.Labels {
		if got, ok := labels[k]; !ok || got != v {
			return false
		}
	}
	for _, t := range s.Terms {
		if !t.Holds(labels) {
			return false
		}
	}
	return true
}

// Empty reports whether the selector selects everything.
func (s *Selector) Empty() bool { return s != nil && len(s.Labels) == 0 && len(s.Terms) == 0 }

package report

import "github.com/careen-tui/careen/internal/model"

// Cause is a finding that no other explains, and the clusters that have it.
type Cause struct {
	*Finding          // the severest of them
	Subject  string   // without the namespace where it differs
	Clusters []string // contexts
}

// Causes are those of all clusters, each once, severest first, without those that are
// known.
func (l *List) Causes() (out []Cause) {
	for _, s := range l.shared() {
		if s.Known != "" || len(s.Causes) > 0 {
			continue
		}
		c := Cause{Finding: s.Finding, Subject: s.subject()}
		for _, at := range s.in {
			c.Clusters = append(c.Clusters, at.cluster)
		}
		out = append(out, c)
	}
	return out
}

// Complete counts the reads of a look, and those that saw everything.
func (d *Document) Complete() (reads, complete int) {
	return len(d.Coverage), len(d.Coverage) - len(d.incomplete)
}

// Down counts the workloads of which nothing is ready, though something should be.
func Down(s *model.Snapshot) (n int) {
	for _, name := range s.Namespaces() {
		for _, kind := range []model.Kind{model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet} {
			for w := range model.Each[*model.Workload](s.Space(name), kind) {
				if w.Desired > 0 && w.Ready == 0 && !w.Paused {
					n++
				}
			}
		}
	}
	return n
}

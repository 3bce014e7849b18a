package probes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// Scope says what one run of a probe looks at.
type Scope int8

const (
	// Namespace: the probe runs once per namespace, on Pass.Space, and again only
	// when that namespace (or a cluster-scoped kind that it reads) moved.
	Namespace Scope = iota
	// Cluster: the probe runs once over everything; Pass.Space is the space "".
	Cluster
)

// Probe is one check.
type Probe struct {
	ID    finding.ProbeID  // "release-stuck": stable; docs, configuration, fixtures and waivers cite it
	Doc   string           // the first line is the title; the rest is the probe's page, in Markdown
	Worst finding.Severity // the severest finding it makes
	Needs []model.Kind     // kinds without which it can say nothing: its answer is then unknown
	Uses  []model.Kind     // kinds that sharpen its answer; what is not read of them is unknown: see Pass.Absent
	Scope Scope
	Most  int // findings of it that are listed, the rest is counted; 0 for all
	Run   func(*Pass)

	// Holds reports that what it finds keeps the next install, upgrade or rollback from
	// going through.
	Holds bool
}

// Reads are the kinds whose movement makes the probe run again, and which it
// wants the right to list and watch: Needs and Uses.
func (p *Probe) Reads() []model.Kind {
	reads := slices.Clone(p.Needs)
	for _, kind := range p.Uses {
		if !slices.Contains(reads, kind) {
			reads = append(reads, kind)
		}
	}
	return reads
}

// Title is the first line of the documentation.
func (p *Probe) Title() string {
	title, _, _ := strings.Cut(p.Doc, "\n")
	return title
}

var validID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Validate refuses a list of probes and checks with a bad or doubled id, an empty
// page, no worst severity, or a probe that nothing would run: with a Run and no Needs,
// or the other way round.
func Validate(list []*Probe) error {
	seen := map[finding.ProbeID]bool{}
	for _, p := range list {
		title, page, _ := strings.Cut(p.Doc, "\n")
		switch {
		case !validID.MatchString(string(p.ID)):
			return fmt.Errorf("probe %q: the id is not of the form word-word", p.ID)
		case seen[p.ID]:
			return fmt.Errorf("probe %s: listed twice", p.ID)
		case strings.TrimSpace(title) == "" || strings.TrimSpace(page) == "":
			return fmt.Errorf("probe %s: it has no title or no page", p.ID)
		case p.Worst == 0:
			return fmt.Errorf("probe %s: it does not say how severe its findings can be", p.ID)
		case (p.Run == nil) != (len(p.Reads()) == 0):
			return fmt.Errorf("probe %s: a probe has a Run and reads kinds, a check does neither", p.ID)
		}
		seen[p.ID] = true
	}
	return nil
}

package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// crowd is a Deployment that hundreds of objects of several kinds are joined to, and
// that explains hundreds of findings.
func crowd() (*engine.Report, []*Finding) {
	r := drawn()
	deploy := r.Findings[0].Subject
	space := r.Snapshot.Spaces["shop"]
	tables := map[model.Kind]model.Table{}
	for kind, t := range space.Tables {
		tables[kind] = t
	}
	to := model.Reference{Type: model.EdgeScales, To: deploy, Path: "spec"}
	var below []*Finding
	for i := range 300 {
		name := fmt.Sprintf("object-%03d", i)
		of := func(kind model.Kind) model.Meta {
			return model.Meta{Kind: kind, Namespace: "shop", Name: name, UID: name + string(kind), Refs: []model.Reference{to}}
		}
		tables[model.KindService] = append(tables[model.KindService], &model.Service{Meta: of(model.KindService)})
		tables[model.KindClaim] = append(tables[model.KindClaim], &model.Claim{Meta: of(model.KindClaim)})
		f := FromFinding(&finding.Finding{Probe: probes.ServiceUnreachable.ID, Subject: model.Ref{Kind: model.KindService, Namespace: "shop", Name: name}})
		below = append(below, &f)
	}
	r.Snapshot.Spaces["shop"] = model.NewSpace("shop", 2, tables)
	r.Graph = r.Graph.Update(r.Snapshot)
	return r, below
}

func TestAPictureIsBounded(t *testing.T) {
	r, below := crowd()
	for name, list := range map[string][]*Finding{"alone": nil, "a cause": below} {
		p := pictureOf(r, r.Findings[0], list)
		if p == nil || len(p.Nodes) < 5 || len(p.Nodes) > pictureNodes || p.Left == "" {
			t.Fatalf("%s: %+v", name, p)
		}
		centres, kinds := 0, map[string]int{}
		for _, n := range p.Nodes {
			kinds[strings.Split(n.Kind, " ")[0]]++
			if n.Centre {
				centres++
			}
			if n.X < 0 || n.Y < 0 || n.X+n.W > p.Width || n.Y+n.H > p.Height {
				t.Errorf("%s: %s stands outside", name, n.Title)
			}
		}
		if centres != 1 || kinds["PersistentVolumeClaim"] > pictureKind {
			t.Errorf("%s: %d centres, %v", name, centres, kinds)
		}
	}
}

func TestWhatNothingIsJoinedToHasNoPicture(t *testing.T) {
	r := drawn()
	alone := &finding.Finding{Probe: probes.ClaimOrphan.ID, Subject: model.Ref{Kind: model.KindClaim, Namespace: "shop", Name: "alone"}}
	if p := pictureOf(r, alone, nil); p != nil {
		t.Errorf("%+v", p)
	}
}

package mcp

import (
	"context"
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/diagram"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/timeline"
)

// ObjectIn names an object.
type ObjectIn struct {
	Object    string `json:"object" jsonschema:"KIND/NAME as kubectl writes it: deployment/web, pvc/data-0, release/shop"`
	Namespace string `json:"namespace,omitempty" jsonschema:"where it stands; needed where several namespaces have one of that name"`
}

// find is the object that is meant.
func (in ObjectIn) find(r *engine.Report) (model.Ref, error) {
	snap := r.Snapshot
	if in.Namespace != "" {
		if snap.Space(in.Namespace) == nil {
			return model.Ref{}, fmt.Errorf("nothing is known of a namespace %q", in.Namespace)
		}
		snap = snap.Only([]string{in.Namespace})
	}
	return diagram.Find(snap, in.Object)
}

// GraphIn says what part of the graph is asked for.
type GraphIn struct {
	ObjectIn
	Depth int `json:"depth,omitempty" jsonschema:"how many references away from the object: 2 where it is left out, at most 5"`
	Limit int `json:"limit,omitempty" jsonschema:"objects: 100 where it is left out, at most 300"`
}

// GraphOut is a part of the graph.
type GraphOut struct {
	Head
	diagram.Diagram
}

func (s *server) graph(ctx context.Context, in GraphIn) (*GraphOut, error) {
	depth, err := atMost(in.Depth, 2, 5, "depth")
	if err != nil {
		return nil, err
	}
	limit, err := atMost(in.Limit, 100, 300, "limit")
	if err != nil {
		return nil, err
	}
	r, _, err := s.look.settled(ctx, s.FirstLook)
	if err != nil {
		return nil, err
	}
	ref, err := in.find(r)
	if err != nil {
		return nil, err
	}
	return &GraphOut{headOf(r, s.Document(r)), *diagram.Around(r, ref, depth, limit)}, nil
}

// ChangesIn says around what changes are asked for.
type ChangesIn struct {
	ObjectIn
	Finding string `json:"finding,omitempty" jsonschema:"the id of a finding whose onset is looked for; those about the object where it is left out"`
	Limit   int    `json:"limit,omitempty" jsonschema:"entries: 50 where it is left out, at most 200"`
}

// ChangesOut is what changed lately around an object, newest first.
type ChangesOut struct {
	Head
	About   model.Ref  `json:"about"`
	Onset   *time.Time `json:"onset,omitempty" jsonschema:"when the finding began"`
	Suspect *Change    `json:"suspect,omitempty" jsonschema:"the change that came last before the onset"`
	Entries []Change   `json:"entries"`
	Objects int        `json:"objects" jsonschema:"objects that were looked at"`
	More    bool       `json:"more" jsonschema:"there is more around it, or there are older entries"`
	Unseen  string     `json:"unseen,omitempty" jsonschema:"what could not be read of it"`
}

// Change is one change, or one thing that happened.
type Change struct {
	At      time.Time       `json:"at"`
	Latest  bool            `json:"latest,omitempty" jsonschema:"it happened then or not long before"`
	Object  model.Ref       `json:"object"`
	What    string          `json:"what"`
	By      string          `json:"by,omitempty"`
	Source  timeline.Source `json:"source"`
	Change  bool            `json:"change" jsonschema:"somebody changed what should be; else it is what followed"`
	Warning bool            `json:"warning,omitempty"`
	Times   int32           `json:"times,omitempty"`
	Finding finding.ID      `json:"finding,omitempty"`
}

func (s *server) changes(ctx context.Context, in ChangesIn) (*ChangesOut, error) {
	limit, err := atMost(in.Limit, 50, 200, "limit")
	if err != nil {
		return nil, err
	}
	r, seen, err := s.look.settled(ctx, s.FirstLook)
	if err != nil {
		return nil, err
	}
	ref, err := in.find(r)
	if err != nil {
		return nil, err
	}
	f := r.Find(finding.ID(in.Finding))
	if in.Finding != "" && f == nil {
		return nil, s.noFinding(in.Finding, s.Document(r))
	}
	near, _ := timeline.Around(r.Graph, ref, f)
	asked, err := s.Lately.Lately(ctx, near)
	out := &ChangesOut{Head: headOf(r, s.Document(r)), About: ref, Entries: []Change{}}
	if err != nil {
		out.Unseen = mask.Line(err.Error(), 500)
	}
	line := timeline.Make(timeline.Input{
		Snapshot: r.Snapshot, Graph: r.Graph, About: ref, Finding: f, Findings: r.About(ref),
		Events: asked.Events, Untimed: asked.Untimed, Seen: seen,
	})
	out.Objects, out.More = line.Objects, line.Cut || len(line.Entries) > limit
	if !line.Onset.IsZero() {
		onset := line.Onset.UTC()
		out.Onset = &onset
	}
	if line.Suspect != nil {
		suspect := changeOf(*line.Suspect)
		out.Suspect = &suspect
	}
	for _, e := range line.Entries[:min(len(line.Entries), limit)] {
		out.Entries = append(out.Entries, changeOf(e))
	}
	return out, nil
}

func changeOf(e timeline.Entry) Change {
	return Change{
		At: e.At.UTC(), Latest: e.Latest, Object: e.Ref, What: e.What, By: e.By, Source: e.Source, Change: e.Change,
		Warning: e.Warning, Times: e.Times, Finding: e.ID,
	}
}

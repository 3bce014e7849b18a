package model

import (
	"fmt"
	"strings"
)

// Note is an object's state in a word or two, as a graph shows it: "1/2 ready",
// "Pending", "revision 3 deployed". It is empty where there is no such word.
func (s *Snapshot) Note(ref Ref) string {
	if ref.Kind == KindRelease {
		if rel := s.Release(ref.Namespace, ref.Name); rel != nil {
			rec := rel.Newest()
			return fmt.Sprintf("revision %d %s", rec.Revision, rec.LabelStatus)
		}
		return ""
	}
	switch row := s.Row(ref).(type) {
	case *Workload:
		if ref.Kind != KindCronJob && ref.Kind != KindJob {
			return fmt.Sprintf("%d/%d ready", row.Ready, row.Desired)
		}
	case *Pod:
		return row.Phase
	case *Claim:
		return strings.TrimSpace(row.Phase + " " + row.Capacity)
	case *Volume:
		return strings.TrimSpace(row.Phase + " " + row.Policy)
	case *Service:
		return row.Type
	case *Object:
		return row.Detail
	}
	return ""
}

package engine

import (
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// TestFoldUnknownKeepsWhatIsKnownOfAnObject is that of what a probe cannot see everywhere the
// same said of a namespace is dropped, and what it says of an object, were it unknown, is not.
func TestFoldUnknownKeepsWhatIsKnownOfAnObject(t *testing.T) {
	everywhere := &finding.Finding{Probe: "p", Grade: finding.Unknown, Subject: model.Ref{Kind: model.KindPod, Name: "*"}}
	space := &finding.Finding{Probe: "p", Grade: finding.Unknown, Subject: model.Ref{Kind: model.KindNamespace, Name: "shop"}}
	object := &finding.Finding{Probe: "p", Grade: finding.Unknown, Subject: model.Ref{Kind: model.KindDeployment, Namespace: "shop", Name: "web"}}
	got := foldUnknown([]*finding.Finding{space, object, everywhere})
	if len(got) != 2 || got[0] != object || got[1] != everywhere {
		t.Errorf("got %v", got)
	}
}

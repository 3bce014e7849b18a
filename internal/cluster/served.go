package cluster

import (
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/model"
)

// serves reports whether the server serves a kind, by what it says of itself, and in
// words how that is known. Only a server that answers, and does not list the kind, is
// believed to have no objects of it; the core group is served by every server, and a
// kind with an established definition by the one that established it.
func (s *Source) serves(info model.KindInfo, defined bool) (served bool, why string) {
	switch {
	case info.Group == "":
		return true, "every API server serves it"
	case defined:
		return true, "its definition is established"
	}
	var list metav1.APIResourceList
	err := s.discover("/apis/"+info.Group+"/"+info.Version, &list)
	switch {
	case err == nil:
		for _, r := range list.APIResources {
			if r.Name == info.Resource {
				return true, "the server lists it among its kinds"
			}
		}
		return len(list.APIResources) == 0, "the server lists no kinds of its group"
	case !apierrors.IsNotFound(err):
		return true, "it is not known which kinds the server serves"
	}
	var groups metav1.APIGroupList
	if err := s.discover("/apis", &groups); err != nil || len(groups.Groups) == 0 {
		return true, "it is not known which kinds the server serves"
	}
	for _, g := range groups.Groups {
		for _, v := range g.Versions {
			if g.Name == info.Group && v.Version == info.Version {
				return true, "the server lists its group"
			}
		}
	}
	return false, ""
}

func (s *Source) discover(path string, into any) error {
	ctx, cancel := context.WithTimeout(s.ctx, rightsTimeout)
	defer cancel()
	body, err := s.clients.core().Get().AbsPath(path).SetHeader("Accept", runtime.ContentTypeJSON).Do(ctx).Raw()
	if err != nil {
		return fmt.Errorf("asking for %s: %w", path, err)
	}
	return json.Unmarshal(body, into)
}

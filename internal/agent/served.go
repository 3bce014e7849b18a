package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/openreports"
)

// How soon it is asked again whether an API is served: where a definition says that it
// will be, and where definitions cannot be read.
const (
	askFirst   = time.Second
	askAtMost  = 5 * time.Minute
	askBlindly = time.Minute
)

// service follows whether an API is served. It asks when a definition comes, goes or
// changes, which the snapshot tells.
type service struct {
	variant openreports.Variant
	served  bool
	why     string // it is not

	definitions string
	next        time.Time
	pause       time.Duration
}

func newService(v openreports.Variant) *service { return &service{variant: v, why: "not installed"} }

// definitionsOf says which definitions of an API there are, and in which state; empty for
// none. known is false where definitions cannot be read.
func definitionsOf(v openreports.Variant, snap *model.Snapshot) (state string, known bool) {
	if ok, _ := snap.Knows(model.KindCRD, ""); !ok {
		return "", false
	}
	if w, read := snap.State(model.KindCRD, ""); !read || w.State == model.Absent {
		return "", false
	}
	space := snap.Space("")
	if space == nil {
		return "", true
	}
	for _, resource := range []string{v.Resource, v.Clusters} {
		if row := space.Tables[model.KindCRD].Find(resource + "." + v.Group()); row != nil {
			state += fmt.Sprintf("%s %s %s %t\n", resource, row.Base().UID, row.Base().ResourceVersion, row.Base().Deleting.IsZero())
		}
	}
	return state, true
}

// follow asks whether the API is served, where that may have changed.
func (s *service) follow(ctx context.Context, client rest.Interface, snap *model.Snapshot, now time.Time) error {
	state, known := definitionsOf(s.variant, snap)
	changed := known && state != s.definitions
	if changed {
		s.definitions, s.pause, s.next = state, 0, now
	}
	if !known && s.next.IsZero() {
		s.next = now
	}
	if s.next.IsZero() || s.next.After(now) {
		return nil
	}
	if known && state == "" {
		s.served, s.why, s.next = false, "not installed", time.Time{}
		return nil
	}
	served, why, err := ask(ctx, client, s.variant)
	switch s.pause = min(max(2*s.pause, askFirst), askAtMost); {
	case err != nil: // nothing new is known
		s.next = now.Add(s.pause)
		return err
	case !known:
		s.next = now.Add(askBlindly)
	case served:
		s.next, s.pause = time.Time{}, 0
	default: // it may come
		s.next = now.Add(s.pause)
	}
	s.served, s.why = served, why
	return nil
}

// ask asks the server whether it serves both kinds of an API, in the version that is
// written.
func ask(ctx context.Context, client rest.Interface, v openreports.Variant) (served bool, why string, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	raw, err := client.Get().AbsPath("/apis/"+v.Group()+"/"+v.Version()).SetHeader("Accept", "application/json").Do(ctx).Raw()
	if apierrors.IsNotFound(err) {
		return false, "not served as " + v.Version(), nil
	}
	if err != nil {
		return false, "", fmt.Errorf("asking whether %s is served: %s", v.APIVersion, connect.Said(err))
	}
	var list metav1.APIResourceList
	if err := json.Unmarshal(raw, &list); err != nil {
		return false, "", fmt.Errorf("what %s serves: %w", v.APIVersion, err)
	}
	have := map[string]bool{}
	for _, r := range list.APIResources {
		have[r.Name] = true
	}
	for _, resource := range []string{v.Resource, v.Clusters} {
		if !have[resource] {
			return false, resource + " are not served as " + v.Version(), nil
		}
	}
	return true, "", nil
}

package preflight

import (
	"fmt"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chartutil"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"
)

// Serving is what a cluster serves.
type Serving struct {
	version  chartutil.KubeVersion
	versions []string // as templates ask for them: "apps/v1", "apps/v1/Deployment"
	kinds    map[served]kind
	partly   bool // some group did not answer
}

type served struct{ apiVersion, kind string }

type kind struct {
	resource   string
	namespaced bool
}

// Ask reads the server's version and the kinds that it serves.
func Ask(client discovery.DiscoveryInterface) (*Serving, error) {
	version, err := client.ServerVersion()
	if err != nil {
		return nil, fmt.Errorf("asking for the server's version: %w", err)
	}
	s := &Serving{kinds: map[served]kind{}}
	_, lists, err := client.ServerGroupsAndResources()
	if err != nil {
		if !discovery.IsGroupDiscoveryFailedError(err) {
			return nil, fmt.Errorf("asking for the kinds that the server serves: %w", err)
		}
		s.partly = true
	}
	s.learn(lists)
	versions, err := action.GetVersionSet(&known{client, lists})
	if err != nil {
		return nil, err
	}
	s.versions = versions
	s.version = chartutil.KubeVersion{Version: version.GitVersion, Major: version.Major, Minor: version.Minor}
	return s, nil
}

func (s *Serving) learn(lists []*metav1.APIResourceList) {
	for _, list := range lists {
		for _, r := range list.APIResources {
			if !strings.Contains(r.Name, "/") {
				s.kinds[served{list.GroupVersion, r.Kind}] = kind{r.Name, r.Namespaced}
			}
		}
	}
}

// known answers Helm's question about versions with what was asked already.
type known struct {
	discovery.DiscoveryInterface
	lists []*metav1.APIResourceList
}

func (k *known) ServerGroupsAndResources() ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	groups, err := k.ServerGroups()
	if err != nil {
		return nil, nil, err
	}
	out := make([]*metav1.APIGroup, 0, len(groups.Groups))
	for i := range groups.Groups {
		out = append(out, &groups.Groups[i])
	}
	return out, k.lists, nil
}

// serves reports whether the server serves any kind of a group and version.
func (s *Serving) serves(apiVersion string) bool {
	for k := range s.kinds {
		if k.apiVersion == apiVersion {
			return true
		}
	}
	return false
}

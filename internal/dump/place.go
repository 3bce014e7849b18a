package dump

import (
	"path"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// place is what the name of a file in a dump says of what is in it.
type place struct {
	name      string
	kind      model.Kind // whose objects it holds; empty where the name does not say
	namespace string     // in which they are; empty where the name does not say
	custom    string     // or its full plural, where it is a custom resource: "issuers.cert-manager.io"
	whole     bool       // it holds all of them, even where it holds none
	alone     bool       // it holds one, and with its siblings all
	loose     bool       // a folder of its own: whether its namespace is one, its content tells
	log       *logPlace
	errors    bool // a map from namespaces to why they could not be read
	ignored   bool
}

// logPlace is the container that a log is of. An empty container is that of a file
// which says it itself.
type logPlace struct {
	namespace, pod, container string
	previous                  bool
}

// kinds are the words by which files of dumps call a kind: its plural, its name, and
// the names that tools have of their own, without dashes.
var kinds = func() map[string]model.Kind {
	out := map[string]model.Kind{
		"pvs": model.KindVolume, "pvcs": model.KindClaim, "ingress": model.KindIngress, "networkpolicy": model.KindNetworkPolicy,
		"resourcequota": model.KindResourceQuota, "storageclass": model.KindStorageClass, "hpa": model.KindHPA, "pdb": model.KindPDB,
		"crds": model.KindCRD, "sa": model.KindServiceAccount, "cm": model.KindConfigMap,
		"endpoints": model.KindEndpointSlice,
	}
	for _, info := range model.Builtin {
		out[info.Resource] = info.Kind
		out[strings.ToLower(string(info.Kind))] = info.Kind
	}
	return out
}()

func kindNamed(word string) model.Kind {
	return kinds[strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(word))]
}

// placeOf reads the layouts of the tools that make dumps, from their sources: oc adm
// must-gather (openshift/oc, pkg/cli/admin/inspect), troubleshoot (replicatedhq,
// pkg/collect and pkg/constants), kubectl cluster-info dump (kubectl,
// pkg/cmd/clusterinfo/clusterinfo_dump.go).
func placeOf(name string) place {
	parts := strings.Split(name, "/")
	base := strings.TrimSuffix(strings.TrimSuffix(parts[len(parts)-1], ".gz"), path.Ext(strings.TrimSuffix(parts[len(parts)-1], ".gz")))
	p := place{name: name}
	switch {
	case hidden(parts):
		p.ignored = true
		return p
	case slices.Contains(parts, "cluster-resources"):
		return p.bundle(parts[slices.Index(parts, "cluster-resources")+1:], base)
	case slices.Contains(parts, "cluster-scoped-resources"):
		return p.gathered("", parts[slices.Index(parts, "cluster-scoped-resources")+1:], base)
	}
	if i := slices.Index(parts, "namespaces"); i >= 0 && i+2 < len(parts) {
		return p.gathered(parts[i+1], parts[i+2:], base)
	}
	return p.plain(parts, base)
}

// hidden reports whether a file lies in a folder of a version control system or of an
// editor, or is a Mac's shadow of another file.
func hidden(parts []string) bool {
	return slices.ContainsFunc(parts, func(s string) bool { return strings.HasPrefix(s, ".") && s != "." || s == "__MACOSX" })
}

// gathered is a file of a must-gather: GROUP/PLURAL.yaml, GROUP/PLURAL/NAME.yaml, the
// namespace itself, or pods/POD/CONTAINER/CONTAINER/logs/current.log.
func (p place) gathered(namespace string, rest []string, base string) place {
	p.namespace = namespace
	if len(rest) > 3 && rest[0] == "pods" && rest[len(rest)-2] == "logs" {
		switch base {
		case "current", "current.insecure":
			p.log = &logPlace{namespace: namespace, pod: rest[1], container: rest[2]}
		case "previous", "previous.insecure":
			p.log = &logPlace{namespace: namespace, pod: rest[1], container: rest[2], previous: true}
		default:
			p.ignored = true
		}
		return p
	}
	switch {
	case len(rest) == 1 && base == namespace:
		p.kind, p.namespace = model.KindNamespace, ""
	case len(rest) == 2:
		if p.kind, p.whole = kindNamed(base), true; strings.Contains(rest[0], ".") && model.Lookup(p.kind).Group != rest[0] {
			p.kind, p.custom = "", base+"."+rest[0]
		}
	case len(rest) == 3 && rest[0] != "pods":
		p.kind = kindNamed(rest[1])
		p.whole, p.alone = namespace == "" && inspected[p.kind], true
	}
	if p.kind == "" {
		p.whole = false
	}
	return p
}

// inspected are the cluster-scoped kinds of which a must-gather has all objects
// (openshift/must-gather, collection-scripts/gather and gather_admission_webhooks). Of
// others, such as namespaces and cluster roles, it has those that an operator names.
var inspected = map[model.Kind]bool{
	model.KindNode: true, model.KindStorageClass: true, model.KindVolume: true, model.KindVolumeAttachment: true,
	model.KindValidatingWebhook: true, model.KindMutatingWebhook: true,
}

// bundle is a file of a support bundle, below cluster-resources.
func (p place) bundle(rest []string, base string) place {
	switch {
	case len(rest) == 0:
		p.ignored = true
	case len(rest) == 5 && rest[0] == "pods" && rest[1] == "logs":
		if strings.HasSuffix(base, "-logs-errors") || path.Ext(rest[4]) != ".log" {
			p.ignored = true
			return p
		}
		container, previous := strings.CutSuffix(base, "-previous")
		p.log = &logPlace{rest[2], rest[3], container, previous}
	case strings.HasSuffix(base, "-errors"):
		p.kind, p.errors = kindNamed(strings.TrimSuffix(base, "-errors")), true
		p.ignored = p.kind == ""
	case rest[0] == "custom-resources":
		switch len(rest) {
		case 3:
			p.custom, p.namespace = rest[1], base
		case 2:
			p.custom = base
		}
	case len(rest) == 2:
		p.kind, p.namespace, p.whole = kindNamed(rest[0]), base, true
		p.ignored = p.kind == ""
	case len(rest) == 1:
		p.kind, p.whole, p.loose = kindNamed(base), true, true
		p.ignored = p.kind == ""
	}
	return p
}

// plain is a file of kubectl cluster-info dump, or of somebody's own making:
// NAMESPACE/PLURAL.json, NAMESPACE/POD/logs.txt, PLURAL.yaml.
func (p place) plain(parts []string, base string) place {
	n := len(parts)
	if ext := path.Ext(parts[n-1]); n >= 3 && (ext == ".txt" || ext == ".log") {
		log := &logPlace{namespace: parts[n-3], pod: parts[n-2]}
		switch container, previous := strings.CutSuffix(base, "-previous"); {
		case base == "logs":
		case base == "previous":
			log.previous = true
		default:
			log.container, log.previous = container, previous
		}
		p.log = log
		return p
	}
	if p.kind = kindNamed(base); p.kind != "" {
		p.whole = true
		if n >= 2 {
			p.namespace, p.loose = parts[n-2], true
		}
	} else if strings.Count(base, ".") > 0 {
		p.custom = base
		if n >= 2 {
			p.namespace = parts[n-2]
		}
	}
	return p
}

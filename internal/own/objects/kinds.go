package objects

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Offer is how the objects of a kind are offered.
type Offer struct {
	Type reflect.Type               // of the mirror
	Of   func(row model.Row) any    // the mirror of a row, a pointer; nil where the row is of another type
	Cut  func(row model.Row) string // why not all of an object is known; empty where it is
}

// offers are the kinds that can be offered; custom resources are one more.
var offers = map[model.Kind]Offer{
	model.KindPod:                   offer(podOf, nil),
	model.KindDeployment:            offer(deploymentOf, nil),
	model.KindReplicaSet:            offer(replicaSetOf, nil),
	model.KindReplicationController: offer(controllerOf, nil),
	model.KindStatefulSet:           offer(statefulSetOf, nil),
	model.KindDaemonSet:             offer(daemonSetOf, nil),
	model.KindJob:                   offer(jobOf, nil),
	model.KindCronJob:               offer(cronJobOf, nil),
	model.KindSecret:                offer(secretOf, func(s *model.Secret) bool { return s.Stripped }),
	model.KindConfigMap:             offer(configMapOf, nil),
	model.KindServiceAccount:        offer(accountOf, nil),
	model.KindRole:                  offer(roleOf, nil),
	model.KindClusterRole:           offer(roleOf, nil),
	model.KindRoleBinding:           offer(bindingOf, nil),
	model.KindClusterRoleBinding:    offer(bindingOf, nil),
	model.KindService:               offer(serviceOf, func(s *model.Service) bool { return s.Cut }),
	model.KindIngress:               offer(ingressOf, func(i *model.Ingress) bool { return i.Cut }),
	model.KindNetworkPolicy:         offer(networkPolicyOf, func(p *model.NetworkPolicy) bool { return p.Cut }),
	model.KindClaim:                 offer(claimOf, nil),
	model.KindVolume:                offer(volumeOf, nil),
	model.KindStorageClass:          offer(storageClassOf, nil),
	model.KindVolumeAttachment:      offer(attachmentOf, nil),
	model.KindNamespace:             offer(namespaceOf, nil),
	model.KindNode:                  offer(nodeOf, nil),
	model.KindResourceQuota:         offer(quotaOf, nil),
	model.KindEvent:                 offer(eventOf, nil),
	model.KindPDB:                   offer(budgetOf, nil),
	model.KindHPA:                   offer(autoscalerOf, nil),
	model.KindValidatingWebhook:     offer(webhooksOf, nil),
	model.KindMutatingWebhook:       offer(webhooksOf, nil),
	model.KindIngressClass:          offer(otherOf, nil),
	model.KindPriorityClass:         offer(otherOf, nil),
	model.KindRuntimeClass:          offer(otherOf, nil),
	model.KindAPIService:            offer(otherOf, nil),
	model.KindCRD:                   offer(otherOf, nil),
}

var custom = offer(customOf, nil)

func offer[R model.Row, M any](of func(R) *M, cut func(R) bool) Offer {
	return Offer{
		Type: reflect.TypeFor[M](),
		Of: func(row model.Row) any {
			if r, ok := row.(R); ok {
				return of(r)
			}
			return nil
		},
		Cut: func(row model.Row) string {
			if r, ok := row.(R); ok && cut != nil && cut(r) {
				return row.Base().Ref().String() + " is not known whole"
			}
			return ""
		},
	}
}

// For is how the objects of a kind are offered; ok is false where they are not. A kind
// with a group is that of custom resources.
func For(kind model.Kind) (o Offer, ok bool) {
	if o, ok = offers[kind]; ok || !strings.Contains(string(kind), ".") {
		return o, ok
	}
	return custom, true
}

// Kinds lists the built-in kinds that are offered, sorted.
func Kinds() (out []model.Kind) {
	for k := range offers {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Types lists the mirrors, each once.
func Types() (out []reflect.Type) {
	for _, k := range Kinds() {
		if t := offers[k].Type; !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return append(out, custom.Type)
}

// FieldNames lists the names of all fields of a mirror, at any depth, sorted.
func FieldNames(of reflect.Type) (out []string) {
	seen := map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] || t == reflect.TypeFor[time.Time]() {
			return
		}
		seen[t] = true
		for _, f := range reflect.VisibleFields(t) {
			out = append(out, f.Tag.Get("json"))
			walk(f.Type)
		}
	}
	walk(of)
	slices.Sort(out)
	return slices.Compact(out)
}

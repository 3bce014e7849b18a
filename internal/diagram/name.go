package diagram

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// shorts are kubectl's short names.
var shorts = map[string]model.Kind{
	"po": model.KindPod, "deploy": model.KindDeployment, "sts": model.KindStatefulSet, "ds": model.KindDaemonSet, "rs": model.KindReplicaSet,
	"rc": model.KindReplicationController, "cj": model.KindCronJob, "svc": model.KindService, "ing": model.KindIngress, "netpol": model.KindNetworkPolicy,
	"cm": model.KindConfigMap, "sa": model.KindServiceAccount, "pvc": model.KindClaim, "pv": model.KindVolume, "sc": model.KindStorageClass,
	"ns": model.KindNamespace, "no": model.KindNode, "quota": model.KindResourceQuota, "limits": model.KindLimitRange, "pdb": model.KindPDB,
	"hpa": model.KindHPA, "pc": model.KindPriorityClass, "crd": model.KindCRD, "release": model.KindRelease, "releases": model.KindRelease,
}

// Find names the object that KIND/NAME means in a snapshot: kinds are written as for
// kubectl, in the singular, the plural or short.
func Find(snap *model.Snapshot, text string) (model.Ref, error) {
	word, name, ok := strings.Cut(text, "/")
	if !ok || word == "" || name == "" {
		return model.Ref{}, fmt.Errorf("%q is not of the form KIND/NAME, deployment/web for example", text)
	}
	kind, ok := kindNamed(snap, strings.ToLower(word))
	if !ok {
		return model.Ref{}, fmt.Errorf("%q is no kind that careen reads", word)
	}
	var found []model.Ref
	for _, ns := range append([]string{""}, snap.Namespaces()...) {
		ref := model.Ref{Kind: kind, Namespace: ns, Name: name}
		if kind == model.KindRelease {
			if snap.Release(ns, name) != nil {
				found = append(found, ref)
			}
		} else if snap.Row(ref) != nil {
			found = append(found, ref)
		}
	}
	switch len(found) {
	case 0:
		return model.Ref{}, fmt.Errorf("there is no %s %s in what was read", kind, name)
	case 1:
		return found[0], nil
	}
	var where []string
	for _, f := range found {
		where = append(where, f.Namespace)
	}
	return model.Ref{}, fmt.Errorf("%s %s is in several namespaces: choose one with -n: %s", kind, name, strings.Join(where, ", "))
}

// KindNamed finds a kind that every cluster has by a name that kubectl takes.
func KindNamed(word string) (model.Kind, bool) {
	word = strings.ToLower(word)
	if k, ok := shorts[word]; ok {
		return k, true
	}
	for _, i := range model.Builtin {
		if word == i.Resource || word == strings.ToLower(string(i.Kind)) {
			return i.Kind, true
		}
	}
	return "", false
}

func kindNamed(snap *model.Snapshot, word string) (model.Kind, bool) {
	if k, ok := KindNamed(word); ok {
		return k, true
	}
	var custom []model.Kind
	for _, ns := range append([]string{""}, snap.Namespaces()...) {
		for _, k := range snap.Space(ns).Kinds() {
			full := strings.ToLower(string(k))
			short, _, dotted := strings.Cut(full, ".")
			if dotted && (word == full || word == short || word == short+"s") && !slices.Contains(custom, k) {
				custom = append(custom, k)
			}
		}
	}
	if len(custom) == 1 {
		return custom[0], true
	}
	return "", false
}

// Words lists the kinds that every cluster has, for completion.
func Words() []string {
	out := []string{"release"}
	for _, i := range model.Builtin {
		out = append(out, strings.ToLower(string(i.Kind)))
	}
	slices.Sort(out)
	return out
}

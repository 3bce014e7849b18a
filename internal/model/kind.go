package model

import (
	"slices"
	"strings"
)

// Kind is a Kubernetes kind as `kubectl explain` spells it, or one of careen's
// own (Release, Record, LogTail). A custom resource's kind carries its group:
// "Cluster.apps.kubeblocks.io".
type Kind string

// table finds a row by its kind.
var table = func() map[Kind]*KindInfo {
	m := make(map[Kind]*KindInfo, len(Builtin)+len(own))
	for _, list := range [][]KindInfo{Builtin, own} {
		for i := range list {
			m[list[i].Kind] = &list[i]
		}
	}
	return m
}()

// Lookup returns the row of a kind, one of careen's own too; that of KindCustom for
// every kind that is not in the table. It must not be changed.
func Lookup(k Kind) *KindInfo {
	if i := table[k]; i != nil {
		return i
	}
	return table[KindCustom]
}

// Info returns the row of a kind that is read from every API server; ok is false for
// custom resources and careen's own kinds.
func Info(k Kind) (info KindInfo, ok bool) {
	if i := table[k]; i != nil && i.Version != "" {
		return *i, true
	}
	return KindInfo{}, false
}

// Scopes are the namespaces in which the kind is read; "" for all at once.
func (i *KindInfo) Scopes() []string {
	if i.Within == nil {
		return []string{""}
	}
	return i.Within
}

// IsCustom reports whether k is the kind of a custom resource, or stands for all.
func (k Kind) IsCustom() bool { return Lookup(k).Kind == KindCustom }

// IsWorkload reports whether the rows of k are *Workload.
func (k Kind) IsWorkload() bool {
	_, ok := Lookup(k).Row.(*Workload)
	return ok
}

// Short is the kind as it is written where there is little room.
func (k Kind) Short() string {
	if i := Lookup(k); i.Kind == k {
		return i.Short
	}
	return string(k)
}

// In is the namespace in which an object of kind k stands that is spoken of in a
// namespace: none where the kind is known to be cluster-scoped.
func (k Kind) In(namespace string) string {
	if Lookup(k).Namespaced {
		return namespace
	}
	return ""
}

// WorkloadKinds are the kinds whose rows are *Workload, in the order of the table.
var WorkloadKinds = func() (list []Kind) {
	for i := range Builtin {
		if Builtin[i].Kind.IsWorkload() {
			list = append(list, Builtin[i].Kind)
		}
	}
	return list
}()

// words finds a kind by the names that people use for it.
var words = func() map[string]Kind {
	m := map[string]Kind{}
	for k, i := range table {
		if k != KindCustom && i.Shown == "" {
			for _, word := range []string{strings.ToLower(string(k)), i.Resource, i.Short, i.Alias} {
				m[word] = k
			}
		}
	}
	delete(m, "")
	return m
}()

// KindNamed finds a kind that every cluster has, or Release, by a name that kubectl
// takes: deployment, deployments, deploy.
func KindNamed(word string) (Kind, bool) {
	k, ok := words[strings.ToLower(word)]
	return k, ok
}

// Right is a right to read: verbs on a resource, "pods/log" for a subresource.
type Right struct {
	Group, Resource string
	Verbs           []string
}

// watching are the verbs by which a kind is read and followed.
var watching = []string{"list", "watch"}

// Reading lists the rights without which the kind cannot be read.
func (i *KindInfo) Reading() []Right {
	if i.Rights != nil {
		return i.Rights
	}
	return []Right{{i.Group, i.Resource, watching}}
}

// RowTypes lists a nil pointer to each type of row, in the order of the table.
func RowTypes() (list []Row) {
	for _, info := range slices.Concat(Builtin, own) {
		if info.Row != nil && !slices.Contains(list, info.Row) {
			list = append(list, info.Row)
		}
	}
	return list
}

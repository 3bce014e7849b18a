// Package standin does for pods what a kubelet would, without running anything:
// it gives them statuses, events and logs, in a kubelet's own words, and makes
// volumes for claims as a storage provisioner would.
//
// KWOK takes care of nodes, of deletions, and of plain pods. A pod that
// references a Secret or a ConfigMap, or that carries a careen.dev annotation,
// is minded here (see Minds): whether it starts, waits or crashes depends on
// objects other than itself, at which KWOK does not look.
package standin

package project

import (
	"hash/maphash"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"weak"

	corev1 "k8s.io/api/core/v1"

	"github.com/careen-tui/careen/internal/model"
)

// leastShapes is how many owners are known before those are forgotten whose objects are gone.
const leastShapes = 1024

// shapes knows of each owner the object that was projected last for it, so that all the
// pods of one template, and all the ReplicaSets of one Deployment, hold the same
// annotations, containers and references, and so that a pod whose spec is that of its
// siblings is not projected again. It keeps none of them alive.
type shapes struct {
	seed maphash.Seed
	sync.Mutex
	byOwner map[ownerKey]shape
	most    int // how many there may be before the next clearing out
}

// ownerKey names an owner. In a dump whose identifiers were taken out, those of all
// namespaces may be one.
type ownerKey struct{ namespace, uid string }

// shape is an object that others of its owner may be like.
type shape struct {
	sum      uint64 // of the spec; 0 where it is not known
	meta     weak.Pointer[model.Meta]
	template weak.Pointer[model.Template]
}

// sibling is an object of the same owner that is still there. It is never changed.
type sibling struct {
	sum      uint64
	meta     *model.Meta
	template *model.Template
}

func newShapes() *shapes {
	return &shapes{seed: maphash.MakeSeed(), byOwner: map[ownerKey]shape{}, most: leastShapes}
}

// of returns the sibling that an object of owner has, or nil.
func (s *shapes) of(owner ownerKey) *sibling {
	if owner.uid == "" {
		return nil
	}
	s.Lock()
	known := s.byOwner[owner]
	s.Unlock()
	out := &sibling{known.sum, known.meta.Value(), known.template.Value()}
	if out.meta == nil || out.template == nil {
		return nil
	}
	return out
}

// show makes an object that of which the next ones of owner may be like.
func (s *shapes) show(owner ownerKey, sum uint64, m *model.Meta, t *model.Template) {
	if owner.uid == "" {
		return
	}
	s.Lock()
	defer s.Unlock()
	if len(s.byOwner) >= s.most {
		maps.DeleteFunc(s.byOwner, func(_ ownerKey, of shape) bool { return of.meta.Value() == nil })
		s.most = max(leastShapes, 2*len(s.byOwner))
	}
	s.byOwner[owner] = shape{sum, weak.Make(m), weak.Make(t)}
}

// share replaces what m and t have in common with their sibling.
func (last *sibling) share(m *model.Meta, t *model.Template) {
	if last == nil {
		return
	}
	if reflect.DeepEqual(last.template.Containers, t.Containers) {
		t.Containers = last.template.Containers
	}
	if reflect.DeepEqual(last.template.Placement, t.Placement) {
		t.Placement = last.template.Placement
	}
	if slices.Equal(last.meta.Refs, m.Refs) {
		m.Refs = last.meta.Refs
	}
}

// alike returns the labels or annotations of a sibling if in is the same.
func alike(last, in map[string]string) map[string]string {
	if last == nil || !maps.Equal(last, in) {
		return nil
	}
	return last
}

// tokenVolume begins the name of the volume that the API server adds to each pod,
// with five random letters.
const tokenVolume = "kube-api-access-"

var specBuffers = sync.Pool{New: func() any { return new([]byte) }}

// sum hashes a pod's spec but for what differs between the pods of one template:
// the node, the names that a StatefulSet gives, and the token volume's name. It is
// 0 for a spec whose references hold the pod's own name.
func (s *shapes) sum(spec *corev1.PodSpec) uint64 {
	for i := range spec.Volumes {
		if spec.Volumes[i].Ephemeral != nil {
			return 0
		}
	}
	plain := *spec
	plain.NodeName, plain.Hostname = "", ""
	defer unnamed(spec)()
	size := plain.Size()
	pooled := specBuffers.Get().(*[]byte)
	defer specBuffers.Put(pooled)
	if cap(*pooled) < size {
		*pooled = make([]byte, size)
	}
	raw := (*pooled)[:size]
	n, err := plain.MarshalToSizedBuffer(raw)
	if err != nil {
		return 0
	}
	return maphash.Bytes(s.seed, raw[size-n:])
}

// unnamed takes the random letters from the name of a pod's token volume, wherever it
// stands, and returns what gives them back.
func unnamed(spec *corev1.PodSpec) (restore func()) {
	at := slices.IndexFunc(spec.Volumes, func(v corev1.Volume) bool { return strings.HasPrefix(v.Name, tokenVolume) })
	if at < 0 {
		return func() {}
	}
	name := spec.Volumes[at].Name
	rename := func(from, to string) {
		spec.Volumes[at].Name = to
		for _, list := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
			for i := range list {
				for j := range list[i].VolumeMounts {
					if m := &list[i].VolumeMounts[j]; m.Name == from {
						m.Name = to
					}
				}
			}
		}
	}
	rename(name, tokenVolume)
	return func() { rename(tokenVolume, name) }
}

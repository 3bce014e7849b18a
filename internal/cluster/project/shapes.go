package project

import (
	"hash/maphash"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"

	"github.com/careen-tui/careen/internal/model"
)

const maxShapes = 8192

// shapes keeps the newest projected shape of each owner, so that all the pods of
// one template, and all the ReplicaSets of one Deployment, hold the same labels,
// containers and references, and so that a pod whose spec is that of its siblings
// is not projected again.
type shapes struct {
	seed maphash.Seed
	sync.Mutex
	byOwner map[string]*shape
}

// shape is what the objects of one owner have in common. It is never changed.
type shape struct {
	sum         uint64 // of the spec; 0 where it is not known
	template    model.Template
	labels      map[string]string
	annotations map[string]string
	refs        []model.Reference
}

func newShapes() *shapes { return &shapes{seed: maphash.MakeSeed(), byOwner: map[string]*shape{}} }

func (s *shapes) get(owner string) *shape {
	if owner == "" {
		return nil
	}
	s.Lock()
	defer s.Unlock()
	return s.byOwner[owner]
}

func (s *shapes) put(owner string, next *shape) {
	if owner == "" {
		return
	}
	s.Lock()
	defer s.Unlock()
	if len(s.byOwner) >= maxShapes {
		s.byOwner = map[string]*shape{}
	}
	s.byOwner[owner] = next
}

// share replaces what t and m have in common with the shape last seen of that
// owner, and remembers the newest. An empty owner shares nothing.
func (s *shapes) share(owner string, sum uint64, m *model.Meta, t *model.Template) {
	if owner == "" {
		return
	}
	if last := s.get(owner); last != nil {
		if maps.Equal(last.labels, m.Labels) {
			m.Labels = last.labels
		}
		if maps.Equal(last.annotations, m.Annotations) {
			m.Annotations = last.annotations
		}
		if maps.Equal(last.template.Labels, t.Labels) {
			t.Labels = last.template.Labels
		}
		if maps.Equal(last.template.Annotations, t.Annotations) {
			t.Annotations = last.template.Annotations
		}
		if reflect.DeepEqual(last.template.Containers, t.Containers) {
			t.Containers = last.template.Containers
		}
		if reflect.DeepEqual(last.template.Placement, t.Placement) {
			t.Placement = last.template.Placement
		}
		if slices.Equal(last.refs, m.Refs) {
			m.Refs = last.refs
		}
	}
	s.put(owner, &shape{sum, *t, m.Labels, m.Annotations, m.Refs})
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

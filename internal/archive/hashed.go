package archive

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// rehash learns what becomes of the hashed names in custom resources: those that may
// mean an object of the snapshot mean it still, and the others go.
func (m *mask) rehash(snap *model.Snapshot) {
	for _, sp := range snap.Spaces {
		for _, kind := range []model.Kind{model.KindSecret, model.KindConfigMap, model.KindClaim, model.KindDeployment, model.KindStatefulSet, model.KindReplicationController} {
			for _, row := range sp.Tables[kind] {
				o := row.Base()
				made := model.WordsFor(m.name(o.Namespace), m.name(o.Name))
				for i, word := range model.WordsFor(o.Namespace, o.Name) {
					m.hashes[word] = made[i%2]
				}
			}
		}
		for service := range model.Each[*model.Service](sp, model.KindService) {
			for _, v := range service.Selector { // by which a custom resource is found that makes its pods
				m.hashes[model.Word(v)] = model.Word(m.replace(isValue, v))
			}
		}
		for _, table := range sp.Tables {
			for _, row := range table {
				for _, r := range row.Base().Refs {
					if r.Host != "" && r.To.Kind == model.KindService {
						m.rehashHost(r)
					}
				}
			}
		}
	}
}

// rehashHost is rehash of the host by which a Service is named.
func (m *mask) rehashHost(r model.Reference) {
	host, _, _ := strings.Cut(r.Host, ":")
	to := r.To
	to.Name, to.Namespace = m.name(to.Name), m.name(to.Namespace)
	made := model.HostWords(m.name(host), to)
	for i, word := range model.HostWords(host, r.To) {
		m.hashes[word] = made[i]
	}
}

// hashed replaces the hashed names of a custom resource.
func (m *mask) hashed(r model.Row) {
	o, ok := r.(*model.Object)
	if !ok {
		return
	}
	var out model.Words
	for _, w := range o.Words {
		if made, known := m.hashes[w]; known {
			out = append(out, made)
		}
	}
	slices.Sort(out)
	o.Words = slices.Compact(out)
}

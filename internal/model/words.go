package model

import (
	"slices"
	"strings"
)

// Words are the whole values in a custom resource that can be names, as hashes: they
// tell that an object of some name may be meant there, whatever the field is called.
// Two names with one hash make an object look used that is not.
type Words []uint32

// Word is the hash of a name, or of namespace/name (FNV-1a, 32 bits).
func Word(name string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(name); i++ {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h
}

// Has reports whether a word is among them. They are sorted.
func (w Words) Has(word uint32) bool {
	_, ok := slices.BinarySearch(w, word)
	return ok
}

// derivedEnds are what controllers append to a name that they are given: Istio looks
// for NAME-cacert beside the Secret that a gateway's credentialName names.
var derivedEnds = []string{"-cacert", "-ca", "-tls", "-cert", "-key", "-credentials", "-auth", "-app", "-superuser"}

// WordsFor lists the words by which an object of that name may be meant.
func WordsFor(namespace, name string) []uint32 {
	out := []uint32{Word(name), Word(namespace + "/" + name)}
	for _, end := range derivedEnds {
		if base, ok := strings.CutSuffix(name, end); ok && base != "" {
			out = append(out, Word(base), Word(namespace+"/"+base))
		}
	}
	return out
}

// HostWords lists the words by which a host may be meant that names a Service: as it is
// written, and in all longer ways.
func HostWords(host string, to Ref) []uint32 {
	name := to.Name + "." + to.Namespace
	return []uint32{Word(host), Word(name), Word(name + ".svc"), Word(name + ".svc.cluster.local")}
}

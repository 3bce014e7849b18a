// Package objects offers rows as Kubernetes objects, to rules that operators write.
//
// A type mirrors of a kind exactly the fields that its row holds, under their names in
// the API: what stands in a type is there to be read, and what does not is refused when
// a rule is compiled. Where the mirror is not the API's, the field says so: no value of a
// Secret or ConfigMap is held, quantities and ports are texts, and lists are those that
// careen keeps. A test holds each type against an object of its kind.
package objects

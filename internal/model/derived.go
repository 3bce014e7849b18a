package model

// Derived is a value that depends on one Space alone: what a rule over the whole cluster
// keeps of every namespace. It is made once for each content of a Space, so that one
// change costs what its namespace holds, and not what the cluster does.
type Derived[T any] struct{ from func(*Space) T }

// Derive declares a value. What from returns is shared, and must not be changed.
func Derive[T any](from func(*Space) T) *Derived[T] { return &Derived[T]{from} }

// Of is the value of a Space, the zero value of none.
func (d *Derived[T]) Of(s *Space) (v T) {
	if s == nil {
		return v
	}
	if made, ok := s.derived.Load(d); ok {
		return made.(T)
	}
	made, _ := s.derived.LoadOrStore(d, d.from(s))
	return made.(T)
}

// Package template executes templates as Go's text/template does, of which it is the code
// (of Go 1.26, in smaller files), but for one thing: it calls no method by its name unless
// it is in a table that the caller gives (Methods).
//
// The linker leaves out the methods that nobody calls. A program in which text/template
// can call any of them by a name that is known only when it runs has to keep them all,
// and with them all that they need: of Kubernetes' clients, a good part of the binary.
// Nothing that careen links may execute text/template or html/template, therefore;
// TestTheBinaryKeepsToItsBudget of internal/e2e holds it.
//
// What is parsed is parsed by text/template/parse; maps are walked in the order of
// internal/fmtsort, which is in sort.go.
package template

// Methods finds a method for a template that names a field of a receiver: a value, or a
// pointer to it where it can be had. It returns the method value, a function that is
// bound to the receiver, or nil where there is none.
type Methods func(receiver any, name string) (method any)

// Methods sets the methods that this template, and those associated with it, may call.
func (t *Template) Methods(m Methods) *Template {
	t.init()
	t.methods = m
	return t
}

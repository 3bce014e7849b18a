package views

import (
	"github.com/careen-tui/careen/internal/model"
)

// YAML is the page of an object as the server has it.
type YAML struct{ *Text }

// NewYAML makes the page, which waits for its document.
func NewYAML(env *Env, ref model.Ref) *YAML {
	p := &YAML{NewText(env, "YAML", ref)}
	p.paint = keyed
	return p
}

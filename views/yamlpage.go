package views

import (
	"context"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// NewYAML makes the page of an object as the server has it.
func NewYAML(env *Env, ref model.Ref) Pane {
	doc := newLines("The server returned nothing.")
	p := &yamlPage{page[*inspect.Document]{env: env, name: "YAML", what: "the YAML", ref: ref, body: doc}}
	p.read = func() func(context.Context) (*inspect.Document, error) {
		return func(ctx context.Context) (*inspect.Document, error) { return env.Inspector.YAML(ctx, ref) }
	}
	p.then = func() Request {
		if d := p.value; p.fresh() {
			doc.notes = nil
			if d.Masked > 0 {
				doc.notes = append(doc.notes, styled.Of(styled.Muted, text.Counted(d.Masked, "value")+" masked"))
			}
			if d.Left > 0 {
				doc.notes = append(doc.notes, styled.Of(styled.Medium, text.Count(d.Left)+" more lines are not shown"))
			}
			doc.put(d.Lines)
		}
		return nil
	}
	p.version = func(d *inspect.Document) (uid, version string) { return d.UID, d.ResourceVersion }
	p.command = func() string { return getCommand(ref) }
	return p
}

type yamlPage struct{ page[*inspect.Document] }

// Title adds when it was read.
func (p *yamlPage) Title() (title, right styled.Line) {
	title, right = p.page.Title()
	if p.has {
		right = styled.Of(styled.Muted, "read "+p.env.Clock(p.value.Read))
	}
	return title, right
}

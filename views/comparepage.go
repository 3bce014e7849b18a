package views

import (
	"context"
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// comparePage says key by key whether two Secrets, or two ConfigMaps, hold the same.
// It shows no value.
type comparePage struct {
	page[*inspect.Comparison]
	other model.Ref
}

// NewCompare makes the page.
func NewCompare(env *Env, a, b model.Ref) Pane {
	p := &comparePage{page[*inspect.Comparison]{env: env, name: "Comparison", what: "both objects", ref: a}, b}
	p.body = newParagraphs(p.paras)
	p.read = func() func(context.Context) (*inspect.Comparison, error) {
		return func(ctx context.Context) (*inspect.Comparison, error) { return env.Inspector.Compare(ctx, a, b) }
	}
	return p
}

// Title adds what it is compared with.
func (p *comparePage) Title() (title, right styled.Line) {
	title, right = p.page.Title()
	return append(title, styled.T(styled.Normal, " with "), styled.T(styled.Strong, p.other.Path())), right
}

func (p *comparePage) paras() []styled.Para {
	c := p.value
	if c == nil {
		return nil
	}
	out := []styled.Para{styled.Heading(verdict(c)), styled.Blank()}
	out = append(out, fields(0, "side", []field{
		{name: "first", value: c.A.String(), note: c.Types[0], to: Subject{Ref: c.A}},
		{name: "second", value: c.B.String(), note: c.Types[1], to: Subject{Ref: c.B}},
	})...)
	if c.Types[0] != c.Types[1] {
		out = append(out, styled.P(styled.Medium, "Their types differ."))
	}
	out = append(out, styled.Blank(), styled.Heading("Keys"))
	var block []field
	for _, k := range c.Keys {
		role := styled.Bad
		switch k.Verdict {
		case inspect.Equal:
			role = styled.Good
		case inspect.Space, inspect.OnlyA, inspect.OnlyB:
			role = styled.Medium
		case inspect.Different:
		}
		block = append(block, field{name: k.Key, value: string(k.Verdict), role: role})
	}
	out = append(out, fields(2, "key", block)...)
	if c.Left > 0 {
		out = append(out, styled.P(styled.Muted, counted("  and %s more keys", c.Left)))
	}
	return append(out, styled.Blank(), styled.P(styled.Muted, "Each was read with one GET and compared; no value was kept or shown."))
}

func verdict(c *inspect.Comparison) string {
	n := len(c.Keys)
	if equal := c.Count(inspect.Equal); equal == n {
		return fmt.Sprintf("Equal in %s.", text.Counted(n, "key"))
	}
	var parts []string
	for _, v := range []struct {
		verdict inspect.Verdict
		words   string
	}{
		{inspect.Different, "different"},
		{inspect.Space, "different only in whitespace at the ends"},
		{inspect.OnlyA, "only in the first"},
		{inspect.OnlyB, "only in the second"},
		{inspect.Equal, "equal"},
	} {
		if k := c.Count(v.verdict); k > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", k, v.words))
		}
	}
	return fmt.Sprintf("Of %s: %s.", text.Counted(n, "key"), strings.Join(parts, ", "))
}

package catalogue

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// Page is the page of one probe or check, in Markdown.
func Page(e Entry) string { return page(e, "#") }

func page(p Entry, heading string) string {
	var b strings.Builder
	_, text, _ := strings.Cut(p.Doc, "\n")
	fmt.Fprintf(&b, "%s %s\n\n%s. At worst %s.\n\n%s\n\n- Reported by: %s\n", heading, p.ID, strings.TrimSuffix(p.Title(), "."), p.Worst, strings.TrimSpace(text), "`"+strings.Join(p.Where.Commands(), "`, `")+"`")
	if len(p.Reads()) == 0 {
		return b.String() // a check that looks at more than a snapshot
	}
	if len(p.Needs) > 0 {
		fmt.Fprintf(&b, "- Needs: %s\n", kinds(p.Needs))
	}
	if also := p.Reads()[len(p.Needs):]; len(also) > 0 {
		fmt.Fprintf(&b, "- Also reads: %s\n", kinds(also))
	}
	scope := "one namespace at a time"
	if p.Scope == probes.Cluster {
		scope = "the whole cluster"
	}
	fmt.Fprintf(&b, "- Looks at: %s\n", scope)
	return b.String()
}

func kinds(list []model.Kind) string {
	names := make([]string, 0, len(list))
	for _, k := range list {
		switch k {
		case model.KindRecord:
			names = append(names, "Helm release records")
		case model.KindLogTail:
			names = append(names, "the end of a failing container's log")
		case model.KindCustom:
			names = append(names, "custom resources")
		default:
			names = append(names, string(k))
		}
	}
	return strings.Join(names, ", ")
}

// Pages is the whole catalogue, in Markdown.
func Pages(title, intro string, list []Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n| probe | at worst | where | fires when |\n|---|---|---|---|\n", title, intro)
	for _, p := range list {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", p.ID, p.ID, p.Worst, p.Where, p.Title())
	}
	for _, p := range list {
		b.WriteString("\n" + page(p, "##"))
	}
	return b.String()
}

package report

// applied tells what was applied, newest first.
func (n *note) applied() {
	if len(n.in.Applied) == 0 {
		return
	}
	n.line("## What was applied\n")
	list, left := firstOf(n.in.Applied, noteEntries, "entry")
	for i := range list {
		n.entry(&list[i])
	}
	if left != "" {
		n.line("%s\n", left)
	}
}

func (n *note) entry(a *Applied) {
	title := a.Title
	if a.UndoOf != "" {
		title += " (takes back " + a.UndoOf + ")"
	}
	n.line("### %s\n", prose(title))
	if !a.Own {
		n.line("- This was not applied from here: whoever may create Secrets there can have made it up.")
	}
	by := prose(a.By)
	if a.Host != "" {
		by += " on " + prose(a.Host)
	}
	n.line("- applied %s by %s, %s, entry %s", moment(a.At), by, a.Risk, code(a.Entry))
	steps, left := firstOf(a.Steps, noteSteps, "step")
	for _, s := range steps {
		n.line("  - %s", prose(s))
	}
	if left != "" {
		n.line("  - %s", left)
	}
	n.line("- %s", prose(a.outcome()))
	if a.Undo != "" {
		n.line("- to take it back: %s", code(a.Undo))
	}
	n.line("")
}

// outcome says how far it came, and how it was proved.
func (a *Applied) outcome() string {
	out := a.State
	if a.Proof != "" {
		switch {
		case a.Proved:
			out += ", proved: " + a.Proof
		default:
			out += "; proved when " + a.Proof
		}
	}
	if a.Detail != "" {
		out += " (" + a.Detail + ")"
	}
	return out
}

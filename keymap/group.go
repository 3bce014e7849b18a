package keymap

// Group is what an operator wants to do, with the actions that serve it.
type Group struct {
	Title   string
	Actions []Action
}

// grouped are the groups of the help, those of what is asked for most first: the first
// screen of the help begins the second.
var grouped = []Group{
	{"Fix, take back, accept", []Action{Fix, Apply, Other, TakeBack, Journal, Act, Waive}},
	{"Look closer", []Action{Logs, Changed, Graph, Open, Events, YAML, Note, Reveal, Compare, Copy}},
	{"Many at once, releases, charts", []Action{Mark, MarkAll, Rollback, Uninstall, Preflight}},
	{"Find", []Action{Filter, Palette, NextMatch, PrevMatch, OnlyMatches, Saved}},
	{"What is shown", []Action{Namespaces, Contexts, Clusters, Severity, Sort, Unfold, Fold, Toggle, Resolved, Coverage, Zoom}},
	{"In a log, or a page of several parts", []Action{NextPart, PrevPart, Previous, Follow, AllPods, Since, Stamps, Wrap, Reload}},
	{"Go", []Action{Back, HistoryBack, HistoryForward, NextPane, PrevPane, Down, Up, PageDown, PageUp, Top, Bottom}},
	{"careen", []Action{Help, Login, Suspend, Quit}},
}

// Groups are the groups of the help; the actions that focus a pane come first among those
// that go somewhere.
func Groups() []Group {
	out := make([]Group, len(grouped))
	for i, g := range grouped {
		out[i] = Group{g.Title, append([]Action{}, g.Actions...)}
		if g.Title == "Go" {
			for a := int(end); a < len(actions); a++ {
				out[i].Actions = append(out[i].Actions, Action(a))
			}
		}
	}
	return out
}

// Elsewhere are keys that mean something in other tools and nothing here, with what to do
// instead.
var Elsewhere = []struct{ Key, Where, Instead string }{
	{"s", "in k9s a shell", "careen runs no shell: a on a pod or workload copies its kubectl exec command. Here s is the severity threshold"},
	{"d", "in k9s describe", "enter opens an object: facts, conditions, references, events"},
	{"x", "in k9s decode a Secret", "r reveals one value, and asks which"},
	{"ctrl+d", "in k9s delete", "careen deletes only as a step of a plan"},
	{"ctrl+k", "in k9s kill", "a on a pod plans its replacement"},
	{"S", "in k9s a shell on a node", "careen runs no shell: kubectl debug node/NAME does"},
}

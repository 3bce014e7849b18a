package mcp

import sdk "github.com/modelcontextprotocol/go-sdk/mcp"

// tools are all that a client can call.
func (s *server) tools(to *sdk.Server) {
	add(to, s, tool[FindingsIn, FindingsOut]{
		name: "findings", title: "What is wrong", do: s.findings,
		about: "Lists what is wrong in the cluster, severest first, with ids that stay the same. Filter by namespace, severity and probe; page through long lists.",
	})
	add(to, s, tool[FindingIn, FindingOut]{
		name: "finding", title: "One finding, with its evidence", do: s.finding,
		about: "One finding by its id: the facts that show it and where they stand, its causes, what it explains, its fixes, and the page of its probe.",
	})
	add(to, s, tool[ObjectIn, AboutOut]{
		name: "object", title: "What is known of one object", do: s.object, within: logsWithin,
		about: "One object: its state, the findings that touch it, and what the logs of its pods say at present, the line of each container that tells most, joined to what it names. " +
			"Ask it of a workload that misbehaves though nothing is found: the logs of pods that are ready are read by no look. What a log says proves nothing.",
	})
	add(to, s, tool[GraphIn, GraphOut]{
		name: "graph", title: "What is joined to an object", do: s.graph,
		about: "What owns, mounts, selects, binds and names what around an object, with what is missing and the findings about each.",
	})
	add(to, s, tool[ChangesIn, ChangesOut]{
		name: "changes", title: "What changed lately around an object", do: s.changes,
		about: "What changed and happened lately around an object, newest first, who did it, and which change came last before a finding began.",
	})
	add(to, s, tool[PlanIn, PlanOut]{
		name: "plan", title: "What a fix would write", do: s.plan,
		about: "Previews a fix of a finding: a masked diff of each object, risk, rights, undo and proof. It never applies one, and asks the server for no dry run.",
	})
	add(to, s, tool[PreflightIn, PreflightOut]{
		name: "preflight", title: "What an install would break", do: s.preflight, within: renderWithin,
		about: "Renders a chart of this machine against the live cluster and says what would go wrong with the release before anything is installed.",
	})
}

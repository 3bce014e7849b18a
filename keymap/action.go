package keymap

import "slices"

// Action is something that an operator can ask for.
type Action uint8

// The actions, in the order of the help.
const (
	None Action = iota
	NextPane
	PrevPane
	Open
	Back
	HistoryBack
	HistoryForward
	Down
	Up
	PageDown
	PageUp
	Top
	Bottom
	Unfold
	Fold
	Filter
	Sort
	Severity
	Namespaces
	Contexts
	Clusters
	Palette
	Mark
	MarkAll
	Saved
	Fix
	Act
	Apply
	Other
	TakeBack
	Graph
	Changed
	Reveal
	Copy
	Journal
	Note
	Waive
	Preflight
	YAML
	Events
	Logs
	Compare
	Toggle
	NextPart
	PrevPart
	Reload
	Previous
	Follow
	AllPods
	Since
	Stamps
	Wrap
	NextMatch
	PrevMatch
	OnlyMatches
	Zoom
	Rollback
	Uninstall
	Login
	Coverage
	Resolved
	Help
	Suspend
	Quit
	end
)

// Scope is a set of places in which a binding works.
type Scope uint8

// The places. A choice is a list to pick from (namespaces, fixes); while text is
// typed no binding works.
const (
	InList Scope = 1 << iota
	InDetail
	InPlan
	InChoice
	InPage

	Everywhere = InList | InDetail | InPlan | InChoice | InPage
)

// Declaration is the one declaration of an action.
type Declaration struct {
	Name  string // in the configuration file
	Short string // in the footer
	Long  string // in the help
	Scope Scope
	Keys  []string
}

// actions are the declarations by action; those of Declare follow the constants.
var actions = []Declaration{
	None:           {},
	NextPane:       {"next-pane", "next pane", "focus the next pane", Everywhere &^ InPlan &^ InChoice, []string{"tab"}},
	PrevPane:       {"previous-pane", "previous pane", "focus the previous pane", Everywhere &^ InPlan &^ InChoice, []string{"shift+tab"}},
	Open:           {"open", "open", "open what is selected", Everywhere, []string{"enter"}},
	Back:           {"back", "back", "go back; clear the filter", Everywhere, []string{"esc"}},
	HistoryBack:    {"history-back", "place before", "go to the place before, as in a browser", InList | InDetail | InPage, []string{"[", "alt+left"}},
	HistoryForward: {"history-forward", "place after", "go forward again", InList | InDetail | InPage, []string{"]", "alt+right"}},
	Down:           {"down", "down", "move down", Everywhere, []string{"j", "down"}},
	Up:             {"up", "up", "move up", Everywhere, []string{"k", "up"}},
	PageDown:       {"page-down", "page down", "move down by a page", Everywhere, []string{"pgdown", "ctrl+f"}},
	PageUp:         {"page-up", "page up", "move up by a page", Everywhere, []string{"pgup", "ctrl+b"}},
	Top:            {"top", "top", "move to the first", Everywhere, []string{"home"}},
	Bottom:         {"bottom", "bottom", "move to the last", Everywhere, []string{"end", "G"}},
	Unfold:         {"unfold", "unfold", "show what is folded below", InList, []string{"right", "l"}},
	Fold:           {"fold", "fold", "fold it again", InList, []string{"left", "h"}},
	Filter:         {"filter", "filter", "filter this pane; esc clears", InList | InChoice | InPage, []string{"/"}},
	Sort:           {"sort", "sort", "sort by the next column", InList, []string{"o"}},
	Severity:       {"severity", "severity", "raise the severity threshold, or start over", InList | InDetail, []string{"s"}},
	Namespaces:     {"namespaces", "namespaces", "choose namespaces", InList | InDetail, []string{"n"}},
	Contexts:       {"contexts", "contexts", "look at the cluster of another context", InList | InDetail, []string{"C"}},
	Clusters:       {"clusters", "clusters", "with --contexts: all clusters, side by side", InList | InDetail | InPage, []string{"K"}},
	Palette:        {"palette", "command", "command palette: any command, pane, namespace, probe", InList | InDetail | InPage, []string{":"}},
	Mark:           {"mark", "mark", "mark it, or take the mark away", InList | InChoice | InPage, []string{"space"}},
	MarkAll:        {"mark-all", "mark all", "mark all that are shown, or take all marks away", InList, []string{"A"}},
	Saved:          {"saved-filters", "saved filters", "the filters of the configuration file", InList, []string{"'"}},
	Fix:            {"fix", "fix", "plan the fix; with marks, of all that are marked", InList | InDetail, []string{"f"}},
	Act:            {"act", "act on it", "restart, scale, pause, suspend, cordon: planned as a fix is; or copy its kubectl exec", InList | InDetail, []string{"a"}},
	Apply:          {"apply", "apply", "in a plan: apply it", InPlan, []string{"y"}},
	Other:          {"other-fix", "other fix", "in a plan: the next of the alternatives", InPlan, []string{"o"}},
	TakeBack:       {"take-back", "undo", "in a plan that was applied: plan what takes it back", InPlan, []string{"u"}},
	Graph:          {"graph", "graph", "graph around the selection", InList | InDetail, []string{"g"}},
	Changed:        {"changed", "what changed", "what changed lately around the selection", InList | InDetail, []string{"w"}},
	Reveal:         {"reveal", "reveal", "reveal one secret value; it is masked again on leaving", InList | InDetail, []string{"r"}},
	Copy:           {"copy", "copy", "copy what is selected; never a secret value", Everywhere, []string{"c"}},
	Journal:        {"journal", "undo", "journal of what was applied, and undo from there", InList | InDetail, []string{"u"}},
	Note:           {"note", "note", "incident note of the selected finding", InList | InDetail, []string{"i"}},
	Waive:          {"waive", "accept", "accept a finding, with a reason and an end; again counts it again", InList | InDetail, []string{"W"}},
	Preflight:      {"preflight", "preflight", "what a chart would break before it is installed: RELEASE CHART", InList | InDetail, []string{"P"}},
	YAML:           {"yaml", "yaml", "its YAML as the server has it, secrets masked", InList | InDetail, []string{"m"}},
	Events:         {"events", "events", "its events, of every type", InList | InDetail, []string{"e"}},
	Logs:           {"logs", "logs", "the logs of its containers", InList | InDetail, []string{"L"}},
	Compare:        {"compare", "compare", "compare a secret with another; nothing is revealed", InList | InDetail, []string{"="}},
	Toggle:         {"toggle", "config maps", "in the secrets pane: config maps instead of secrets", InList, []string{"t"}},
	NextPart:       {"next-part", "next part", "in a page of several parts: the next", InPage, []string{"right", "l"}},
	PrevPart:       {"previous-part", "part before", "in a page of several parts: the one before", InPage, []string{"left", "h"}},
	Reload:         {"reload", "read again", "in a page read from the cluster: read it again", InPage, []string{"r"}},
	Previous:       {"previous-run", "run before", "in a log: the run of the container before this one", InPage, []string{"p"}},
	Follow:         {"follow", "follow", "in a log: show what is written from now on", InPage, []string{"f"}},
	AllPods:        {"all-pods", "all pods", "in a log: all containers of all pods together, each line with its pod", InPage, []string{"a"}},
	Since:          {"since", "since", "in a log: all that is kept, or the last hour, 10 or 2 minutes", InPage, []string{"s"}},
	Stamps:         {"time-stamps", "time stamps", "in a log: when each line was written", InPage, []string{"t"}},
	Wrap:           {"wrap", "wrap", "in text: wrap long lines, or cut them", InPage, []string{"z"}},
	NextMatch:      {"next-match", "next match", "in a search: the next match", InPage, []string{"n"}},
	PrevMatch:      {"previous-match", "match before", "in a search: the match before", InPage, []string{"N"}},
	OnlyMatches:    {"only-matches", "only matches", "in a search: the lines that match alone, or all again", InPage, []string{"&"}},
	Zoom:           {"zoom", "zoom", "show this pane alone, or all again", InList | InDetail | InPage | InPlan, []string{"+"}},
	Login:          {"login", "log in", "run the kubeconfig's credential plugin at this terminal", InList | InDetail | InPage, []string{"I"}},
	Rollback:       {"rollback", "plan rollback", "in a release: plan going back to the selected revision", InPage, []string{"b"}},
	Uninstall:      {"uninstall", "plan uninstall", "in a release: plan its uninstall", InPage, []string{"U"}},
	Coverage:       {"coverage", "what is read", "what is being read, and what cannot be", InList | InDetail, []string{"v"}},
	Resolved:       {"resolved", "resolved", "what was resolved since careen began to look, and how", InList | InDetail, []string{"R"}},
	Help:           {"help", "keys", "all keys here, and why a disabled one is disabled", Everywhere, []string{"?"}},
	Suspend:        {"suspend", "suspend", "suspend careen; fg in the shell comes back", Everywhere, []string{"ctrl+z"}},
	Quit:           {"quit", "quit", "quit", Everywhere, []string{"q", "ctrl+c"}},
}

// Declare adds an action, before the others in the help: it is how the table of panes
// adds one for each pane. It is to be called while packages are initialised, and at no
// other time.
func Declare(d Declaration) Action {
	actions = append(actions, d)
	return Action(len(actions) - 1)
}

// Actions lists every action in the order of the help.
func Actions() []Action {
	out := make([]Action, 0, len(actions)-1)
	for a := int(end); a < len(actions); a++ {
		out = append(out, Action(a))
	}
	for a := None + 1; a < end; a++ {
		out = append(out, a)
	}
	return out
}

func (a Action) declared() Declaration {
	if int(a) >= len(actions) {
		return Declaration{}
	}
	return actions[a]
}

// String is the action's name in the configuration file.
func (a Action) String() string { return a.declared().Name }

// Short is one or two words, for the footer.
func (a Action) Short() string { return a.declared().Short }

// Long says what the action does.
func (a Action) Long() string { return a.declared().Long }

// Scope is where the action can be asked for.
func (a Action) Scope() Scope { return a.declared().Scope }

// Named finds an action by its name in the configuration file.
func Named(name string) (Action, bool) {
	i := slices.IndexFunc(actions, func(d Declaration) bool { return d.Name == name })
	if i <= 0 || name == "" {
		return None, false
	}
	return Action(i), true
}

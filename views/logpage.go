package views

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
)

// logPage is the page of a container's log. It shows the containers of one pod, or of
// the pods of a workload, one at a time or all together.
type logPage struct {
	page[struct{}]
	text       *lines
	kept       []logLine
	dropped    int // lines that were read and are not kept
	containers []logChoice
	current    int
	previous   bool
	follow     bool
	together   bool // all containers are shown
	stamps     bool
	since      time.Duration
	partial    string // what of all logs could not be read
}

type logChoice struct {
	pod       model.Ref
	container string
	fails     bool
	restarts  int32
	started   bool
}

// maxLogChoices bounds the containers of a workload that can be walked through.
const maxLogChoices = 64

// NewLog makes the page of the logs of a pod, or of the pods of a workload: what
// fails first. why says why there is none.
func NewLog(env *Env, ref model.Ref) (p Pane, why string) {
	list := env.logChoices(ref)
	if len(list) == 0 {
		return nil, "it has no pods that careen knows of"
	}
	log := &logPage{text: newLines("The log is empty."), containers: list}
	log.page = page[struct{}]{env: env, name: "Log", what: "the log", ref: list[0].pod, body: log.text, command: log.logsCommand}
	log.settle()
	return log, ""
}

// HasLogs reports whether objects of a kind can have logs.
func HasLogs(kind model.Kind) bool {
	return kind == model.KindPod || kind.IsWorkload() || kind == model.KindLogTail
}

// logChoices lists the containers whose logs can be read: those that fail first,
// then by age.
func (e *Env) logChoices(ref model.Ref) []logChoice {
	if e.Report == nil {
		return nil
	}
	if tail, ok := model.Get[*model.LogTail](e.Report.Snapshot, ref); ok {
		ref = tail.Pod
	}
	var out []logChoice
	for _, pod := range e.podsOf(ref) {
		statuses := map[string]model.ContainerStatus{}
		for _, c := range pod.Containers {
			statuses[c.Name] = c
		}
		for _, c := range pod.Template.Containers {
			s := statuses[c.Name]
			waits := s.Waiting != nil && s.Waiting.Reason != "PodInitializing" && s.Waiting.Reason != "ContainerCreating"
			fails := waits || s.Restarts > 0 && !s.Ready && !c.Init || s.Exit != nil && s.Exit.Code != 0
			if len(out) < maxLogChoices {
				out = append(out, logChoice{pod.Ref(), c.Name, fails, s.Restarts, !s.Running.IsZero()})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b logChoice) int { return cmp.Compare(failsLast(a), failsLast(b)) })
	return out
}

func failsLast(c logChoice) int {
	if c.fails {
		return 0
	}
	return 1
}

// podsOf lists the pods of a workload, newest first; of a pod, itself.
func (e *Env) podsOf(ref model.Ref) []*model.Pod {
	if ref.Kind == model.KindPod {
		if pod, ok := model.Get[*model.Pod](e.Report.Snapshot, ref); ok {
			return []*model.Pod{pod}
		}
		return nil
	}
	set := map[model.Ref]bool{ref: true}
	var out []*model.Pod
	for pod := range model.Each[*model.Pod](e.Report.Snapshot.Space(ref.Namespace), model.KindPod) {
		if e.ownedByOne(pod.Ref(), set) {
			out = append(out, pod)
		}
	}
	slices.SortStableFunc(out, func(a, b *model.Pod) int { return b.Created.Compare(a.Created) })
	return out
}

// Start reads the log that is chosen, from its end on.
func (p *logPage) Start() Request {
	c := p.containers[p.current]
	p.ref, p.loaded, p.seen = c.pod, loaded[struct{}]{}, false
	p.begin()
	p.kept, p.dropped = nil, 0
	p.partial = ""
	p.text.put(nil)
	p.text.Follow(true)
	if p.together {
		return p.readAll()
	}
	ask, at, inspector := p.ask(), p.current, p.env.Inspector
	return Fetch{
		Slot: "log",
		Read: func(ctx context.Context, show func(func() Request)) {
			err := inspector.Logs(ctx, ask, func(list []string) {
				show(func() Request { p.take(readLogLines(at, list)); return nil })
			})
			show(func() Request { p.end(err); return nil })
		},
		Fail: p.end,
	}
}

// ask is the log that is to be shown.
func (p *logPage) ask() inspect.LogAsk {
	c := p.containers[p.current]
	return inspect.LogAsk{Pod: c.pod, Container: c.container, Previous: p.previous, Follow: p.follow && !p.previous, Since: p.since}
}

// end says that nothing more comes.
func (p *logPage) end(err error) {
	p.follow = false
	p.set(struct{}{}, err)
}

// Title names the run, then the container: what is cut off where there is no room
// is the least missed.
func (p *logPage) Title() (title, right styled.Line) {
	c := p.containers[p.current]
	run := "last run"
	switch {
	case p.previous:
		run = "previous run"
	case p.follow:
		run = "following"
	}
	title = styled.Line{
		styled.T(styled.Normal, "Log, "+run+", of "), styled.T(styled.Strong, c.pod.Name), styled.T(styled.Normal, " container "), styled.T(styled.Strong, c.container),
	}
	if p.together {
		title = styled.Line{styled.T(styled.Normal, "Logs of "), styled.T(styled.Strong, text.Counted(len(p.containers), "container"))}
		if p.follow {
			title = append(title, styled.T(styled.Normal, ", following"))
		}
	}
	if p.since > 0 {
		title = append(title, styled.T(styled.Accent, "  last "+ageWord(p.since)))
	}
	title = append(title, p.found()...)
	if n := len(p.containers); n > 1 && !p.together {
		right = styled.Of(styled.Muted, fmt.Sprintf("%d of %d", p.current+1, n))
	}
	return title, right
}

// Offers adds the other containers, the previous run, and following.
func (p *logPage) Offers() []keymap.Offer {
	c := p.containers[p.current]
	prev := keymap.Offer{Action: keymap.Previous, Label: "previous run"}
	follow := keymap.Offer{Action: keymap.Follow}
	if p.previous {
		prev.Label = "last run"
		follow.Disabled = "the previous run has ended: nothing more is written"
	} else if c.restarts == 0 {
		prev.Disabled = "the container has not restarted"
	}
	if p.follow {
		follow.Label = "stop following"
	}
	next := keymap.Offer{Action: keymap.NextPart, Label: "next container"}
	back := keymap.Offer{Action: keymap.PrevPart, Label: "previous container"}
	all := keymap.Offer{Action: keymap.AllPods}
	since := keymap.Offer{Action: keymap.Since, Label: "since " + ageWord(sinces[(slices.Index(sinces, p.since)+1)%len(sinces)])}
	stamps := keymap.Offer{Action: keymap.Stamps}
	switch {
	case len(p.containers) < 2:
		next.Disabled, back.Disabled, all.Disabled = onlyOne, onlyOne, onlyOne
	case p.together:
		all.Label = "one at a time"
		next.Disabled, back.Disabled, prev.Disabled = "all containers are shown", "all containers are shown", "all containers are shown"
	}
	if p.stamps {
		stamps.Label = "no time stamps"
	}
	return slices.Concat([]keymap.Offer{{Action: keymap.Back}, prev, follow, next, back, all, since, stamps, {Action: keymap.Reload}}, p.page.Offers()[1:])
}

// Do answers an action.
func (p *logPage) Do(a keymap.Action) Request {
	n := len(p.containers)
	switch a {
	case keymap.Previous:
		p.previous = !p.previous
	case keymap.Follow:
		p.follow = !p.follow
	case keymap.NextPart:
		p.current = (p.current + 1) % n
		p.settle()
	case keymap.PrevPart:
		p.current = (p.current + n - 1) % n
		p.settle()
	case keymap.AllPods:
		p.together = !p.together
		p.previous = p.previous && !p.together
	case keymap.Since:
		p.since = sinces[(slices.Index(sinces, p.since)+1)%len(sinces)]
	case keymap.Stamps:
		p.stamps = !p.stamps
		p.drawLines()
		return nil
	case keymap.Reload:
	case keymap.Bottom:
		p.text.Follow(true)
		return p.page.Do(a)
	default:
		return p.page.Do(a)
	}
	return p.Start()
}

// Draw says above the lines what of them could not be read.
func (p *logPage) Draw(w, h int, focused bool) []string {
	head := append(p.status(p.what), p.fate()...)
	if p.partial != "" {
		head = append(head, styled.Of(styled.Medium, p.partial))
	}
	return p.draw(p.env.Theme, head, w, h, focused)
}

const onlyOne = "there is only one container"

// ageWord is how far back, in words.
func ageWord(d time.Duration) string {
	if d == 0 {
		return "its beginning"
	}
	word, _ := text.Steps(d)
	return word
}

// settle chooses the run that tells most of a container just turned to.
func (p *logPage) settle() {
	c := p.containers[p.current]
	p.previous = c.fails && !c.started && c.restarts > 0
}

// logsCommand prints the same log outside careen.
func (p *logPage) logsCommand() string {
	c := p.containers[p.current]
	words := []string{"logs", c.pod.Name, "-c", c.container}
	if p.previous {
		words = append(words, "--previous")
	}
	if p.since > 0 {
		words = append(words, "--since", p.since.String())
	}
	return kubectl(c.pod, words...)
}

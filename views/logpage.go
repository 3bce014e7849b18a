package views

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
)

// logPage is the page of a container's log. It shows the containers of one pod, or of
// the pods of a workload, one at a time.
type logPage struct {
	page[inspect.Log]
	text       *lines
	containers []logChoice
	current    int
	previous   bool
	follow     bool
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
	log.page = page[inspect.Log]{env: env, name: "Log", what: "the log", ref: list[0].pod, body: log.text, command: log.logsCommand}
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
	p.ref, p.loaded, p.seen = c.pod, loaded[inspect.Log]{}, false
	p.begin()
	p.text.put(nil)
	p.text.Follow(true)
	ask, inspector := p.ask(), p.env.Inspector
	return Fetch{
		Slot: "log",
		Read: func(ctx context.Context, show func(func() Request)) {
			err := inspector.Logs(ctx, ask, func(list []string) {
				show(func() Request { p.add(list); return nil })
			})
			show(func() Request { p.end(err); return nil })
		},
		Fail: p.end,
	}
}

// ask is the log that is to be shown.
func (p *logPage) ask() inspect.LogAsk {
	c := p.containers[p.current]
	return inspect.LogAsk{Pod: c.pod, Container: c.container, Previous: p.previous, Follow: p.follow && !p.previous}
}

// add appends lines that came.
func (p *logPage) add(list []string) {
	before := p.value.Dropped
	p.value.Add(list)
	p.set(p.value, nil)
	gone := p.value.Dropped - before
	all := p.text.all
	for _, l := range list {
		all = append(all, styled.L(l))
	}
	p.text.put(slices.Delete(all, 0, gone))
	if gone > 0 && !p.text.Following() {
		p.text.Shift(gone)
	}
}

// end says that nothing more comes.
func (p *logPage) end(err error) {
	p.follow = false
	p.set(p.value, err)
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
	title = append(title, p.found()...)
	if n := len(p.containers); n > 1 {
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
	if len(p.containers) < 2 {
		next.Disabled, back.Disabled = "there is only one container", "there is only one container"
	}
	return slices.Concat([]keymap.Offer{{Action: keymap.Back}, prev, follow, next, back, {Action: keymap.Reload}}, p.page.Offers()[1:])
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
	case keymap.Reload:
	case keymap.Bottom:
		p.text.Follow(true)
		return p.page.Do(a)
	default:
		return p.page.Do(a)
	}
	return p.Start()
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
	return kubectl(c.pod, words...)
}

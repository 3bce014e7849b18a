package views

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Log is the page of a container's log. It shows the containers of one pod, or of
// the pods of a workload, one at a time.
type Log struct {
	*Text
	log        inspect.Log
	containers []logChoice
	at         int
	previous   bool
	follow     bool
	ended      bool
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
// fails first. ok is false, with the reason, where there is none.
func NewLog(env *Env, ref model.Ref) (p *Log, why string) {
	list := env.logChoices(ref)
	if len(list) == 0 {
		return nil, "it has no pod that careen knows of"
	}
	p = &Log{containers: list, Text: NewText(env, "Log", list[0].pod)}
	p.settle()
	return p, ""
}

// HasLogs tells whether an object can have logs.
func HasLogs(kind model.Kind) bool {
	return kind == model.KindPod || kind.IsWorkload() || kind == model.KindLogTail
}

// logChoices lists the containers whose logs can be read: those that fail first,
// then by age.
func (e *Env) logChoices(ref model.Ref) []logChoice {
	if e.World == nil {
		return nil
	}
	if tail, ok := model.Get[*model.LogTail](e.World.Snapshot, ref); ok {
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
		if pod, ok := model.Get[*model.Pod](e.World.Snapshot, ref); ok {
			return []*model.Pod{pod}
		}
		return nil
	}
	set := map[model.Ref]bool{ref: true}
	var out []*model.Pod
	for pod := range model.Each[*model.Pod](e.World.Snapshot.Space(ref.Namespace), model.KindPod) {
		if e.ownedByOne(pod.Ref(), set) {
			out = append(out, pod)
		}
	}
	slices.SortStableFunc(out, func(a, b *model.Pod) int { return b.Created.Compare(a.Created) })
	return out
}

// Ask is the log that is to be shown.
func (p *Log) Ask() inspect.LogAsk {
	c := p.containers[p.at]
	return inspect.LogAsk{Pod: c.pod, Container: c.container, Previous: p.previous, Follow: p.follow && !p.previous}
}

// Begin empties the page for another log.
func (p *Log) Begin() {
	p.log, p.ended = inspect.Log{}, false
	p.ref = p.containers[p.at].pod
	p.lines, p.shown, p.uid = nil, nil, ""
	p.Text.Begin()
	p.show()
	p.pager.Follow(true)
}

// Add appends lines that came.
func (p *Log) Add(list []string) {
	before := p.log.Dropped
	p.log.Add(list)
	p.state = wasRead
	p.lines = p.lines[:0]
	for _, l := range p.log.Lines {
		p.lines = append(p.lines, inspect.Line{Text: l})
	}
	p.show()
	if gone := p.log.Dropped - before; gone > 0 && !p.pager.Following() {
		p.pager.Shift(gone)
	}
}

// End says that nothing more comes.
func (p *Log) End(err error) {
	p.ended, p.follow = true, false
	if err != nil {
		p.Fail(err)
		return
	}
	p.state = wasRead
}

// Title names the run, then the container: what is cut off where there is no room
// is the least missed.
func (p *Log) Title() (title, right widget.Line) {
	c := p.containers[p.at]
	run := "last run"
	switch {
	case p.previous:
		run = "run before"
	case p.follow && !p.ended:
		run = "following"
	}
	title = widget.Line{
		widget.T(widget.Normal, "Log, "+run+", of "), widget.T(widget.Strong, c.pod.Name), widget.T(widget.Normal, " container "), widget.T(widget.Strong, c.container),
	}
	if p.filter != "" {
		title = append(title, widget.T(widget.Accent, "  /"+p.filter))
	}
	if n := len(p.containers); n > 1 {
		right = widget.Line{widget.T(widget.Muted, fmt.Sprintf("%d of %d", p.at+1, n))}
	}
	return title, right
}

// Offers adds the other containers, the run before, and following.
func (p *Log) Offers() []keymap.Offer {
	c := p.containers[p.at]
	prev := keymap.Offer{Action: keymap.Previous, Label: "run before"}
	follow := keymap.Offer{Action: keymap.Follow}
	if p.previous {
		prev.Label = "last run"
		follow.Disabled = "a run that ended writes no more"
	} else if c.restarts == 0 {
		prev.Disabled = "the container was never restarted"
	}
	if p.follow {
		follow.Label = "stop following"
	}
	next := keymap.Offer{Action: keymap.NextPart, Label: "next container"}
	back := keymap.Offer{Action: keymap.PrevPart, Label: "container before"}
	if len(p.containers) < 2 {
		next.Disabled, back.Disabled = "there is one container only", "there is one container only"
	}
	return append([]keymap.Offer{{Action: keymap.Back}, prev, follow, next, back}, p.Text.Offers()[1:]...)
}

// Turn takes the page to what an action asks for; ok is false where that needs no
// other log.
func (p *Log) Turn(a keymap.Action) bool {
	n := len(p.containers)
	switch a {
	case keymap.Previous:
		p.previous = !p.previous
	case keymap.Follow:
		p.follow = !p.follow
	case keymap.NextPart:
		p.at = (p.at + 1) % n
		p.settle()
	case keymap.PrevPart:
		p.at = (p.at + n - 1) % n
		p.settle()
	case keymap.Reload:
	default:
		return false
	}
	return true
}

// settle chooses the run that tells most of a container just turned to.
func (p *Log) settle() {
	c := p.containers[p.at]
	p.previous = c.fails && !c.started && c.restarts > 0
}

// Do answers an action.
func (p *Log) Do(a keymap.Action) Request {
	switch a {
	case keymap.Copy:
		c := p.containers[p.at]
		words := []string{"logs", c.pod.Name, "-c", c.container}
		if p.previous {
			words = append(words, "--previous")
		}
		return Copy{"the command", kubectl(c.pod, words...)}
	case keymap.Bottom:
		p.pager.Follow(true)
	}
	return p.Text.Do(a)
}

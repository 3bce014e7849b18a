package objects

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Pod is a Pod.
type Pod struct {
	Metadata Meta      `json:"metadata"`
	Spec     PodSpec   `json:"spec"`
	Status   PodStatus `json:"status"`
}

// PodStatus is the status of a pod.
type PodStatus struct {
	Phase                 string            `json:"phase"`
	Reason                string            `json:"reason"`
	Message               string            `json:"message"`
	PodIP                 string            `json:"podIP"`
	StartTime             time.Time         `json:"startTime"`
	Conditions            []Condition       `json:"conditions"`
	InitContainerStatuses []ContainerStatus `json:"initContainerStatuses"`
	ContainerStatuses     []ContainerStatus `json:"containerStatuses"`
}

// ContainerStatus is a container's state.
type ContainerStatus struct {
	Name         string `json:"name"`
	Ready        bool   `json:"ready"`
	RestartCount int32  `json:"restartCount"`
	State        State  `json:"state"`
	LastState    State  `json:"lastState" note:"terminated alone"`
}

// State is a state of a container: one of them is set.
type State struct {
	Waiting    *Waiting    `json:"waiting"`
	Running    *Running    `json:"running"`
	Terminated *Terminated `json:"terminated"`
}

// Waiting is why a container does not run.
type Waiting struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// Running says since when a container runs.
type Running struct {
	StartedAt time.Time `json:"startedAt"`
}

// Terminated is how a container ended.
type Terminated struct {
	ExitCode   int32     `json:"exitCode"`
	Reason     string    `json:"reason"`
	Message    string    `json:"message"`
	StartedAt  time.Time `json:"startedAt"`
	FinishedAt time.Time `json:"finishedAt"`
}

func podOf(p *model.Pod) *Pod {
	out := &Pod{Metadata: metaOf(&p.Meta), Spec: podSpecOf(p.Template, p.Node)}
	out.Status = PodStatus{
		Phase: p.Phase, Reason: p.Reason, Message: p.Message, PodIP: p.IP, StartTime: p.Started, Conditions: conditionsOf(p.Conditions),
	}
	for i := range p.Containers {
		s := statusOf(&p.Containers[i])
		if p.Containers[i].Init {
			out.Status.InitContainerStatuses = append(out.Status.InitContainerStatuses, s)
		} else {
			out.Status.ContainerStatuses = append(out.Status.ContainerStatuses, s)
		}
	}
	return out
}

func statusOf(c *model.ContainerStatus) ContainerStatus {
	out := ContainerStatus{Name: c.Name, Ready: c.Ready, RestartCount: c.Restarts}
	if w := c.Waiting; w != nil {
		out.State.Waiting = &Waiting{w.Reason, w.Message}
	}
	if !c.Running.IsZero() {
		out.State.Running = &Running{c.Running}
	}
	out.State.Terminated, out.LastState.Terminated = exitOf(c.Exit), exitOf(c.LastExit)
	return out
}

func exitOf(e *model.Exit) *Terminated {
	if e == nil {
		return nil
	}
	return &Terminated{e.Code, e.Reason, e.Message, e.Started, e.Finished}
}

package probes

import (
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const unschedulableID finding.ProbeID = "unschedulable"

// Unschedulable finds pods that no node takes.
var Unschedulable = &Probe{
	ID: unschedulableID,
	Doc: `No node takes a pod
A pod stays Pending because the scheduler finds no node for it: its nodeSelector asks for a
label that no node has, it does not tolerate a taint, it asks for more than there is, or its
volume can only be mounted elsewhere.

**Rule.** A pod is Pending, has no node, and its condition PodScheduled is False for longer than two
minutes (30 seconds where the reason lies in labels, taints, or an amount that no node has at
all; ten minutes for scheduling gates). The scheduler's own predicates are evaluated on each
node: cordon, taints, nodeSelector and required node affinity, CPU, memory, pods and extended
resources, host ports, pod affinity and anti-affinity, topology spread, where its volumes can
be mounted, and whether its PVCs are bound. A pod whose schedulerName no scheduler acts on has
no such condition at all. One finding per workload.

Two more leave no pod that waits: a template that names a node which does not exist
(spec.nodeName), whose pods are deleted as soon as they were made; and a DaemonSet that has run on no
node for two minutes, because its nodeSelector differs by one letter from a label that nodes have. Sources: kubernetes
pkg/scheduler/framework/plugins, pkg/api/v1/resource (PodRequests).

Where an event of the last hour says that an earlier pod of the workload was preempted, the
summary names the pod of higher priority that took its place.

Where nodes are made for pods that fit on none (cluster-autoscaler, Karpenter), two minutes must
have passed whatever the reason, and for five the finding is inferred: a node may be on its way.

**Evidence.** The field of the template that decides, what each node lacks, the scheduler's message.
Each node is counted once. First stands the reason whose removal would help most: of the
nodes that the pod is meant for by its labels and its volume, the reason that alone keeps most
of them away.

**What it cannot see.** Limits of volumes per node, dynamic resources, extenders and other
schedulers' rules: where the predicates would let the pod in and the scheduler does not, its
message is quoted, after six minutes, in which the scheduler tries again by itself. Without
the right to list nodes the message is all there is; the finding is then inferred or observed.

**By hand.** ` + "`kubectl describe pod POD`" + `, ` + "`kubectl get nodes -L KEY`" + `,
` + "`kubectl describe node NODE`" + `. Correct nodeSelector or the affinity in the template; add a
toleration for the taint where the pod may run there; lower ` + "`resources.requests`" + ` to what
a node has, or add a node; ` + "`kubectl uncordon NODE`" + `.

**Silent** for pods that are being deleted, for pods that wait for a PVC that does not exist
(reference-missing), for events without a pod that waits now, for pods that a queue
(Kueue, Volcano) holds back by its gate, and while the scheduler has just looked. Low for pods of a negative priority,
which keep room for others and give way to them (overprovisioning).`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses: reads(workloadReads, []model.Kind{
		model.KindNode, model.KindClaim, model.KindVolume, model.KindStorageClass, model.KindNamespace,
		model.KindEvent, model.KindConfigMap, model.KindCRD,
	}),
	Run: staying(runUnschedulable),
}

const (
	verdictAge    = 2 * time.Minute  // how old a verdict of the scheduler must be
	impossibleAge = 30 * time.Second // where what comes and goes would not change it
	retryAge      = 6 * time.Minute  // the scheduler tries again after five (DefaultPodMaxInUnschedulablePodsDuration)
	gatedAge      = 10 * time.Minute
)

const (
	noProvisioner   = "kubernetes.io/no-provisioner"
	waitForConsumer = "WaitForFirstConsumer"
)

// queueGates begin the gates that are put on pods on purpose by what admits them later, for as long as it takes.
var queueGates = []string{"kueue.x-k8s.io/", "scheduling.volcano.sh/"}

func queued(gate string) bool {
	return slices.ContainsFunc(queueGates, func(g string) bool { return strings.HasPrefix(gate, g) })
}

// verdict is the scheduler's condition of a pod that it found no node for, or nil.
func verdict(pod *model.Pod) *model.Condition {
	c := model.FindCondition(pod.Conditions, "PodScheduled")
	if c == nil || c.Status != "False" || pod.Node != "" || pod.Phase != "Pending" {
		return nil
	}
	return c
}

// neverSeen reports whether a pod waits for a scheduler of another name, which has never
// looked at it.
func neverSeen(pod *model.Pod) bool {
	at := pod.Template.Placement
	return pod.Node == "" && pod.Phase == "Pending" && len(pod.Containers) == 0 && at != nil && at.Scheduler != "default-scheduler" && len(at.Gates) == 0 &&
		model.FindCondition(pod.Conditions, "PodScheduled") == nil
}

// waiting reports whether a pod waits for a node.
func waiting(pod *model.Pod) bool { return verdict(pod) != nil || neverSeen(pod) }

func runUnschedulable(p *Pass) {
	nowhere(p)
	var nodes *placing
	var known, built bool
	for subject, pods := range podsBySubject(p, waiting) {
		slices.SortStableFunc(pods, func(a, b *model.Pod) int { return waitsSince(a).Compare(waitsSince(b)) })
		pod := pods[0]
		if missesClaim(p, pod) {
			continue // reference-missing says so
		}
		if !built {
			nodes, known = scheduled(p)
			built = true
		}
		s := stranded{subject: subject, pods: pods, pod: pod, message: verdict(pod)}
		for _, other := range p.Graph.Pods(subject) {
			if alive(other) {
				s.total++
			}
		}
		s.total = max(s.total, len(pods))
		if known {
			s.judge(p, nodes)
		}
		if f, due := s.finding(p, nodes); due {
			p.Wake(p.Now.Add(otherNamespace)) // what pods elsewhere free wakes no probe of this namespace
			p.Report(f)
		}
	}
}

// waitsSince is when the scheduler gave its verdict, or when a pod was made that none
// looked at.
func waitsSince(pod *model.Pod) time.Time {
	if c := verdict(pod); c != nil {
		return c.Since
	}
	return pod.Created
}

// missesClaim reports whether a pod names a PVC that was not read: that it is missing, or
// that it cannot be known, is told by others.
func missesClaim(p *Pass, pod *model.Pod) bool {
	return slices.ContainsFunc(pod.Refs, func(r model.Reference) bool {
		return r.Type == model.EdgeMounts && r.To.Kind == model.KindClaim && !p.Exists(r.To)
	})
}

// stranded are the pods of a workload that no node takes.
type stranded struct {
	subject model.Ref
	pods    []*model.Pod // the one that waits longest first
	pod     *model.Pod
	total   int // of the workload's pods
	message *model.Condition

	judged bool
	ask    amounts
	nodes  []judgement
	groups []obstacles // the one whose removal would help first
}

// obstacles are the nodes that one thing keeps away.
type obstacles struct {
	hindrance
	nodes      []judgement // those that are counted here
	alone      int         // of the nodes that the pod is meant for: those that nothing else keeps away
	fixed      bool        // on all of them
	everywhere bool        // it keeps every node away
}

// fits reports whether a node would take the pod as far as can be told.
func (s *stranded) fits() bool {
	return slices.ContainsFunc(s.nodes, func(r judgement) bool { return len(r.why) == 0 })
}

// impossible reports whether no node would take the pod whatever others come and go.
func (s *stranded) impossible() bool {
	return s.judged && len(s.nodes) > 0 && !slices.ContainsFunc(s.nodes, func(r judgement) bool {
		return !slices.ContainsFunc(r.why, func(h hindrance) bool { return h.fixed })
	})
}

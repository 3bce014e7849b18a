package project

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/careen-tui/careen/internal/model"
)

const templatePath = "spec.template.spec"

// workload fills in what all workloads share; more are references of its kind alone. Its
// siblings may see its Meta and its Template as soon as it returns: they are complete then.
func (p *Projector) workload(kind model.Kind, o *metav1.ObjectMeta, path string, t *corev1.PodTemplateSpec, more ...model.Reference) *model.Workload {
	w := &model.Workload{Meta: p.meta(kind, o)}
	annotations := p.annotations(o.Namespace, t.Annotations)
	for _, r := range p.annotated(w.Namespace, t.Annotations) {
		r.Path = strings.TrimSuffix(path, "spec") + r.Path
		w.Refs = append(w.Refs, r)
	}
	template, refs := p.template(w.Refs, w.Namespace, "", path, &t.Spec)
	w.Template, w.Refs = *template, slices.Concat(refs, more)
	w.Template.Labels, w.Template.Annotations, w.Template.NodeName = p.labels(t.Labels), annotations, p.word(t.Spec.NodeName)
	own := ownerKey{w.Namespace, w.UID}
	owner := own
	if kind == model.KindReplicaSet || kind == model.KindJob {
		owner = shapeOwner(o)
	}
	p.shapes.of(owner).share(&w.Meta, &w.Template)
	p.shapes.show(owner, 0, &w.Meta, &w.Template)
	if owner != own {
		p.shapes.show(own, 0, &w.Meta, &w.Template) // to its pods
	}
	return w
}

func (p *Projector) deployment(o *appsv1.Deployment) *model.Workload {
	w := p.workload(model.KindDeployment, &o.ObjectMeta, templatePath, &o.Spec.Template)
	w.Desired = replicas(o.Spec.Replicas)
	w.Current, w.Ready, w.Updated, w.Available = o.Status.Replicas, o.Status.ReadyReplicas, o.Status.UpdatedReplicas, o.Status.AvailableReplicas
	w.ObservedGeneration, w.Paused = o.Status.ObservedGeneration, o.Spec.Paused
	w.Selector = p.selector(o.Spec.Selector)
	w.Conditions = conditions(p, o.Namespace, o.Status.Conditions, func(c *appsv1.DeploymentCondition) (typ, status, reason, text string, since metav1.Time) {
		return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
	})
	w.Strategy = p.word(string(o.Spec.Strategy.Type))
	if r := o.Spec.Strategy.RollingUpdate; r != nil {
		w.MaxUnavailable, w.MaxSurge = p.share(r.MaxUnavailable), p.share(r.MaxSurge)
	}
	w.Revision = w.Annotations["deployment.kubernetes.io/revision"]
	return w
}

func (p *Projector) replicaSet(o *appsv1.ReplicaSet) *model.Workload {
	w := p.workload(model.KindReplicaSet, &o.ObjectMeta, templatePath, &o.Spec.Template)
	w.Desired = replicas(o.Spec.Replicas)
	w.Current, w.Ready, w.Updated, w.Available = o.Status.Replicas, o.Status.ReadyReplicas, o.Status.FullyLabeledReplicas, o.Status.AvailableReplicas
	w.ObservedGeneration = o.Status.ObservedGeneration
	w.Selector = p.selector(o.Spec.Selector)
	w.Conditions = conditions(p, o.Namespace, o.Status.Conditions, func(c *appsv1.ReplicaSetCondition) (typ, status, reason, text string, since metav1.Time) {
		return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
	})
	w.Revision = w.Annotations["deployment.kubernetes.io/revision"]
	return w
}

func (p *Projector) replicationController(o *corev1.ReplicationController) *model.Workload {
	template := o.Spec.Template
	if template == nil {
		template = &corev1.PodTemplateSpec{}
	}
	w := p.workload(model.KindReplicationController, &o.ObjectMeta, templatePath, template)
	w.Desired = replicas(o.Spec.Replicas)
	w.Current, w.Ready, w.Updated, w.Available = o.Status.Replicas, o.Status.ReadyReplicas, o.Status.FullyLabeledReplicas, o.Status.AvailableReplicas
	w.ObservedGeneration = o.Status.ObservedGeneration
	if len(o.Spec.Selector) > 0 {
		w.Selector = &model.Selector{Labels: p.labels(o.Spec.Selector)}
	}
	w.Conditions = conditions(p, o.Namespace, o.Status.Conditions, func(c *corev1.ReplicationControllerCondition) (typ, status, reason, text string, since metav1.Time) {
		return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
	})
	return w
}

func (p *Projector) daemonSet(o *appsv1.DaemonSet) *model.Workload {
	w := p.workload(model.KindDaemonSet, &o.ObjectMeta, templatePath, &o.Spec.Template)
	w.Desired, w.Current, w.Ready = o.Status.DesiredNumberScheduled, o.Status.CurrentNumberScheduled, o.Status.NumberReady
	w.Updated, w.Available = o.Status.UpdatedNumberScheduled, o.Status.NumberAvailable
	w.ObservedGeneration = o.Status.ObservedGeneration
	w.Selector = p.selector(o.Spec.Selector)
	w.Conditions = conditions(p, o.Namespace, o.Status.Conditions, func(c *appsv1.DaemonSetCondition) (typ, status, reason, text string, since metav1.Time) {
		return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
	})
	w.Strategy = p.word(string(o.Spec.UpdateStrategy.Type))
	if r := o.Spec.UpdateStrategy.RollingUpdate; r != nil {
		w.MaxUnavailable, w.MaxSurge = p.share(r.MaxUnavailable), p.share(r.MaxSurge)
	}
	return w
}

func (p *Projector) job(o *batchv1.Job) *model.Workload {
	w := p.workload(model.KindJob, &o.ObjectMeta, templatePath, &o.Spec.Template)
	completions := int32(1)
	if o.Spec.Completions != nil {
		completions = *o.Spec.Completions
	}
	w.Desired = max(0, completions-o.Status.Succeeded)
	w.Active, w.Current = o.Status.Active, o.Status.Active
	if o.Status.Ready != nil {
		w.Ready = *o.Status.Ready
	}
	w.Started, w.Retries = moment(o.Status.StartTime), 6 // the API server's default
	w.Bounded = o.Spec.ActiveDeadlineSeconds != nil || o.Spec.Template.Spec.ActiveDeadlineSeconds != nil
	if n := o.Spec.BackoffLimit; n != nil {
		w.Retries = *n
	}
	w.Paused = isTrue(o.Spec.Suspend)
	w.Selector = p.selector(o.Spec.Selector)
	w.Conditions = conditions(p, o.Namespace, o.Status.Conditions, func(c *batchv1.JobCondition) (typ, status, reason, text string, since metav1.Time) {
		return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
	})
	w.Finished = moment(o.Status.CompletionTime)
	if at, failed := finished(w.Conditions, string(batchv1.JobFailed)); failed {
		w.Finished, w.Failed = at, true
	}
	if !w.Finished.IsZero() {
		w.Desired = 0
	}
	return w
}

func (p *Projector) cronJob(o *batchv1.CronJob) *model.Workload {
	w := p.workload(model.KindCronJob, &o.ObjectMeta, "spec.jobTemplate.spec.template.spec", &o.Spec.JobTemplate.Spec.Template)
	w.Schedule = p.schedule(o)
	w.Paused = isTrue(o.Spec.Suspend)
	w.Active = int32(min(len(o.Status.Active), 1<<20)) //nolint:gosec // bounded just here
	return w
}

func (p *Projector) statefulSet(o *appsv1.StatefulSet) *model.Workload {
	w := p.workload(model.KindStatefulSet, &o.ObjectMeta, templatePath, &o.Spec.Template, p.statefulRefs(o)...)
	w.Desired = replicas(o.Spec.Replicas)
	w.Current, w.Ready, w.Updated, w.Available = o.Status.Replicas, o.Status.ReadyReplicas, o.Status.UpdatedReplicas, o.Status.AvailableReplicas
	w.ObservedGeneration = o.Status.ObservedGeneration
	w.Selector = p.selector(o.Spec.Selector)
	w.Conditions = conditions(p, o.Namespace, o.Status.Conditions, func(c *appsv1.StatefulSetCondition) (typ, status, reason, text string, since metav1.Time) {
		return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
	})
	w.Strategy = p.word(string(o.Spec.UpdateStrategy.Type))
	if r := o.Spec.UpdateStrategy.RollingUpdate; r != nil {
		w.MaxUnavailable = p.share(r.MaxUnavailable)
		if r.Partition != nil {
			w.Partition = *r.Partition
		}
	}
	w.Revision, w.CurrentRevision = p.word(o.Status.UpdateRevision), p.word(o.Status.CurrentRevision)
	w.Ordered = o.Spec.PodManagementPolicy != appsv1.ParallelPodManagement
	w.ServiceName = p.word(o.Spec.ServiceName)
	if o.Spec.Ordinals != nil {
		w.OrdinalStart = o.Spec.Ordinals.Start
	}
	if r := o.Spec.PersistentVolumeClaimRetentionPolicy; r != nil {
		w.RetainWhenDeleted, w.RetainWhenScaled = p.word(string(r.WhenDeleted)), p.word(string(r.WhenScaled))
	}
	for i := range o.Spec.VolumeClaimTemplates {
		t := &o.Spec.VolumeClaimTemplates[i]
		ct := model.ClaimTemplate{Name: p.word(t.Name), Size: p.requested(&t.Spec)}
		if t.Spec.StorageClassName != nil {
			ct.Class = p.word(*t.Spec.StorageClassName)
		}
		w.ClaimTemplates = append(w.ClaimTemplates, ct)
	}
	return w
}

// statefulRefs are the references that a StatefulSet has beside those of its template.
func (p *Projector) statefulRefs(o *appsv1.StatefulSet) (out []model.Reference) {
	ns := p.word(o.Namespace)
	if o.Spec.ServiceName != "" {
		out = append(out, model.Reference{
			Type: model.EdgeServes, To: model.Ref{Kind: model.KindService, Namespace: ns, Name: p.word(o.Spec.ServiceName)}, Path: "spec.serviceName",
		})
	}
	for i := range o.Spec.VolumeClaimTemplates {
		out = p.claimSpec(out, ns, at("spec.volumeClaimTemplates", i)+".spec", &o.Spec.VolumeClaimTemplates[i].Spec, true)
	}
	return out
}

// share is a number of pods, or a share of them in percent.
func (p *Projector) share(n *intstr.IntOrString) string {
	if n == nil {
		return ""
	}
	return p.word(n.String())
}

// replicas is 1 where the field is absent, as the API server defaults it.
func replicas(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}

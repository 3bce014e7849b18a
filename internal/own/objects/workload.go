package objects

import "github.com/careen-tui/careen/internal/model"

// PodTemplate is a pod template.
type PodTemplate struct {
	Metadata TemplateMeta `json:"metadata"`
	Spec     PodSpec      `json:"spec"`
}

// TemplateMeta is the metadata of a template.
type TemplateMeta struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

func templateOf(t *model.Template) PodTemplate {
	return PodTemplate{TemplateMeta{t.Labels, t.Annotations}, podSpecOf(t, t.NodeName)}
}

// Deployment is a Deployment.
type Deployment struct {
	Metadata Meta             `json:"metadata"`
	Spec     DeploymentSpec   `json:"spec"`
	Status   DeploymentStatus `json:"status"`
}

// DeploymentSpec is the spec of a Deployment.
type DeploymentSpec struct {
	Replicas int32       `json:"replicas"`
	Paused   bool        `json:"paused"`
	Selector *Selector   `json:"selector"`
	Strategy Strategy    `json:"strategy"`
	Template PodTemplate `json:"template"`
}

// Strategy is how pods are replaced.
type Strategy struct {
	Type          string  `json:"type"`
	RollingUpdate Rolling `json:"rollingUpdate"`
}

// Rolling bounds a rolling update, by numbers or shares as text.
type Rolling struct {
	MaxUnavailable string `json:"maxUnavailable" note:"a number or a share, as text"`
	MaxSurge       string `json:"maxSurge" note:"a number or a share, as text"`
}

// DeploymentStatus is the status of a Deployment.
type DeploymentStatus struct {
	Replicas           int32       `json:"replicas"`
	ReadyReplicas      int32       `json:"readyReplicas"`
	UpdatedReplicas    int32       `json:"updatedReplicas"`
	AvailableReplicas  int32       `json:"availableReplicas"`
	ObservedGeneration int64       `json:"observedGeneration"`
	Conditions         []Condition `json:"conditions"`
}

func deploymentOf(w *model.Workload) *Deployment {
	return &Deployment{
		metaOf(&w.Meta),
		DeploymentSpec{w.Desired, w.Paused, selectorOf(w.Selector), Strategy{w.Strategy, Rolling{w.MaxUnavailable, w.MaxSurge}}, templateOf(&w.Template)},
		DeploymentStatus{w.Current, w.Ready, w.Updated, w.Available, w.ObservedGeneration, conditionsOf(w.Conditions)},
	}
}

// ReplicaSet is a ReplicaSet.
type ReplicaSet struct {
	Metadata Meta           `json:"metadata"`
	Spec     ReplicaSetSpec `json:"spec"`
	Status   ReplicaStatus  `json:"status"`
}

// ReplicaSetSpec is the spec of a ReplicaSet.
type ReplicaSetSpec struct {
	Replicas int32       `json:"replicas"`
	Selector *Selector   `json:"selector"`
	Template PodTemplate `json:"template"`
}

// ReplicaStatus is the status of a ReplicaSet.
type ReplicaStatus struct {
	Replicas           int32       `json:"replicas"`
	ReadyReplicas      int32       `json:"readyReplicas"`
	AvailableReplicas  int32       `json:"availableReplicas"`
	ObservedGeneration int64       `json:"observedGeneration"`
	Conditions         []Condition `json:"conditions"`
}

func replicaSetOf(w *model.Workload) *ReplicaSet {
	return &ReplicaSet{
		metaOf(&w.Meta),
		ReplicaSetSpec{w.Desired, selectorOf(w.Selector), templateOf(&w.Template)},
		ReplicaStatus{w.Current, w.Ready, w.Available, w.ObservedGeneration, conditionsOf(w.Conditions)},
	}
}

// Controller is a ReplicationController.
type Controller struct {
	Metadata Meta           `json:"metadata"`
	Spec     ControllerSpec `json:"spec"`
	Status   ReplicaStatus  `json:"status"`
}

// ControllerSpec is the spec of a ReplicationController.
type ControllerSpec struct {
	Replicas int32             `json:"replicas"`
	Selector map[string]string `json:"selector"`
	Template PodTemplate       `json:"template"`
}

func controllerOf(w *model.Workload) *Controller {
	out := &Controller{
		metaOf(&w.Meta),
		ControllerSpec{Replicas: w.Desired, Template: templateOf(&w.Template)},
		ReplicaStatus{w.Current, w.Ready, w.Available, w.ObservedGeneration, conditionsOf(w.Conditions)},
	}
	if w.Selector != nil {
		out.Spec.Selector = w.Selector.Labels
	}
	return out
}

// StatefulSet is a StatefulSet.
type StatefulSet struct {
	Metadata Meta              `json:"metadata"`
	Spec     StatefulSetSpec   `json:"spec"`
	Status   StatefulSetStatus `json:"status"`
}

// StatefulSetSpec is the spec of a StatefulSet.
type StatefulSetSpec struct {
	Replicas             int32           `json:"replicas"`
	ServiceName          string          `json:"serviceName"`
	Selector             *Selector       `json:"selector"`
	UpdateStrategy       UpdateStrategy  `json:"updateStrategy"`
	Template             PodTemplate     `json:"template"`
	VolumeClaimTemplates []ClaimTemplate `json:"volumeClaimTemplates"`
}

// UpdateStrategy is how pods are replaced.
type UpdateStrategy struct {
	Type          string    `json:"type"`
	RollingUpdate Partition `json:"rollingUpdate"`
}

// Partition bounds the update of a StatefulSet.
type Partition struct {
	Partition      int32  `json:"partition"`
	MaxUnavailable string `json:"maxUnavailable" note:"a number or a share, as text"`
}

// ClaimTemplate is a template of PVCs.
type ClaimTemplate struct {
	Metadata ClaimTemplateMeta `json:"metadata"`
	Spec     ClaimTemplateSpec `json:"spec"`
}

// ClaimTemplateMeta names a template.
type ClaimTemplateMeta struct {
	Name string `json:"name"`
}

// ClaimTemplateSpec is what a PVC of it asks for.
type ClaimTemplateSpec struct {
	StorageClassName string    `json:"storageClassName"`
	Resources        Requested `json:"resources"`
}

// Requested is what a PVC asks for.
type Requested struct {
	Requests map[string]string `json:"requests"`
}

// StatefulSetStatus is the status of a StatefulSet.
type StatefulSetStatus struct {
	Replicas           int32       `json:"replicas"`
	ReadyReplicas      int32       `json:"readyReplicas"`
	UpdatedReplicas    int32       `json:"updatedReplicas"`
	AvailableReplicas  int32       `json:"availableReplicas"`
	ObservedGeneration int64       `json:"observedGeneration"`
	CurrentRevision    string      `json:"currentRevision"`
	UpdateRevision     string      `json:"updateRevision"`
	Conditions         []Condition `json:"conditions"`
}

func statefulSetOf(w *model.Workload) *StatefulSet {
	out := &StatefulSet{Metadata: metaOf(&w.Meta)}
	out.Status = StatefulSetStatus{
		w.Current, w.Ready, w.Updated, w.Available, w.ObservedGeneration, w.CurrentRevision, w.Revision, conditionsOf(w.Conditions),
	}
	out.Spec = StatefulSetSpec{
		Replicas: w.Desired, ServiceName: w.ServiceName, Selector: selectorOf(w.Selector), Template: templateOf(&w.Template),
		UpdateStrategy: UpdateStrategy{w.Strategy, Partition{w.Partition, w.MaxUnavailable}},
	}
	for _, c := range w.ClaimTemplates {
		out.Spec.VolumeClaimTemplates = append(out.Spec.VolumeClaimTemplates, ClaimTemplate{
			ClaimTemplateMeta{c.Name}, ClaimTemplateSpec{c.Class, Requested{storage(c.Size)}},
		})
	}
	return out
}

// storage is a quantity of storage among resources; nil where it is not said.
func storage(size string) map[string]string {
	if size == "" {
		return nil
	}
	return map[string]string{"storage": size}
}

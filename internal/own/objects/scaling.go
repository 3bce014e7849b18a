package objects

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Budget is a PodDisruptionBudget.
type Budget struct {
	Metadata Meta         `json:"metadata"`
	Spec     BudgetSpec   `json:"spec"`
	Status   BudgetStatus `json:"status"`
}

// BudgetSpec is the spec of a PodDisruptionBudget.
type BudgetSpec struct {
	Selector       *Selector `json:"selector"`
	MinAvailable   string    `json:"minAvailable" note:"a number or a share, as text"`
	MaxUnavailable string    `json:"maxUnavailable" note:"a number or a share, as text"`
}

// BudgetStatus is the status of a PodDisruptionBudget.
type BudgetStatus struct {
	DisruptionsAllowed int32       `json:"disruptionsAllowed"`
	CurrentHealthy     int32       `json:"currentHealthy"`
	DesiredHealthy     int32       `json:"desiredHealthy"`
	ExpectedPods       int32       `json:"expectedPods"`
	ObservedGeneration int64       `json:"observedGeneration"`
	Conditions         []Condition `json:"conditions"`
}

func budgetOf(b *model.DisruptionBudget) *Budget {
	return &Budget{
		metaOf(&b.Meta),
		BudgetSpec{selectorOf(b.Selector), b.MinAvailable, b.MaxUnavailable},
		BudgetStatus{b.Allowed, b.Healthy, b.Desired, b.Expected, b.ObservedGeneration, conditionsOf(b.Conditions)},
	}
}

// Autoscaler is a HorizontalPodAutoscaler.
type Autoscaler struct {
	Metadata Meta             `json:"metadata"`
	Spec     AutoscalerSpec   `json:"spec"`
	Status   AutoscalerStatus `json:"status"`
}

// AutoscalerSpec is the spec of a HorizontalPodAutoscaler.
type AutoscalerSpec struct {
	ScaleTargetRef Target   `json:"scaleTargetRef"`
	MinReplicas    int32    `json:"minReplicas"`
	MaxReplicas    int32    `json:"maxReplicas"`
	Metrics        []Metric `json:"metrics"`
}

// Metric is the kind of a metric by which an autoscaler scales.
type Metric struct {
	Type string `json:"type"`
}

// AutoscalerStatus is the status of a HorizontalPodAutoscaler.
type AutoscalerStatus struct {
	CurrentReplicas int32       `json:"currentReplicas"`
	DesiredReplicas int32       `json:"desiredReplicas"`
	LastScaleTime   time.Time   `json:"lastScaleTime"`
	Conditions      []Condition `json:"conditions"`
}

func autoscalerOf(a *model.Autoscaler) *Autoscaler {
	out := &Autoscaler{Metadata: metaOf(&a.Meta), Status: AutoscalerStatus{a.Current, a.Wanted, a.Scaled, conditionsOf(a.Conditions)}}
	out.Spec = AutoscalerSpec{ScaleTargetRef: Target{string(a.Target.Kind), a.Target.Name}, MinReplicas: a.Min, MaxReplicas: a.Max}
	for _, m := range a.Metrics {
		out.Spec.Metrics = append(out.Spec.Metrics, Metric{m.Type})
	}
	return out
}

package objects

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// DaemonSet is a DaemonSet.
type DaemonSet struct {
	Metadata Meta            `json:"metadata"`
	Spec     DaemonSetSpec   `json:"spec"`
	Status   DaemonSetStatus `json:"status"`
}

// DaemonSetSpec is the spec of a DaemonSet.
type DaemonSetSpec struct {
	Selector       *Selector   `json:"selector"`
	UpdateStrategy Strategy    `json:"updateStrategy"`
	Template       PodTemplate `json:"template"`
}

// DaemonSetStatus is the status of a DaemonSet.
type DaemonSetStatus struct {
	DesiredNumberScheduled int32       `json:"desiredNumberScheduled"`
	CurrentNumberScheduled int32       `json:"currentNumberScheduled"`
	NumberReady            int32       `json:"numberReady"`
	UpdatedNumberScheduled int32       `json:"updatedNumberScheduled"`
	NumberAvailable        int32       `json:"numberAvailable"`
	ObservedGeneration     int64       `json:"observedGeneration"`
	Conditions             []Condition `json:"conditions"`
}

func daemonSetOf(w *model.Workload) *DaemonSet {
	return &DaemonSet{
		metaOf(&w.Meta),
		DaemonSetSpec{selectorOf(w.Selector), Strategy{w.Strategy, Rolling{w.MaxUnavailable, w.MaxSurge}}, templateOf(&w.Template)},
		DaemonSetStatus{w.Desired, w.Current, w.Ready, w.Updated, w.Available, w.ObservedGeneration, conditionsOf(w.Conditions)},
	}
}

// Job is a Job.
type Job struct {
	Metadata Meta      `json:"metadata"`
	Spec     JobSpec   `json:"spec"`
	Status   JobStatus `json:"status"`
}

// JobSpec is the spec of a Job.
type JobSpec struct {
	Suspend      bool        `json:"suspend"`
	BackoffLimit int32       `json:"backoffLimit"`
	Template     PodTemplate `json:"template"`
}

// JobStatus is the status of a Job.
type JobStatus struct {
	Active     int32       `json:"active"`
	StartTime  time.Time   `json:"startTime"`
	Conditions []Condition `json:"conditions"`
}

func jobOf(w *model.Workload) *Job {
	return &Job{
		metaOf(&w.Meta), JobSpec{w.Paused, w.Retries, templateOf(&w.Template)}, JobStatus{w.Active, w.Started, conditionsOf(w.Conditions)},
	}
}

// CronJob is a CronJob.
type CronJob struct {
	Metadata Meta          `json:"metadata"`
	Spec     CronJobSpec   `json:"spec"`
	Status   CronJobStatus `json:"status"`
}

// CronJobSpec is the spec of a CronJob.
type CronJobSpec struct {
	Schedule                string      `json:"schedule"`
	TimeZone                string      `json:"timeZone"`
	ConcurrencyPolicy       string      `json:"concurrencyPolicy"`
	StartingDeadlineSeconds int64       `json:"startingDeadlineSeconds"`
	Suspend                 bool        `json:"suspend"`
	JobTemplate             JobTemplate `json:"jobTemplate"`
}

// JobTemplate is the Job that a CronJob makes.
type JobTemplate struct {
	Spec JobTemplateSpec `json:"spec"`
}

// JobTemplateSpec is the spec of that Job.
type JobTemplateSpec struct {
	Template PodTemplate `json:"template"`
}

// CronJobStatus is the status of a CronJob.
type CronJobStatus struct {
	LastScheduleTime   time.Time `json:"lastScheduleTime"`
	LastSuccessfulTime time.Time `json:"lastSuccessfulTime"`
}

func cronJobOf(w *model.Workload) *CronJob {
	out := &CronJob{Metadata: metaOf(&w.Meta)}
	out.Spec = CronJobSpec{Suspend: w.Paused, JobTemplate: JobTemplate{JobTemplateSpec{templateOf(&w.Template)}}}
	if s := w.Schedule; s != nil {
		out.Spec.Schedule, out.Spec.TimeZone, out.Spec.ConcurrencyPolicy = s.Cron, s.Zone, s.Concurrency
		out.Spec.StartingDeadlineSeconds = int64(s.Deadline / time.Second)
		out.Status = CronJobStatus{s.Last, s.Success}
	}
	return out
}

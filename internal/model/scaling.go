package model

import "time"

// DisruptionBudget is a PodDisruptionBudget, with what its controller counted.
type DisruptionBudget struct {
	Meta
	Selector           *Selector
	MinAvailable       string `careen:"keep"` // a number or a share; empty where maxUnavailable is set
	MaxUnavailable     string `careen:"keep"`
	Allowed            int32  // disruptions
	Healthy            int32
	Desired            int32 // healthy pods that must stay
	Expected           int32 // pods that it counts
	ObservedGeneration int64
	Conditions         []Condition
}

// Autoscaler is a HorizontalPodAutoscaler.
type Autoscaler struct {
	Meta
	Target     Ref
	Min, Max   int32
	Current    int32
	Wanted     int32     // status.desiredReplicas
	Scaled     time.Time // when it last changed the number of replicas; zero where it never did
	Metrics    []Metric
	Conditions []Condition
}

// Metric is what an autoscaler scales by.
type Metric struct {
	Type      string `careen:"keep"` // Resource, ContainerResource, Pods, Object or External
	Name      string `careen:"text"` // cpu, or the name of the metric
	Container string `careen:"name"` // of a ContainerResource
	Share     bool   // its target is a share of the request
}

// Schedule is what a CronJob says beside its template, and when it last ran.
type Schedule struct {
	Cron        string `careen:"keep"`
	Zone        string `careen:"keep"` // IANA name; empty for the controller's own
	Concurrency string `careen:"keep"` // Allow, Forbid or Replace
	Deadline    time.Duration
	Limited     bool      // a starting deadline is set, maybe of 0 seconds
	Last        time.Time // when it last made a Job
	Success     time.Time // when one last succeeded
}

package agent

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// The metrics. Alert rules and dashboards name them: they stay.
var (
	findingLabels = []string{"probe", "severity", "grade", "namespace"}

	metricFindings = prometheus.NewDesc("careen_findings", "Findings that count, as careen audit would report them.", findingLabels, nil)
	metricKnown    = prometheus.NewDesc("careen_known_findings", "Findings that a waiver or the baseline has, which do not count.", findingLabels, nil)
	metricWatches  = prometheus.NewDesc("careen_watches", "Watches of a resource by how much they know.", []string{"resource", "state"}, nil)
	metricObjects  = prometheus.NewDesc("careen_watched_objects", "Objects that are watched.", []string{"resource"}, nil)
	metricUp       = prometheus.NewDesc("careen_cluster_up", "Whether the API server answers and accepts the credentials.", nil, nil)
	metricComplete = prometheus.NewDesc("careen_first_look_complete", "Whether all was read once that can be read.", nil, nil)
	metricLooked   = prometheus.NewDesc("careen_last_look_timestamp_seconds", "When something last moved and was looked at.", nil, nil)
	metricLeader   = prometheus.NewDesc("careen_leader", "Whether this agent holds the Lease, and so writes report objects.", nil, nil)
	metricTarget   = prometheus.NewDesc("careen_publishing", "Which API report objects are written to; none where no such API is served.", []string{"to"}, nil)
	metricReports  = prometheus.NewDesc("careen_report_objects", "Report objects that should be there.", nil, nil)
	metricWrites   = prometheus.NewDesc("careen_report_writes_total", "Writes of report objects.", []string{"verb"}, nil)
	metricFailed   = prometheus.NewDesc("careen_report_write_failures_total", "Writes of report objects that were refused or failed.", nil, nil)
	metricBuild    = prometheus.NewDesc("careen_build_info", "The version of careen.", []string{"version"}, nil)

	lookSeconds = "careen_look_duration_seconds"
)

// Metrics are the names of all metrics of careen's own.
func Metrics() []string {
	return []string{
		"careen_findings", "careen_known_findings", "careen_watches", "careen_watched_objects", "careen_cluster_up", "careen_first_look_complete",
		"careen_last_look_timestamp_seconds", "careen_leader", "careen_publishing", "careen_report_objects", "careen_report_writes_total",
		"careen_report_write_failures_total", "careen_build_info", lookSeconds,
	}
}

// registry makes what /metrics serves: careen's own, and those of every Go program.
func (a *Agent) registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(a, a.looks, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

func newLooks() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: lookSeconds, Help: "How long a look took: all probes that had to run, over what moved.",
		Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
	})
}

// Describe sends nothing: which findings there are is not known beforehand.
func (a *Agent) Describe(chan<- *prometheus.Desc) {}

// Collect tells what is known at this moment. It reads, and asks nobody.
func (a *Agent) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge(metricBuild, 1, a.o.Version)
	gauge(metricUp, truth(a.o.Source.Err() == nil && a.read()))
	gauge(metricComplete, truth(a.read()))
	gauge(metricLeader, truth(a.pub.leader != nil && a.pub.leader.term() != nil))
	a.collectWatches(gauge)
	if l := a.latest.Load(); l != nil {
		gauge(metricLooked, float64(l.at.UnixMilli())/1000)
		for _, of := range []struct {
			desc  *prometheus.Desc
			found map[label]int
		}{{metricFindings, l.found}, {metricKnown, l.known}} {
			for at, n := range of.found {
				gauge(of.desc, float64(n), at.probe, at.severity, at.grade, at.namespace)
			}
		}
	}
	to := "none"
	if target := a.pub.stats.target.Load(); target != nil {
		to = *target
	}
	gauge(metricTarget, 1, to)
	s := &a.pub.stats
	gauge(metricReports, float64(s.objects.Load()))
	counter(metricWrites, s.created.Load(), "create")
	counter(metricWrites, s.updated.Load(), "update")
	counter(metricWrites, s.deleted.Load(), "delete")
	counter(metricFailed, s.failed.Load())
}

func (a *Agent) collectWatches(gauge func(*prometheus.Desc, float64, ...string)) {
	type key struct{ resource, state string }
	states, objects := map[key]int{}, map[string]int{}
	for _, w := range a.o.Source.Coverage() {
		resource := sanitize.Line(w.Resource, 253)
		states[key{resource, string(w.State)}]++
		objects[resource] += w.Objects
	}
	for k, n := range states {
		gauge(metricWatches, float64(n), k.resource, k.state)
	}
	for resource, n := range objects {
		gauge(metricObjects, float64(n), resource)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// observe takes how long a look took.
func (a *Agent) observe(took time.Duration) { a.looks.Observe(took.Seconds()) }

// Source is what an agent looks at.
type Source interface {
	Coverage() model.Coverage
	// Settled is closed once everything that will be known is known.
	Settled() <-chan struct{}
	Err() error
}

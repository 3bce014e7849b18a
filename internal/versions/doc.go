// Package versions lists what is known of the earlier states of a Secret or ConfigMap:
// what the records of its release declare, what the journal keeps, which revisions of
// workloads name it. It says names, times and which keys differ; never a value.
package versions

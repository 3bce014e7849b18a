// Package scene reads fixtures: clusters at a moment, with what is to be found in them.
//
// A fixture is a YAML file of real Kubernetes manifests, decoded with client-go's
// scheme and projected as a live cluster's objects are. A comment in an object's
// document says what must be found about it:
//
//	# want [probe-id] severity grade "regular expression of the summary"
//
// A fixture without one must yield nothing. The document `kind: Fixture`, which
// may come anywhere, sets the clock and the thresholds, takes away read rights,
// and holds Helm records and log tails in short form; see [Fixture]. For preflight and
// forecast it names the release, holds the chart with its values ([Plan]), and states
// what the API server answers where they ask it themselves ([Server]).
package scene

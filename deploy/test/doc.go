// Package deploytest holds the dashboard and the alert rules of deploy/ against
// Prometheus' own code: they parse as promtool parses them, name series that careen agent
// serves by labels that these have, and alert when they should and at no other time. It is
// a module of its own so that careen is not built with Prometheus.
package deploytest

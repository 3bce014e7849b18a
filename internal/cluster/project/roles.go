package project

import (
	"slices"
	"strings"
)

// asideWords stand in the names of ports by which a program is watched or managed, and of
// those of proxies that stand before it.
var asideWords = []string{
	"metric", "prom", "health", "probe", "monitor", "telemetry", "exporter", "debug", "pprof", "admin", "status", "stats", "live", "ready", "jmx", "trace",
	"envoy", "istio", "linkerd", "webhook",
}

func aside(port string) bool {
	return slices.ContainsFunc(asideWords, func(word string) bool { return strings.Contains(port, word) })
}

// runtimeWords stand in the keys of labels that programs give to pods while they run, by
// which a Service follows a leader: Patroni, Vault, Redis and database operators do. The
// others are labels that controllers add to the pods alone.
var runtimeWords = []string{
	"role", "leader", "master", "primary", "replica", "active", "standby", "sealed", "initialized",
	"pod-name", "pod-index", "pod-template-hash", "template-generation", "controller-revision-hash", "revision", "color", "track", "slot",
}

func follows(selector map[string]string) bool {
	for key := range selector {
		word := strings.ToLower(key[strings.LastIndexByte(key, '/')+1:])
		if slices.ContainsFunc(runtimeWords, func(w string) bool { return word == w || strings.HasSuffix(word, "-"+w) }) {
			return true
		}
	}
	return false
}

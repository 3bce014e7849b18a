package hosts

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// founding are words of the keys of lists that name some members to begin with, and
// are never changed when members come: elasticsearch cluster.initial_master_nodes
// and discovery.seed_hosts (Elasticsearch guide, "Important discovery settings":
// remove the setting once the cluster has formed), opensearch
// cluster.initial_cluster_manager_nodes, etcd --initial-cluster (ignored on restart:
// etcd.io, "Clustering guide"), Consul and Vault retry_join and start_join, Cassandra
// seed_provider and drivers' contact points, Kafka bootstrap.servers (KIP-899: any
// broker answers with all others), RabbitMQ cluster_formation, CockroachDB --join,
// memberlist join_members, Akka seed-nodes, Zen discovery's unicast.hosts.
var founding = []string{"seed", "bootstrap", "initial", "join", "discover", "unicast", "rendezvous", "contactpoint", "introducer"}

// foundingWords are such words where they stand alone: redis-cli --cluster create,
// cockroach init, MongoDB's rs.initiate.
var foundingWords = set("init", "initiate", "create", "formation", "contact", "founding")

// roleWords are words of keys that name the members of one role, so that others are
// left out on purpose.
var roleWords = set(`replica slave secondary secondaries standby standbies follower observer learner arbiter witness
	witnesses primary primaries master leader reader writer read write ro rw hidden backup failover fallback spare candidate
	exclude excluded ignore ignored deny blacklist drain drained local self`)

// plainWords are those of keys that say no more than that hosts follow: what the
// list is for is then said by the key above.
var plainWords = set(`host hosts node server member address addresses addr addrs endpoint url uri list item value peer ip name
	hostname hostnames target backend database`)

func set(words ...string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(strings.Join(words, " ")) {
		out[w] = true
	}
	return out
}

// roleOf says what a list of a set's members is for by its keys, the nearest first. A
// further key counts only where the nearer ones say nothing by themselves. A role
// that stands in the set's own name leaves no member out: MASTER_NODES=es-master-0.
func roleOf(keys []string, set string) model.ListRole {
	for _, key := range keys {
		plain, some := true, false
		for _, w := range wordsOf(key) {
			one := strings.TrimSuffix(w, "s")
			if foundingWords[w] || slices.ContainsFunc(founding, func(f string) bool { return strings.Contains(w, f) }) {
				return model.ListsFounders
			}
			some = some || (roleWords[w] || roleWords[one]) && !strings.Contains(set, one)
			plain = plain && (plainWords[w] || plainWords[one] || isNumber(w))
		}
		switch {
		case some:
			return model.ListsSome
		case !plain:
			return model.ListsAll
		}
	}
	return model.ListsAll
}

// wordsOf parts a key into its words, in small letters: initial_master_nodes,
// --retry-join, seedHosts.
func wordsOf(key string) (out []string) {
	from := 0
	end := func(to int) {
		if to > from {
			out = append(out, strings.ToLower(key[from:to]))
		}
	}
	for i := range len(key) {
		switch c := key[i]; {
		case !isLetter(c) && !isDigit(c):
			end(i)
			from = i + 1
		case c >= 'A' && c <= 'Z' && i > from && isLower(key[i-1]):
			end(i)
			from = i
		}
	}
	end(len(key))
	return out
}

// unnumbered is a key with N for each of its numbers, so that server.1 and server.2
// are one.
func unnumbered(key string) string {
	if !strings.ContainsAny(key, "0123456789") {
		return key
	}
	var b strings.Builder
	for i := 0; i < len(key); i++ {
		switch {
		case !isDigit(key[i]):
			b.WriteByte(key[i])
		case i == 0 || !isDigit(key[i-1]):
			b.WriteByte('N')
		}
	}
	return b.String()
}

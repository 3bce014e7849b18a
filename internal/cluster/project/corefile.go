package project

import (
	"encoding/json"
	"maps"
	"net"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/careen-tui/careen/internal/model"
)

const (
	maxAnswers   = 32 // of a Corefile
	maxMatches   = 8  // of an answer
	maxZones     = 16
	maxServers   = 64 // zones of all servers
	maxNames     = 256
	maxCorefile  = 64 << 10
	corefileKey  = "Corefile"
	clusterLocal = "cluster.local"
)

// resolving stand in the names of ConfigMaps of CoreDNS: that of kubeadm and most others, those of
// the cache on each node (node-local-dns, nodelocaldns of Kubespray), that of OpenShift's operator.
var resolving = []string{"coredns", "node-local-dns", "nodelocaldns", "dns-default"}

// corefile reads what a ConfigMap of CoreDNS, or of kube-dns, answers by itself; nil for any other.
func (p *Projector) corefile(o *corev1.ConfigMap) *model.Corefile {
	switch {
	case !slices.Contains(model.DNSSpaces, o.Namespace):
	case o.Name == "kube-dns":
		return p.stubDomains(o.Data["stubDomains"])
	case !slices.ContainsFunc(resolving, func(name string) bool { return strings.Contains(o.Name, name) }):
	case o.Data[corefileKey] == "":
		return p.imported(o.Data)
	case len(o.Data[corefileKey]) <= maxCorefile:
		r := corefileReader{Projector: p, key: corefileKey, data: o.Data, ports: kubernetesPorts(o.Data[corefileKey]), out: &model.Corefile{Domain: clusterLocal}}
		r.read(o.Data[corefileKey])
		return r.out
	}
	return nil
}

// imported reads what a Corefile imports from another ConfigMap, as those of AKS and k3s do:
// *.override in the block of its server, *.server beside it.
func (p *Projector) imported(data map[string]string) *model.Corefile {
	r := corefileReader{Projector: p, out: &model.Corefile{Domain: clusterLocal}}
	for _, key := range slices.Sorted(maps.Keys(data)) {
		within := strings.HasSuffix(key, ".override")
		if !within && !strings.HasSuffix(key, ".server") || len(data[key]) > maxCorefile {
			continue
		}
		r.key, r.depth, r.answer, r.block = r.word(key), 0, nil, ""
		if within {
			r.depth, r.server.zones, r.server.answers, r.server.view = 1, []string{"."}, nil, false
		}
		r.read(data[key])
		if within {
			r.serve()
		}
	}
	if len(r.out.Servers) == 0 {
		return nil
	}
	return r.out
}

// stubDomains reads the zones for which kube-dns asks other servers: {"acme.local": ["10.0.0.2"]}.
func (p *Projector) stubDomains(text string) *model.Corefile {
	var zones map[string][]string
	if text == "" || len(text) > maxCorefile || json.Unmarshal([]byte(text), &zones) != nil || len(zones) == 0 {
		return nil
	}
	return &model.Corefile{Domain: clusterLocal, Servers: p.words(slices.Sorted(maps.Keys(zones)), maxServers), Cut: len(zones) > maxServers}
}

// corefileReader follows the blocks of a Corefile (coredns/caddy caddyfile: a brace that ends
// a line opens a block, one that stands alone closes it).
type corefileReader struct {
	*Projector
	out    *model.Corefile
	depth  int
	server struct { // whose block it is
		zones   []string // none where it is not asked on port 53
		answers []model.DNSAnswer
		view    bool // it is asked by some alone
	}
	answer *model.DNSAnswer // whose block it is
	block  string           // the plugin whose block it is, where that gives names: rewrite, hosts
	key    string           // of the ConfigMap
	data   map[string]string
	ports  []string // on which the cluster's names are answered, beside 53: the Service of it may lead to another
}

// kubernetesPorts are the ports of the servers that ask Kubernetes: 5353 on OpenShift.
func kubernetesPorts(text string) (out []string) {
	var server []string
	depth := 0
	for line := range strings.SplitSeq(text, "\n") {
		switch words := directive(line); {
		case len(words) == 0:
		case words[0] == "}":
			depth--
		case words[len(words)-1] == "{":
			if depth == 0 {
				server = words
			}
			depth++
		}
		if words := directive(line); depth > 0 && len(words) > 0 && words[0] == "kubernetes" {
			for _, w := range server {
				if _, port, ok := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(w, ","), "dns://"), ":"); ok {
					out = append(out, port)
				}
			}
		}
	}
	return out
}

func (r *corefileReader) read(text string) {
	for i, line := range strings.Split(text, "\n") {
		r.line(i+1, directive(line))
	}
}

func (r *corefileReader) line(number int, words []string) {
	if len(words) == 0 {
		return
	}
	opens := words[len(words)-1] == "{"
	if opens {
		words = words[:len(words)-1]
	}
	switch {
	case len(words) > 0 && words[0] == "}":
		if r.depth--; r.depth <= 1 {
			r.keep()
			r.block = ""
		}
		if r.depth == 0 {
			r.serve()
		}
		return
	case r.depth == 0 && opens:
		r.server.zones, r.server.answers, r.server.view = serverZones(words, r.ports), nil, false
	case r.depth == 1 && len(words) > 0:
		r.plugin(number, words, opens)
	case r.depth == 2 && r.answer != nil && len(words) > 1:
		r.setting(words)
	case r.depth == 2 && r.block == "rewrite":
		r.rewrites(words)
	case r.depth == 2 && r.block == "hosts" && len(words) > 1 && net.ParseIP(words[0]) != nil:
		for _, host := range words[1:] {
			r.name("exact", host)
		}
	}
	if opens {
		r.depth++
	}
}

// plugin begins what a server does with questions: PLUGIN ARGUMENT...
func (r *corefileReader) plugin(number int, words []string, opens bool) {
	switch words[0] {
	case "kubernetes":
		if len(words) > 1 {
			r.out.Domain = r.word(strings.ToLower(strings.TrimSuffix(words[1], ".")))
		}
	case "view":
		r.server.view = true
	case "rewrite":
		r.rewrites(words[1:])
		if opens {
			r.block = "rewrite"
		}
	case "hosts":
		if opens {
			r.block = "hosts"
		}
		if len(words) > 1 && strings.HasPrefix(words[1], "/") {
			r.hostsFile(words[1])
		}
	case "file", "auto", "secondary", "etcd", "k8s_external", "k8s_gateway":
		r.zonesOf(words)
	case "template": // CLASS TYPE [ZONE...]
		if len(words) < 3 || words[1] != "ANY" && words[1] != "IN" {
			return
		}
		zones := words[3:]
		if len(zones) == 0 {
			zones = r.server.zones
		}
		r.answer = &model.DNSAnswer{
			Key: r.key, Line: number, Type: r.word(strings.ToUpper(words[2])), Code: "NOERROR",
			Server: r.words(r.server.zones, maxZones), Zones: r.words(zones, maxZones),
		}
		r.out.Cut = r.out.Cut || len(zones) > maxZones
		if !opens {
			r.keep()
		}
	}
}

// rewrites takes the names that a rule rewrites: [continue|stop] name [exact|prefix|suffix|substring|regex] FROM TO
// (coredns plugin/rewrite).
func (r *corefileReader) rewrites(words []string) {
	if len(words) > 0 && (words[0] == "continue" || words[0] == "stop") {
		words = words[1:]
	}
	if len(words) < 3 || words[0] != "name" {
		return
	}
	switch match := words[1]; match {
	case "exact", "prefix", "suffix", "substring", "regex":
		r.name(match, words[2])
	case "auto":
	default:
		r.name("exact", match)
	}
}

func (r *corefileReader) name(match, text string) {
	if match != "regex" {
		text = strings.ToLower(text)
	}
	if match == "exact" {
		text = strings.TrimSuffix(text, ".")
	}
	kept := r.word(text)
	if kept != text || len(r.out.Names) == maxNames {
		r.out.Cut = true
		return
	}
	r.out.Names = append(r.out.Names, model.DNSName{Match: match, Text: kept})
}

// hostsFile takes the names of a file of hosts: another key of the ConfigMap, as NodeHosts is on k3s,
// or one that is not known.
func (r *corefileReader) hostsFile(path string) {
	text, ok := r.data[path[strings.LastIndexByte(path, '/')+1:]]
	if !ok || len(text) > maxCorefile {
		r.out.Open = true
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		if words := directive(line); len(words) > 1 && net.ParseIP(words[0]) != nil {
			for _, host := range words[1:] {
				r.name("exact", host)
			}
		}
	}
}

// zonesOf takes the names of zones for which a plugin has records of its own: PLUGIN [ZONE...], after the
// file of one that has such.
func (r *corefileReader) zonesOf(words []string) {
	zones := words[1:]
	if words[0] == "file" && len(zones) > 0 {
		zones = zones[1:]
	}
	if len(zones) == 0 {
		zones = r.server.zones
	}
	for _, zone := range zones {
		if strings.Trim(zone, ".") == "" {
			r.out.Open = true
			continue
		}
		r.name("suffix", "."+strings.TrimPrefix(zone, "."))
	}
}

// setting is a line of a template's block.
func (r *corefileReader) setting(words []string) {
	switch words[0] {
	case "rcode":
		if r.answer.Code == "" {
			return
		}
		r.answer.Code = r.word(strings.ToUpper(words[1]))
	case "match":
		for _, w := range words[1:] {
			kept := r.word(w)
			if kept != w || len(r.answer.Match) == maxMatches {
				r.answer.Code, r.out.Cut = "", true // nothing can be said of what is not kept as it is
				return
			}
			r.answer.Match = append(r.answer.Match, kept)
		}
	}
}

func (r *corefileReader) keep() {
	if r.answer != nil {
		r.server.answers = append(r.server.answers, *r.answer)
	}
	r.answer = nil
}

// serve ends a server's block: what it answers counts where all that resolve names ask it.
func (r *corefileReader) serve() {
	if !r.server.view {
		r.out.Answers = append(r.out.Answers, r.server.answers...)
	}
	r.out.Servers = append(r.out.Servers, r.words(r.server.zones, maxZones)...)
	if len(r.server.zones) > maxZones || len(r.out.Servers) > maxServers || len(r.out.Answers) > maxAnswers {
		r.out.Servers, r.out.Answers, r.out.Cut = nil, nil, true
	}
}

// serverZones are the zones of a server's block that pods ask, which is on port 53, or on one of
// others, and without TLS: ".:53", "dns://example.org". A snippet, "(name)", is no server.
func serverZones(words, ports []string) (out []string) {
	for _, w := range words {
		w = strings.TrimSuffix(w, ",")
		if scheme, rest, ok := strings.Cut(w, "://"); ok {
			if w = rest; scheme != "dns" {
				continue
			}
		}
		w, port, _ := strings.Cut(w, ":")
		if w != "" && !strings.HasPrefix(w, "(") && (port == "" || port == "53" || slices.Contains(ports, port)) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// directive splits a line of a Corefile into words: quotes hold blanks, # begins a comment at
// the start of a word.
func directive(line string) (words []string) {
	var word strings.Builder
	quoted, begun := false, false
	end := func() {
		if begun {
			words = append(words, word.String())
			word.Reset()
			begun = false
		}
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\' && i+1 < len(line) && line[i+1] == '"':
			i++
			word.WriteByte('"')
		case quoted && c == '"':
			quoted = false
		case quoted:
			word.WriteByte(c)
		case c == '"' && !begun:
			quoted, begun = true, true
		case c == ' ' || c == '\t' || c == '\r':
			end()
		case c == '#' && !begun:
			end()
			return words
		default:
			begun = true
			word.WriteByte(c)
		}
	}
	end()
	return words
}

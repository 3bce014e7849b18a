package model

import (
	"regexp"
	"strings"
)

// Corefile is what a ConfigMap of CoreDNS, or of kube-dns, says about names that are answered
// before Kubernetes is asked for them.
type Corefile struct {
	Domain  string   `careen:"name"` // of the cluster, as the plugin kubernetes has it: cluster.local
	Servers []string `careen:"name"` // zones of the servers on port 53; the one that is closest to a name has it
	Answers []DNSAnswer
	Names   []DNSName // that are rewritten, or have an address of their own
	Open    bool      // other names have an address of their own by what it does not hold itself, such as files
	Cut     bool      // it has more than is kept
}

// DNSSpaces are the namespaces of what resolves the names of a cluster: OpenShift's has one of its own.
var DNSSpaces = []string{"kube-system", "openshift-dns"}

// DNSName are names of which something else than a Service decides what they stand for.
type DNSName struct {
	Match string `careen:"keep"` // how: exact, prefix, suffix, substring or regex
	Text  string `careen:"text"` // without the last dot where it is exact
}

// Makes reports whether a name (web.shop.svc.cluster.local) may have an address though there
// is no such Service: it is rewritten, a file of hosts has it, a template answers it, or another
// server than the one of the cluster's domain is asked for it.
func (c *Corefile) Makes(name string) bool {
	dotted := strings.ToLower(name) + "."
	if closest(c.Servers, dotted) > max(1, closest([]string{c.Domain}, dotted)) {
		return true
	}
	for i := range c.Answers {
		a := &c.Answers[i]
		if match, ok := a.matcher(); (a.Code == "NOERROR" || a.Code == "") && ok && match(dotted) {
			return true
		}
	}
	for _, n := range c.Names {
		if n.holds(dotted) {
			return true
		}
	}
	return c.Cut || c.Open
}

func (n DNSName) holds(dotted string) bool {
	switch n.Match {
	case "prefix":
		return strings.HasPrefix(dotted, n.Text)
	case "suffix":
		return strings.HasSuffix(dotted, strings.TrimSuffix(n.Text, ".")+".")
	case "substring":
		return strings.Contains(dotted, n.Text)
	case "regex":
		re, err := regexp.Compile(n.Text)
		return err == nil && re.MatchString(dotted)
	}
	return dotted == n.Text+"."
}

// matcher is a test of names, with their last dot: whether an answer is for them. CoreDNS does
// not start with a pattern that is none.
func (a *DNSAnswer) matcher() (match func(dotted string) bool, ok bool) {
	var list []*regexp.Regexp
	for _, text := range a.Match {
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, false
		}
		list = append(list, re)
	}
	return func(dotted string) bool {
		return closest(a.Zones, dotted) > 0 && (len(list) == 0 || anyMatches(list, dotted))
	}, true
}

// DNSAnswer is one use of CoreDNS' plugin template: names that match get an answer of its own.
type DNSAnswer struct {
	Key    string   `careen:"text"` // of the ConfigMap
	Line   int      // in it, from 1
	Type   string   `careen:"keep"` // of the question: A, AAAA, ANY and so on
	Code   string   `careen:"keep"` // NXDOMAIN, REFUSED and so on; NOERROR where none is set
	Server []string `careen:"name"` // zones of the server that it is of
	Zones  []string `careen:"name"` // . for all names
	Match  []string `careen:"text"` // regular expressions of names; none for all names of the zones
}

// Refuses returns a test of names (web.shop.svc.cluster.local): whether questions for their
// address get an answer of a that says that there is no such name. It is nil where no name can.
// A name is asked of the server whose zone is closest to it (coredns core/dnsserver/server.go).
func (c *Corefile) Refuses(a *DNSAnswer) func(name string) bool {
	if c.Cut || a.Code != "NXDOMAIN" && a.Code != "REFUSED" && a.Code != "SERVFAIL" || a.Type != "ANY" && a.Type != "A" {
		return nil
	}
	match, ok := a.matcher()
	if !ok {
		return nil
	}
	return func(name string) bool {
		name = strings.ToLower(name) + "."
		server := closest(a.Server, name)
		return server > 0 && server == closest(c.Servers, name) && match(name)
	}
}

func anyMatches(list []*regexp.Regexp, name string) bool {
	for _, re := range list {
		if re.MatchString(name) {
			return true
		}
	}
	return false
}

// closest is the length of the longest of some zones that holds a name with its last dot; 0
// where none does.
func closest(zones []string, name string) (length int) {
	for _, zone := range zones {
		zone = strings.ToLower(strings.TrimSuffix(zone, ".")) + "."
		if zone == "." || name == zone || strings.HasSuffix(name, "."+zone) {
			length = max(length, len(zone))
		}
	}
	return length
}

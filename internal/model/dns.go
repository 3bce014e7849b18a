package model

import (
	"regexp"
	"strings"
)

// Corefile is what a ConfigMap of CoreDNS says about names that are answered before
// Kubernetes is asked for them.
type Corefile struct {
	Domain  string   `careen:"name"` // of the cluster, as the plugin kubernetes has it: cluster.local
	Servers []string `careen:"name"` // zones of the servers on port 53; the one that is closest to a name has it
	Answers []DNSAnswer
	Cut     bool // it has more than is kept
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
	var match []*regexp.Regexp
	for _, text := range a.Match {
		re, err := regexp.Compile(text)
		if err != nil {
			return nil // CoreDNS does not start with it
		}
		match = append(match, re)
	}
	return func(name string) bool {
		name = strings.ToLower(name) + "."
		server := closest(a.Server, name)
		return server > 0 && server == closest(c.Servers, name) && closest(a.Zones, name) > 0 && (len(match) == 0 || anyMatches(match, name))
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

package project

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/hosts"
	"github.com/careen-tui/careen/internal/model"
)

// hostname is a Service that a value names, and how: host[:port].
type hostname struct {
	to   model.Ref
	host string
}

// services finds the Services that a value names by URL or cluster DNS name, or that are
// all of a value, by host:port or where the setting is that of a host.
func services(namespace, field, value string) []hostname {
	if !strings.Contains(value, "://") && !strings.Contains(value, ".svc") {
		return bareHost(namespace, field, value)
	}
	var out []hostname
	for _, token := range strings.FieldsFunc(withoutComments(value), func(r rune) bool {
		return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' || r == '"' || r == '\''
	}) {
		if !strings.Contains(token, "://") && !strings.Contains(token, ".svc") {
			continue
		}
		authority := hosts.Authority(token)
		host := authority
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if to, ok := service(namespace, host); ok && !slices.Contains(out, hostname{to, authority}) && len(out) < maxMentions {
			out = append(out, hostname{to, authority})
		}
	}
	return out
}

// bareHost reads a value that is one host: db, db.shop, db:5432.
func bareHost(namespace, field, value string) []hostname {
	host, port, err := net.SplitHostPort(value)
	switch {
	case err == nil && (!isPort(port) || notHost(field)), err != nil && !ofHost(field):
		return nil
	case err != nil:
		host = value
	}
	to, ok := service(namespace, host)
	if !ok || !strings.ContainsFunc(host, func(r rune) bool { return r >= 'a' && r <= 'z' }) || plainWords[host] {
		return nil
	}
	return []hostname{{to, value}}
}

// plainWords are values of settings of hosts that are no names of hosts.
var plainWords = map[string]bool{
	"true": true, "false": true, "none": true, "auto": true, "null": true, "default": true, "disabled": true, "enabled": true, "any": true, "all": true, "yes": true, "no": true,
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 9
}

// ofHost reports whether a setting of that name holds a host: DB_HOST, --redis-address.
func ofHost(field string) bool {
	for _, word := range []string{"host", "hostname", "addr", "address", "server", "endpoint", "hosts"} {
		if i := spells(field, word); i > 0 && i == len(field) {
			return true
		}
	}
	return false
}

// notHost reports whether name:number in a setting of that name is something else than a
// host and its port: an image and its tag.
func notHost(field string) bool {
	for _, word := range []string{"image", "tag", "version"} {
		if spells(field, word) >= 0 {
			return true
		}
	}
	return field == ""
}

// withoutComments leaves out the lines of a text that are comments.
func withoutComments(text string) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	lines := strings.Split(text, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool {
		line = strings.TrimSpace(line)
		return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//") || strings.HasPrefix(line, ";") || strings.HasPrefix(line, "--")
	}), "\n")
}

// service reads svc, svc.ns or [pod.]svc.ns.svc[.zone]. A name of two labels whose
// second is a common top-level domain is one of the outer world.
func service(namespace, host string) (model.Ref, bool) {
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if !isName(l) {
			return model.Ref{}, false
		}
	}
	if net.ParseIP(host) != nil || host == "localhost" {
		return model.Ref{}, false
	}
	to := func(name, ns string) (model.Ref, bool) {
		return model.Ref{Kind: model.KindService, Namespace: ns, Name: name}, true
	}
	switch i := slices.Index(labels, "svc"); {
	case i == 2:
		return to(labels[0], labels[1])
	case i == 3:
		return to(labels[1], labels[2])
	case i >= 0 || len(labels) > 2:
		return model.Ref{}, false
	case len(labels) == 2:
		if topLevel[labels[1]] {
			return model.Ref{}, false
		}
		return to(labels[0], labels[1])
	}
	return to(labels[0], namespace)
}

var topLevel = map[string]bool{
	"ai": true, "app": true, "at": true, "au": true, "be": true, "biz": true, "br": true, "ca": true, "ch": true, "cloud": true, "cn": true, "co": true,
	"com": true, "de": true, "dev": true, "edu": true, "es": true, "eu": true, "fr": true, "gov": true, "in": true, "info": true, "internal": true,
	"io": true, "it": true, "jp": true, "kr": true, "lan": true, "local": true, "me": true, "net": true, "nl": true, "no": true, "online": true,
	"org": true, "pl": true, "pt": true, "ru": true, "se": true, "sh": true, "tech": true, "tv": true, "uk": true, "us": true, "xyz": true,
}

// names draws an edge to a Service once per container and way to write it.
func (c *podSpec) names(n hostname, path, container string) {
	if c.named == nil {
		c.named = map[hostname]bool{}
	}
	seen := n
	seen.to.Kind = model.Kind(container)
	if c.named[seen] || len(c.named) >= maxMentions {
		return
	}
	c.named[seen] = true
	to := n.to
	to.Name, to.Namespace = c.word(to.Name), c.word(to.Namespace)
	c.add(model.Reference{Type: model.EdgeNames, To: to, Path: path, Container: container, Host: c.word(n.host), Optional: true})
}

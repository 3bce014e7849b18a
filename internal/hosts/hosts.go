// Package hosts finds lists of hosts in configuration: values such as
//
//	vmstorage-0.vmstorage-headless:8400,vmstorage-1.vmstorage-headless:8400
//
// whose members have the form name-N[.service[.namespace[.svc...]]][:port]. The
// work is bounded, whatever the value's size. The package is pure, and keeps
// nothing of a value but the hosts: user names and passwords in URLs are cut off.
package hosts

import (
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

const (
	maxValue   = 1 << 20 // a ConfigMap's own limit
	maxTokens  = 20_000
	maxMembers = 512
	maxLists   = 16
)

// Value returns the lists in one value, one per set of hosts, in the order in
// which they stand. field names the value: its variable or key. Within a value
// of several lines each line may carry its own key ("nodes: a-0.a, a-1.a"), and
// must hold nothing but hosts. A single host that names neither a service nor a
// port is no list: "utf-8" has the same form.
func Value(path, field, value string) []model.HostList {
	c := collector{path: path}
	c.value(field, value)
	return c.lists()
}

// Args returns the lists in a container's command line: --flag=a-0.a:1,a-1.a:1,
// --flag a-0.a, or one flag repeated for each member.
func Args(path string, args []string) []model.HostList {
	c := collector{path: path}
	for i, arg := range args {
		c.path = path + "[" + strconv.Itoa(i) + "]"
		flag, value, has := strings.Cut(arg, "=")
		switch {
		case has && strings.HasPrefix(arg, "-"):
			c.value(flag, value)
		case strings.HasPrefix(arg, "-"):
		case i > 0 && strings.HasPrefix(args[i-1], "-") && !strings.Contains(args[i-1], "="):
			c.value(args[i-1], arg)
		default:
			c.value("", arg)
		}
	}
	return c.lists()
}

type key struct{ field, set, service, namespace string }

type collector struct {
	path   string
	tokens int
	order  []key
	groups map[key]*model.HostList
	seen   map[key]map[string]bool
}

func (c *collector) value(field, value string) {
	// Every host has an ordinal, so a value without "-0".."-9" holds none.
	if len(value) > maxValue || !mayHold(value) {
		return
	}
	for line := range strings.Lines(value) {
		if c.tokens > maxTokens {
			return
		}
		if mayHold(line) {
			c.line(field, line)
		}
	}
}

func mayHold(s string) bool {
	for i := 0; ; {
		j := strings.IndexByte(s[i:], '-')
		if j < 0 || i+j+1 >= len(s) {
			return false
		}
		i += j + 1
		if s[i] >= '0' && s[i] <= '9' {
			return true
		}
	}
}

const cutset = " \t\r\n\"'`[](){}"

// line takes a line's hosts if it holds nothing else.
func (c *collector) line(field, line string) {
	line = strings.Trim(line, cutset)
	line = strings.TrimSpace(strings.TrimPrefix(line, "- "))
	var found []model.Host
	take := func(rest string) bool {
		found = found[:0]
		for _, token := range strings.FieldsFunc(rest, separator) {
			c.tokens++
			token = strings.Trim(token, cutset)
			if token == "" {
				continue
			}
			h, ok := Parse(token)
			if !ok || len(found) == maxMembers {
				return false
			}
			found = append(found, h)
		}
		return len(found) > 0
	}
	if !take(line) {
		i := strings.IndexAny(line, ":=")
		if i <= 0 || strings.ContainsAny(line[:i], " \t,;") && !strings.HasSuffix(line[:i], " ") {
			return
		}
		if !take(line[i+1:]) {
			return
		}
		field = strings.Trim(line[:i], cutset)
	}
	for _, h := range found {
		c.add(field, h)
	}
}

func separator(r rune) bool {
	return r == ',' || r == ';' || r == ' ' || r == '\t' || r == '\n' || r == '\r'
}

func (c *collector) add(field string, h model.Host) {
	k := key{field, h.Set, h.Service, h.Namespace}
	if c.groups == nil {
		c.groups = map[key]*model.HostList{}
		c.seen = map[key]map[string]bool{}
	}
	g := c.groups[k]
	if g == nil {
		if len(c.order) == maxLists {
			return
		}
		g = &model.HostList{Path: c.path, Field: field}
		c.groups[k], c.seen[k] = g, map[string]bool{}
		c.order = append(c.order, k)
	}
	if len(g.Members) < maxMembers && !c.seen[k][h.Raw] {
		c.seen[k][h.Raw] = true
		g.Members = append(g.Members, h)
	}
}

func (c *collector) lists() []model.HostList {
	var out []model.HostList
	for _, k := range c.order {
		g := c.groups[k]
		if m := g.Members; len(m) > 1 || m[0].Service != "" || m[0].Port != "" {
			out = append(out, *g)
		}
	}
	return out
}

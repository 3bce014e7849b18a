package hosts

import (
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// Parse reads one host: name-N[.service[.namespace[.svc...]]][:port], which may
// stand in a URL or behind "name=". ok is false for anything else.
func Parse(token string) (h model.Host, ok bool) {
	host := Authority(token)
	if host == "" || len(host) > 260 {
		return h, false
	}
	raw := host
	host, port, hasPort := strings.Cut(host, ":")
	if hasPort && !isPort(port) {
		return h, false
	}
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if !isLabel(l) {
			return h, false
		}
	}
	i := strings.LastIndexByte(labels[0], '-')
	if i <= 0 || i+1 == len(labels[0]) || len(labels[0])-i > 6 {
		return h, false
	}
	digits := labels[0][i+1:]
	n, err := strconv.Atoi(digits)
	if err != nil || strconv.Itoa(n) != digits {
		return h, false
	}
	h = model.Host{Raw: raw, Set: labels[0][:i], Ordinal: n, Port: port}
	if !hasLetter(h.Set) {
		return model.Host{}, false
	}
	if len(labels) > 1 {
		h.Service = labels[1]
		if !hasLetter(h.Service) {
			return model.Host{}, false // 10-0.5, a version
		}
	}
	if len(labels) > 2 {
		h.Namespace = labels[2]
	}
	if len(labels) > 3 && labels[3] != "svc" {
		return model.Host{}, false // a host of the outer world
	}
	return h, true
}

// Authority is the host[:port] of a token: what stands behind "name=", a scheme
// and user information, before a path, a query and a fragment.
func Authority(token string) string {
	if eq := strings.IndexByte(token, '='); eq >= 0 && !strings.ContainsAny(token[:eq], "/?#@") {
		token = token[eq+1:]
	}
	if _, rest, ok := strings.Cut(token, "://"); ok {
		token = rest
	}
	if i := strings.IndexAny(token, "/?#"); i >= 0 {
		token = token[:i]
	}
	if i := strings.LastIndexByte(token, '@'); i >= 0 {
		token = token[i+1:]
	}
	return strings.TrimSuffix(token, ".")
}

func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && n < 65536
}

func isLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

func hasLetter(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 'a' && s[i] <= 'z' {
			return true
		}
	}
	return false
}

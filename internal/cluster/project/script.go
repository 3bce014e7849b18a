package project

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/careen-tui/careen/internal/model"
)

const scriptLimit = 16 << 10 // bytes of a script that are looked at; of a longer one nothing is said

// script is the text that a container's command gives to a shell; empty where it runs none.
func script(k *corev1.Container) string {
	words := slices.Concat(k.Command, k.Args)
	if len(words) < 2 || !slices.Contains(shells, path.Base(words[0])) {
		return ""
	}
	for i, w := range words[1:] {
		switch {
		case !strings.HasPrefix(w, "-"):
			return "" // a file, which is not known
		case strings.HasSuffix(w, "c") && !strings.HasPrefix(w, "--") && i+2 < len(words):
			if text := words[i+2]; len(text) <= scriptLimit && !strings.Contains(w, "e") { // -e ends it by what fails
				return uncommented(text)
			}
			return ""
		}
	}
	return ""
}

var (
	shells  = []string{"sh", "bash", "ash", "dash", "ksh", "zsh", "busybox"}
	comment = regexp.MustCompile(`(?m)(?:^|\s)#.*$`)
	forever = regexp.MustCompile(`\b(?:while\s+(?:true|:|1|\[\s*(?:1|true)\s*\])|until\s+false)\s*;?\s*do\b`)
	leaves  = regexp.MustCompile(`\b(?:break|exit|return|exec|kill|trap|timeout)\b|\bset\s+-\w*e|\bdone\s*&(?:[^&]|$)`)
)

func uncommented(text string) string { return comment.ReplaceAllString(text, "") }

// endless reports whether a script goes round in a loop that nothing in it leaves.
func endless(text string) bool {
	return forever.MatchString(text) && !leaves.MatchString(text)
}

var reference = regexp.MustCompile(`\$?\$\(([A-Za-z_][A-Za-z0-9_]*)\)`)

// unset are the variables that the values of env name as $(NAME) and that nothing sets before
// them, so that the name itself stays there (kubernetes third_party/forked/golang/expansion).
// What envFrom would set is not known, nor which variables stand for Services, nor what a program
// makes of a name that is not written as variables are.
func (c *podSpec) unset(k *corev1.Container) (out []model.Unset) {
	if len(k.EnvFrom) > 0 || !slices.ContainsFunc(k.Env, func(e corev1.EnvVar) bool { return strings.Contains(e.Value, "$(") }) {
		return nil
	}
	known := map[string]bool{}
	for i := range min(len(k.Env), maxEnv) {
		e := &k.Env[i]
		for _, m := range reference.FindAllStringSubmatch(e.Value, maxUnset) {
			name := m[1]
			if strings.HasPrefix(m[0], "$$") || known[name] || name == e.Name || strings.ToUpper(name) != name || ofService.MatchString(name) || len(out) == maxUnset {
				continue
			}
			out = append(out, model.Unset{Index: i, Name: c.word(name)})
		}
		known[e.Name] = true
	}
	return out
}

const maxUnset = 8

// ofService is what variables are named that the kubelet sets for Services.
var ofService = regexp.MustCompile(`_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)?)$`)

// ownPorts are the first and the last port that a pod's sysctl leaves for connections that it
// opens; 0 where it sets none.
func ownPorts(s *corev1.PodSpec) (first, last int32) {
	if s.SecurityContext == nil {
		return 0, 0
	}
	for _, set := range s.SecurityContext.Sysctls {
		if strings.ReplaceAll(set.Name, "/", ".") != "net.ipv4.ip_local_port_range" {
			continue
		}
		if n, err := fmt.Sscan(set.Value, &first, &last); err == nil && n == 2 && last >= first && first > 0 {
			return first, last
		}
	}
	return 0, 0
}

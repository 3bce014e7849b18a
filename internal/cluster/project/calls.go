package project

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"

	"github.com/careen-tui/careen/internal/model"
)

const maxCalls = 8

var (
	// simple are the commands that a shell script is made of, with what comes after each.
	simple = regexp.MustCompile(`([^;\n|&()` + "`" + `]+)(\|\||&&|[;\n|&()` + "`" + `]|$)`)
	// before are words that may stand before a command.
	before = []string{"if", "then", "else", "elif", "while", "until", "do", "!", "time", "exec", "command", "{"}
	// elsewhere are words by which kubectl asks another cluster, or as somebody else.
	elsewhere = regexp.MustCompile(`KUBECONFIG|--(?:kubeconfig|token|as|as-group|context|cluster|user|server|username|client-key|client-certificate)\b|\s-s\s`)
	// valued are kubectl's flags that take the next word.
	valued = []string{"-l", "--selector", "-o", "--output", "-c", "--container", "-p", "--patch", "--type", "--sort-by", "--timeout", "--field-selector", "--grace-period", "--tail", "--since"}
)

// calls are what a container's command asks the API server for by kubectl, as far as that is
// told by it: nothing that holds a variable, or whose failure the script makes up for. text is
// its script.
func (c *podSpec) calls(k *corev1.Container, text string) (out []model.Call) {
	words := slices.Concat(k.Command, k.Args)
	if text == "" && len(words) > 1 && path.Base(words[0]) == "kubectl" && !slices.ContainsFunc(words, func(w string) bool { return strings.ContainsAny(w, ";|&()\n` ") }) {
		text = strings.Join(words, " ")
	}
	if !strings.Contains(text, "kubectl") || elsewhere.MatchString(text) || ownKubeconfig(k) {
		return nil
	}
	for _, m := range simple.FindAllStringSubmatch(text, 200) {
		if call, ok := c.call(strings.Fields(m[1])); ok && m[2] != "||" && len(out) < maxCalls && !slices.Contains(out, call) {
			out = append(out, call)
		}
	}
	return out
}

// ownKubeconfig reports whether kubectl finds a kubeconfig in a container, and so asks as
// somebody else than the pod's account, or another cluster.
func ownKubeconfig(k *corev1.Container) bool {
	return slices.ContainsFunc(k.Env, func(e corev1.EnvVar) bool { return e.Name == "KUBECONFIG" }) ||
		slices.ContainsFunc(k.VolumeMounts, func(m corev1.VolumeMount) bool { return strings.Contains(m.MountPath, "/.kube") })
}

// call is what one command asks for.
func (c *podSpec) call(words []string) (call model.Call, ok bool) {
	for len(words) > 0 && slices.Contains(before, words[0]) {
		words = words[1:]
	}
	if len(words) < 3 || path.Base(words[0]) != "kubectl" {
		return call, false
	}
	call.Namespace = c.namespace
	var plain []string
	for i := 1; i < len(words); i++ {
		w := strings.Trim(words[i], `"'`)
		flag, value, has := strings.Cut(w, "=")
		switch {
		case strings.ContainsAny(w, "<>"):
			i = len(words)
		case w == "-A" || flag == "--all-namespaces":
			call.Namespace = ""
		case flag == "-n" || flag == "--namespace":
			if !has && i+1 < len(words) {
				i++
				value = strings.Trim(words[i], `"'`)
			}
			call.Namespace = value
		case flag == "-f" || flag == "--filename" || flag == "--raw" || flag == "-w" || flag == "--watch" || flag == "-k":
			return call, false
		case slices.Contains(valued, w):
			i++
		case !strings.HasPrefix(w, "-"):
			plain = append(plain, w)
		}
	}
	if len(plain) < 2 || strings.Contains(call.Namespace, "$") {
		return call, false
	}
	resource, _, named := strings.Cut(plain[1], "/")
	named = named || len(plain) > 2
	info, known := byWord()[strings.ToLower(resource)]
	if !known {
		return call, false
	}
	switch verb := plain[0]; {
	case verb == "get" && !named:
		call.Verb = "list"
	case (verb == "get" || verb == "delete") && named:
		call.Verb = verb
	case verb == "patch" && named:
		call.Verb = "patch"
	default:
		return call, false
	}
	call.Resource, call.Group = info.Resource, info.Group
	if !info.Namespaced {
		call.Namespace = ""
	}
	call.Namespace = c.word(call.Namespace)
	return call, true
}

// byWord are the kinds that kubectl has by the words for them.
var byWord = sync.OnceValue(func() map[string]*model.KindInfo {
	out := map[string]*model.KindInfo{}
	for i := range model.Builtin {
		k := &model.Builtin[i]
		if k.Version == "" {
			continue
		}
		for _, w := range []string{k.Resource, strings.ToLower(string(k.Kind)), k.Short, k.Alias} {
			if w != "" && out[w] == nil {
				out[w] = k
			}
		}
	}
	return out
})

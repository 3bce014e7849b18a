package probes

import (
	"regexp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// ByHand is what the page of a finding's probe says to do by hand, with the names of the
// finding filled into its commands as far as it has them: "kubectl describe rs NAME" names
// the ReplicaSet of its evidence. Empty for a probe that is not in the catalogue. Commands
// stand between backticks.
func ByHand(f *finding.Finding) string {
	p := Find(f.Probe)
	if p == nil {
		return ""
	}
	_, text, ok := strings.Cut(p.Doc, "**By hand.** ")
	if !ok {
		return ""
	}
	text, _, _ = strings.Cut(text, "\n\n")
	return command.ReplaceAllStringFunc(strings.ReplaceAll(text, "\n", " "), func(s string) string {
		return "`" + filledIn(f, strings.Trim(s, "`")) + "`"
	})
}

// namespacedTools take the namespace with -n after their own name.
var namespacedTools = []string{"kubectl", "helm", "flux"}

var command = regexp.MustCompile("`[^`]+`")

// filledIn puts names in the place of the placeholders of a command.
func filledIn(f *finding.Finding, line string) string {
	var in string // the namespace of what was named
	named := func(kindWord string) (string, bool) {
		kind, ok := model.KindNamed(kindWord)
		if !ok {
			return "", false
		}
		ref, ok := mentioned(f, kind)
		if !ok {
			return "", false
		}
		in = ref.Namespace
		return shellWord(ref.Name), true
	}
	words := strings.Split(line, " ")
	for i, w := range words {
		kind, object, slashed := strings.Cut(w, "/")
		switch {
		case w == "NAMESPACE" && f.Subject.Namespace != "":
			words[i] = f.Subject.Namespace
		case w == "KIND":
			own, _, _ := strings.Cut(string(f.Subject.Kind), ".")
			words[i] = strings.ToLower(own)
			if i+1 < len(words) && words[i+1] == "NAME" {
				words[i+1], in = shellWord(f.Subject.Name), f.Subject.Namespace
			}
		case w == "VERB" && f.Subject.Kind == model.KindServiceAccount && i+1 < len(words):
			in = rightIn(f, words[i:i+2])
		case strings.HasSuffix(w, ":NAMESPACE:NAME") && f.Subject.Kind == model.KindServiceAccount:
			words[i] = strings.Replace(w, "NAMESPACE:NAME", f.Subject.Namespace+":"+f.Subject.Name, 1)
		case w == "NAME" && words[0] == "helm":
			if name, ok := named(string(model.KindRelease)); ok {
				words[i] = name
			}
		case w == "NAME" && i > 0:
			if name, ok := named(words[i-1]); ok {
				words[i] = name
			}
		case slashed && object == "NAME":
			if name, ok := named(kind); ok {
				words[i] = kind + "/" + name
			}
		case w == "CONTAINER":
			if name := containerIn(f); name != "" {
				words[i] = shellWord(name)
			}
		case w == strings.ToUpper(w):
			if name, ok := named(w); ok {
				words[i] = name
			}
		}
	}
	if in != "" && !slices.Contains(words, "-n") && slices.Contains(namespacedTools, words[0]) {
		words = slices.Insert(words, 1, "-n", in)
	}
	return strings.Join(words, " ")
}

// rightIn puts the right that an account lacks, as the slot of its finding says it, in the place
// of VERB RESOURCE, and returns the namespace in which it lacks it.
func rightIn(f *finding.Finding, words []string) (namespace string) {
	right, where, elsewhere := strings.Cut(f.Slot, " in ")
	verb, resource, ok := strings.Cut(right, " ")
	if !ok {
		return ""
	}
	words[0], words[1] = shellWord(verb), shellWord(resource)
	if !elsewhere {
		return f.Subject.Namespace
	}
	if namespace, ok = strings.CutPrefix(where, "namespace "); !ok {
		words[1] += " --all-namespaces"
		return ""
	}
	return namespace
}

var ofContainer = regexp.MustCompile(`\b(?:containers|containerStatuses)\[([^\]]+)\]`)

// containerIn is the first container whose fields the evidence of a finding shows; empty for none.
func containerIn(f *finding.Finding) string {
	for _, e := range f.Evidence {
		if m := ofContainer.FindStringSubmatch(e.Path); m != nil {
			return m[1]
		}
	}
	return ""
}

// mentioned is the first object of a kind that a finding is about, or that its evidence
// names.
func mentioned(f *finding.Finding, kind model.Kind) (model.Ref, bool) {
	if f.Subject.Kind == kind {
		return f.Subject, f.Subject.Name != "*"
	}
	for _, e := range f.Evidence {
		if e.Ref.Kind == kind && e.Ref.Name != "*" {
			return e.Ref, true
		}
	}
	return model.Ref{}, false
}

// kubectlName is an object as kubectl takes it: deployment/web.
func kubectlName(m *model.Meta) string {
	return strings.ToLower(string(m.Kind)) + "/" + shellWord(m.Name)
}

// shellWord writes a name so that a shell takes it as it stands: those of RBAC may hold
// anything.
func shellWord(name string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.:", r)
	}
	if name != "" && !strings.ContainsFunc(name, func(r rune) bool { return !plain(r) }) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

package catalogue

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// Resource is a resource of the API, as a rule names it: "pods/log" for a
// subresource.
type Resource struct {
	Group, Name string
}

// Grant is the right to look at one resource, and what for.
type Grant struct {
	Resource
	Verbs  []string
	Needed []string // ids of probes that can say nothing without it
	Used   []string // probes whose answer it sharpens
}

// RoleOptions say what a role leaves out or adds.
type RoleOptions struct {
	Name      string // of the ClusterRole
	NoSecrets bool   // without the right to read Secrets
	Custom    []Resource
	Writes    string // rules in YAML that are added last; empty for none
}

// Grants lists the rights that probes need, by group and name. What a probe wants
// of a Helm record is the right to read the Secret, or ConfigMap, that holds it.
func Grants(list []*probes.Probe, o RoleOptions) []Grant {
	var out []Grant
	add := func(r Resource, verbs []string, probe string, needed bool) {
		i := slices.IndexFunc(out, func(g Grant) bool { return g.Resource == r })
		if i < 0 {
			i = len(out)
			out = append(out, Grant{Resource: r})
		}
		g := &out[i]
		for _, v := range verbs {
			if !slices.Contains(g.Verbs, v) {
				g.Verbs = append(g.Verbs, v)
			}
		}
		slices.Sort(g.Verbs)
		into := &g.Used
		if needed {
			into = &g.Needed
		}
		if !slices.Contains(*into, probe) {
			*into = append(*into, probe)
		}
	}
	for _, p := range list {
		for _, k := range p.Needs {
			for _, w := range wants(k, o) {
				add(w.Resource, w.Verbs, string(p.ID), true)
			}
		}
		for _, k := range p.Uses {
			for _, w := range wants(k, o) {
				add(w.Resource, w.Verbs, string(p.ID), false)
			}
		}
	}
	// Without -n the first thing to know is which namespaces there are.
	for _, w := range wants(model.KindNamespace, o) {
		add(w.Resource, w.Verbs, "careen itself", true)
	}
	slices.SortFunc(out, func(a, b Grant) int {
		return cmp.Or(strings.Compare(a.Group, b.Group), strings.Compare(a.Name, b.Name))
	})
	for i := range out {
		g := &out[i]
		g.Used = slices.DeleteFunc(g.Used, func(id string) bool { return slices.Contains(g.Needed, id) })
	}
	return out
}

// wants lists the rights by which a kind is read.
func wants(k model.Kind, o RoleOptions) (out []Grant) {
	for _, r := range model.Lookup(k).Reading() {
		if !o.NoSecrets || r.Group != "" || r.Resource != "secrets" {
			out = append(out, Grant{Resource: Resource{r.Group, r.Resource}, Verbs: r.Verbs})
		}
	}
	if k == model.KindCustom {
		for _, r := range o.Custom {
			out = append(out, Grant{Resource: r, Verbs: out[0].Verbs})
		}
	}
	return out
}

// Blind lists the probes that can say nothing with the role of o, and so answer
// unknown: those that need a kind which Grants leaves out.
func Blind(list []*probes.Probe, o RoleOptions) (out []string) {
	for _, p := range list {
		if o.NoSecrets && (slices.Contains(p.Needs, model.KindSecret) || slices.Contains(p.Needs, model.KindRecord)) {
			out = append(out, string(p.ID))
		}
	}
	return out
}

// Role writes a ClusterRole with the rights of Grants, each with the probes that
// want it.
func Role(list []*probes.Probe, o RoleOptions) string {
	var b strings.Builder
	if o.Writes == "" {
		b.WriteString("# What careen's probes read, and nothing else: no verb in it writes.\n")
	} else {
		b.WriteString("# What careen's probes read, and last what careen agent writes.\n")
	}
	if blind := Blind(list, o); len(blind) > 0 {
		wrapped(&b, "# ", "Without the right to read Secrets these answer unknown: "+strings.Join(blind, ", ")+".")
	}
	if readsCustom(list) && len(o.Custom) == 0 {
		wrapped(&b, "# ", "Custom resources are not listed here: none are installed, or the cluster was not asked. "+
			"Without them an object that only a custom resource refers to may look unused, which the findings say.")
	}
	fmt.Fprintf(&b, "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: %s\nrules:\n", o.Name)
	for _, g := range Grants(list, o) {
		if len(g.Needed) > 0 {
			wrapped(&b, "  # ", "needed by "+strings.Join(g.Needed, ", "))
		}
		if len(g.Used) > 0 {
			wrapped(&b, "  # ", "sharpens "+strings.Join(g.Used, ", "))
		}
		fmt.Fprintf(&b, "  - apiGroups: [%q]\n    resources: [%s]\n    verbs: [%s]\n", g.Group, g.Name, strings.Join(g.Verbs, ", "))
	}
	b.WriteString(o.Writes)
	return b.String()
}

func readsCustom(list []*probes.Probe) bool {
	return slices.ContainsFunc(list, func(p *probes.Probe) bool { return slices.Contains(p.Reads(), model.KindCustom) })
}

// wrapped writes a comment in lines of at most 100 characters.
func wrapped(b *strings.Builder, prefix, text string) {
	line := prefix
	for i, word := range strings.Fields(text) {
		if i > 0 && len(line)+len(word) >= 100 {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = prefix
		}
		line += word + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}

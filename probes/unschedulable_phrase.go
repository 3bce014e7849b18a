package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// these names few nodes, and counts many.
func these(nodes []judgement) string {
	if len(nodes) > 3 {
		return text.Counted(len(nodes), "node")
	}
	names := make([]string, len(nodes))
	for i, r := range nodes {
		names[i] = r.node.Name
	}
	return text.Plural(len(nodes), "node ", "nodes ") + text.Joined(names, 3)
}

// instead says what nodes have in the place of a label: "3 have hdd, 1 has none".
func (g obstacles) instead(label string) string {
	counts := map[string]int{}
	for _, r := range g.nodes {
		value, has := r.node.Labels[label]
		if has {
			counts[label+"="+value]++
		} else {
			counts["no such label"]++
		}
	}
	keys := sortedKeys(counts)
	slices.SortStableFunc(keys, func(a, b string) int { return counts[b] - counts[a] })
	for i, k := range keys {
		keys[i] = fmt.Sprintf("%d %s %s", counts[k], text.Plural(counts[k], "has", "have"), k)
	}
	return text.Joined(keys, 3)
}

// phrase says what keeps the nodes of a group away. lead is true for the first reason,
// which speaks of all nodes where it holds on all.
func (s *stranded) phrase(p *Pass, f *placing, g obstacles, lead bool) string {
	all := lead && g.everywhere
	which := these(g.nodes)
	verb := func(one, many string) string { return text.Plural(len(g.nodes), one, many) }
	switch g.class {
	case bySelector:
		label := g.key + "=" + s.pod.Template.Placement.NodeSelector[g.key]
		if all {
			return fmt.Sprintf("no node has the label %s that nodeSelector asks for (%s)", label, g.instead(g.key))
		}
		return fmt.Sprintf("%s %s not have the label %s that nodeSelector asks for (%s)", which, verb("does", "do"), label, g.instead(g.key))
	case byAffinity:
		if all {
			return fmt.Sprintf("no node satisfies the required node affinity %s%s", g.key, s.affinityHas(g))
		}
		return fmt.Sprintf("%s %s not satisfy the required node affinity %s%s", which, verb("does", "do"), g.key, s.affinityHas(g))
	case byVolume:
		return s.volumePhrase(p, f, g)
	case byUnwell:
		var what []string
		for _, r := range g.nodes {
			for _, h := range r.why {
				if h.class == byUnwell && !slices.Contains(what, h.key) {
					what = append(what, h.key)
				}
			}
		}
		return fmt.Sprintf("%s %s %s", which, verb("is", "are"), text.Joined(what, 2))
	case byCordon:
		return fmt.Sprintf("%s %s cordoned", which, verb("is", "are"))
	case byTaint:
		return fmt.Sprintf("it does not tolerate the taint %s of %s", g.key, which)
	case byAmount:
		return s.amountPhrase(f, g, all)
	case byPort:
		return fmt.Sprintf("host port %s is taken on %s by %s", g.key, which, g.holders())
	case byNear:
		return fmt.Sprintf("its required pod affinity asks for a pod with %s, and %s %s none in the same %s", g.key, which, verb("has", "have"), g.has)
	case byApart:
		return fmt.Sprintf("its required pod anti-affinity keeps it off %s, where %s already %s in the same %s", which, g.holders(), verb("is", "are"), g.key)
	case byOthers:
		return fmt.Sprintf("the pod anti-affinity of %s keeps it off %s", g.holders(), which)
	case bySpread:
		if g.fixed {
			return fmt.Sprintf("%s %s not have the label %s by which its topology spread counts", which, verb("does", "do"), g.key)
		}
		return fmt.Sprintf("its topology spread over %s (maxSkew %d) allows no further pod on %s", g.key, s.skew(g.key), which)
	}
	return which
}

func (s *stranded) skew(topology string) int32 {
	for _, c := range s.pod.Template.Placement.Spread {
		if c.Topology == topology {
			return c.MaxSkew
		}
	}
	return 0
}

// affinityHas says what the nodes have where an affinity asks for one label.
func (s *stranded) affinityHas(g obstacles) string {
	terms := s.pod.Template.Placement.NodeTerms
	if len(terms) != 1 || len(terms[0].Labels) != 1 {
		return ""
	}
	return " (" + g.instead(terms[0].Labels[0].Key) + ")"
}

// holders names the pods that are in the way.
func (g obstacles) holders() string {
	var pods []string
	for _, r := range g.nodes {
		for _, h := range r.why {
			if name := h.pod.Path(); h.class == g.class && h.groupKey() == g.groupKey() && !slices.Contains(pods, name) {
				pods = append(pods, name)
			}
		}
	}
	return text.Plural(len(pods), "pod ", "pods ") + text.Joined(pods, 2)
}

// amountPhrase compares what is asked with the largest node, and with what is free.
func (s *stranded) amountPhrase(f *placing, g obstacles, all bool) string {
	if g.key == "pods" {
		return fmt.Sprintf("%s %s as many pods as %s may", these(g.nodes), text.Plural(len(g.nodes), "runs", "run"), text.Plural(len(g.nodes), "it", "they"))
	}
	ask := amountOf(g.key, s.ask[g.key])
	largest, free, on := int64(0), int64(0), ""
	for _, r := range g.nodes {
		has := thousandths(r.node.Allocatable[g.key])
		left := max(has-f.used[r.node.Name][g.key], 0)
		largest = max(largest, has)
		if left > free || on == "" {
			free, on = left, r.node.Name
		}
	}
	scope := "the largest of " + these(g.nodes)
	switch {
	case len(g.nodes) == 1:
		scope = these(g.nodes)
	case all:
		scope = "the largest node"
	case len(g.nodes) > 3:
		scope = "the largest of " + text.Counted(len(g.nodes), "node")
	}
	most := ""
	if !f.whole {
		most = "at most "
	}
	switch {
	case largest == 0:
		if all {
			return fmt.Sprintf("it asks for %s, which no node has", ask)
		}
		return fmt.Sprintf("it asks for %s, which %s %s not have", ask, these(g.nodes), text.Plural(len(g.nodes), "does", "do"))
	case s.ask[g.key] > largest:
		return fmt.Sprintf("it asks for %s; %s has %s and %s%s free", ask, scope, amountOf(g.key, largest), most, amountOf(g.key, free))
	case len(g.nodes) == 1:
		return fmt.Sprintf("it asks for %s; %s has %s, and %s%s of that free", ask, scope, amountOf(g.key, largest), most, amountOf(g.key, free))
	}
	return fmt.Sprintf("it asks for %s; of %s none has that much free (at most %s, on %s)", ask, these(g.nodes), amountOf(g.key, free), on)
}

// volumePhrase says where a volume is, and whether that host is gone.
func (s *stranded) volumePhrase(p *Pass, f *placing, g obstacles) string {
	if g.key == "" {
		return g.has
	}
	v, _ := model.Get[*model.Volume](p.Snapshot, model.Ref{Kind: model.KindVolume, Name: g.key})
	of := "its volume " + g.key
	if v == nil {
		return of + " cannot be mounted on " + these(g.nodes)
	}
	if v.Claim.Name != "" {
		of += " (PVC " + v.Claim.Name + ")"
	}
	var gone []string
	hosts := volumeHosts(v)
	for _, h := range hosts {
		if !slices.ContainsFunc(f.nodes, func(n *model.Node) bool { return n.Name == h || n.Labels[hostLabel] == h }) {
			gone = append(gone, h)
		}
	}
	if len(gone) > 0 && len(gone) == len(hosts) {
		return fmt.Sprintf("%s is on node %s, which is no longer in the cluster", of, text.Joined(gone, 2))
	}
	return fmt.Sprintf("%s can only be mounted where %s, and %s %s not there", of, volumePlace(v), these(g.nodes), text.Plural(len(g.nodes), "is", "are"))
}

// source points to the field of the template that decides.
func (s *stranded) source(g obstacles) (finding.Evidence, bool) {
	at := s.pod.Template.Placement
	switch g.class {
	case bySelector:
		return s.field("nodeSelector["+g.key+"]", at.NodeSelector[g.key], ""), true
	case byAffinity:
		return s.field("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution", g.key, ""), true
	case byTaint:
		keys := make([]string, 0, len(at.Tolerations))
		for _, t := range at.Tolerations {
			keys = append(keys, strings.TrimSuffix(t.Key+":"+t.Effect, ":"))
		}
		return s.field("tolerations", text.Joined(keys, 6), "what it does tolerate"), true
	case byAmount:
		if g.key == "pods" {
			return finding.Evidence{}, false
		}
		return s.field("containers[].resources.requests["+g.key+"]", amountOf(g.key, s.ask[g.key]), "all its containers together"), true
	case byPort:
		return s.field("containers[].ports[].hostPort", g.key, "a node has each port once"), true
	case byNear:
		return s.field("affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution", g.key, "in the same "+g.has), true
	case byApart:
		return s.field("affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution", g.key, "not with "+g.holders()), true
	case bySpread:
		return s.field("topologySpreadConstraints", g.key, fmt.Sprintf("maxSkew %d, whenUnsatisfiable DoNotSchedule", s.skew(g.key))), true
	case byVolume, byUnwell, byCordon, byOthers: // not for what a template says
	}
	return finding.Evidence{}, false
}

package probes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const memberListStaleID finding.ProbeID = "member-list-stale"

// MemberListStale finds lists of hosts that are not the members of what they list.
var MemberListStale = &Probe{
	ID: memberListStaleID,
	Doc: `A member list does not match the actual members
A program is told the members of a StatefulSet by a list in its environment, its arguments or
a ConfigMap. After a scaling the list says what was: new members get nothing, and what is
gone is still called.

**Rule.** A list names members of a StatefulSet (or of an operator's pods) that exists, in the
form name-N[.service[.namespace[.svc...]]], and a member that is wanted and ready is not in it,
or a host in it is neither wanted nor there; or its hosts are under a Service that does not
exist, or is not the serviceName of their StatefulSet, so that they have no address. A list is one value, one repeated flag, one array or sequence, or keys that differ by a
number, however its members are spelt. Sources: apecloud/kubeblocks #9253, #9276, #10528;
kubeblocks-addons #1620: the list is resolved into a ConfigMap that envFrom injects, so that
nothing rolls.

**Evidence.** The list, the replicas and who changed them, the pods that are missing, what
reads the list, and why the list is not rewritten where no rewrite is offered.

**Fix.** An entry is everything between its separators: id, scheme, host, ports. A new entry
continues the others: 1@node-0,2@node-1 goes on with 3@node-2, server.1 and server.2 with
server.3. Where they do not count up by one, or the ports differ, no rewrite is offered.

**What it cannot see.** Lists inside Secrets; whether a list is meant to be short. It is
proved where the list is older than the member that it lacks, else inferred. A list in another
namespace than its members is looked at every half minute. A host of an operator's set that
is gone is not reported, since its pod may be about to return.

**By hand.** Write the members into the list (` + "`kubectl edit configmap NAME`" + `) or make its
operator do so, then restart its readers one at a time: scaled out, readers before writers;
scaled in, the reverse.

**Silent** until a new member is ready and a leaving one is gone; for a set scaled to zero; for
lists that a cluster is founded or joined by (initial_master_nodes, initial-cluster, seed_hosts,
retry_join, bootstrap.servers), told by the nearest key above them. Lists of a single host, of
one role (replicas, standbys), and with variables among the hosts may lack members.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindConfigMap, model.KindStatefulSet, model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindService, model.KindCustom, model.KindRecord, model.KindNamespace}),
	Run:   staying(runMemberListStale),
}

func runMemberListStale(p *Pass) {
	for cm := range model.Each[*model.ConfigMap](p.Space, model.KindConfigMap) {
		reportLists(p, &cm.Meta, cm.Hosts)
	}
	for w := range model.Workloads(p.Space) {
		if !topLevel(w) || !wantsPods(w) {
			continue
		}
		var lists []model.HostList
		for _, c := range w.Template.Containers {
			lists = append(lists, c.Hosts...)
		}
		reportLists(p, &w.Meta, lists)
	}
}

// reportLists compares the lists of a holder with the members that they should have.
func reportLists(p *Pass, holder *model.Meta, lists []model.HostList) {
	lists = slices.DeleteFunc(slices.Clone(lists), func(l model.HostList) bool { return len(l.Members) == 0 || l.Role == model.ListsFounders })
	if len(lists) == 0 {
		return
	}
	found, several := staleLists(p, holder, lists)
	for _, s := range found {
		f := staleFinding(p, holder, s)
		if several {
			f.Slot = s.set.Name
		}
		p.Report(f)
	}
	for _, s := range unservedLists(p, holder, lists) {
		p.Report(unservedFinding(p, holder, s))
	}
}

// stale is what one holder's lists of one set have wrong.
type stale struct {
	set     model.Ref
	name    string // the set's, as the hosts have it
	members []int  // the numbers that are wanted
	missing []*model.Pod
	extra   []string // hosts that are neither wanted nor there
	lists   []staleList
	scaled  model.Write // who last set the replicas
}

// staleList is a list that is wrong, and the members that must come and go.
type staleList struct {
	model.HostList
	add, remove []int
}

// staleLists finds what is wrong with lists, set by set. several is set where they are
// of more than one set.
func staleLists(p *Pass, holder *model.Meta, lists []model.HostList) (out []stale, several bool) {
	sets := map[model.Ref]bool{}
	for _, list := range lists {
		set, pods, ok := listedSet(p, holder, &list)
		if !ok {
			continue
		}
		if set.Namespace != holder.Namespace {
			p.Wake(p.Now.Add(otherNamespace))
		}
		sets[set] = true
		name := list.Members[0].Set
		wanted, scaled, ok := wantedMembers(p, set, name, pods)
		if !ok {
			continue
		}
		missing, remove := compareMembers(list, wanted, pods, set.Kind.IsWorkload())
		if len(missing)+len(remove) == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(s stale) bool { return s.set == set })
		if i < 0 {
			i, out = len(out), append(out, stale{set: set, name: name, members: wanted, scaled: scaled})
		}
		wrong := staleList{HostList: list, remove: remove}
		if len(missing) > 0 {
			wrong.add = slices.DeleteFunc(slices.Clone(wanted), func(n int) bool { return isListed(list, n) })
		}
		out[i].lists = append(out[i].lists, wrong)
		for _, pod := range missing {
			if !slices.Contains(out[i].missing, pod) {
				out[i].missing = append(out[i].missing, pod)
			}
		}
		for _, n := range remove {
			if gone := fmt.Sprintf("%s-%d", name, n); !slices.Contains(out[i].extra, gone) {
				out[i].extra = append(out[i].extra, gone)
			}
		}
	}
	return out, len(sets) > 1
}

// listedSet is the set whose members a list names, and the pods that it has. A list
// some of whose hosts are under a Service that is not the set's names its members all
// the same, if others are.
func listedSet(p *Pass, holder *model.Meta, list *model.HostList) (set model.Ref, pods []*model.Pod, ok bool) {
	tried := map[string]bool{}
	for _, h := range list.Members {
		if tried[h.Service] {
			continue
		}
		tried[h.Service] = true
		if set, pods, ok = p.Graph.Members(holder.Namespace, h); ok {
			return set, pods, true
		}
	}
	return set, nil, false
}

func isListed(list model.HostList, n int) bool {
	return slices.ContainsFunc(list.Members, func(h model.Host) bool { return h.Ordinal == n })
}

// maxMembers bounds the members of a set that are compared.
const maxMembers = 512

// wantedMembers are the numbers of a set's members, as its replicas want them, or
// as an operator's pods have them; ok is false while that cannot be said.
func wantedMembers(p *Pass, set model.Ref, name string, pods []*model.Pod) (wanted []int, scaled model.Write, ok bool) {
	if w, found := model.Get[*model.Workload](p.Snapshot, set); found {
		if !wantsPods(w) || w.Desired > maxMembers {
			return nil, scaled, false
		}
		for _, write := range w.Writes {
			if write.Replicas {
				scaled = write
				break
			}
		}
		for n := range int(w.Desired) {
			wanted = append(wanted, int(w.OrdinalStart)+n)
		}
		return wanted, scaled, true
	}
	for _, pod := range pods {
		if n, is := ordinalOf(pod.Name, name); is && pod.Deleting.IsZero() {
			wanted = append(wanted, n)
		}
	}
	slices.Sort(wanted)
	return wanted, scaled, len(wanted) > 0
}

func ordinalOf(pod, set string) (int, bool) {
	number, ok := strings.CutPrefix(pod, set+"-")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(number)
	return n, err == nil && n >= 0
}

// compareMembers finds the wanted members that are ready and that a list lacks, and
// the numbers of its hosts that are neither wanted nor there. What is on its way counts
// as neither.
func compareMembers(list model.HostList, wanted []int, pods []*model.Pod, known bool) (missing []*model.Pod, extra []int) {
	listed, there := map[int]bool{}, map[int]*model.Pod{}
	for _, h := range list.Members {
		listed[h.Ordinal] = true
	}
	for _, pod := range pods {
		if n, ok := ordinalOf(pod.Name, list.Members[0].Set); ok {
			there[n] = pod
		}
	}
	if len(listed) > 1 && list.Role == model.ListsAll && !list.Open {
		for _, n := range wanted {
			if pod := there[n]; !listed[n] && pod != nil && pod.Ready && pod.Deleting.IsZero() {
				missing = append(missing, pod)
			}
		}
	}
	for _, h := range list.Members {
		if known && there[h.Ordinal] == nil && !slices.Contains(wanted, h.Ordinal) && !slices.Contains(extra, h.Ordinal) {
			extra = append(extra, h.Ordinal)
		}
	}
	return missing, extra
}

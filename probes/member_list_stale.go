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
	Doc: `A list of members is not what the members are
A program is told the members of a StatefulSet by a list in its environment, its arguments or
a ConfigMap. After a scaling the list says what was: new members get nothing, and what is
gone is still called.

**Rule.** A value lists hosts of the form name-N[.service[.namespace[.svc...]]][:port] of a
StatefulSet (or of an operator's pods) that exists, and a member that is wanted and ready is
not in it, or a host in it is neither wanted nor there. Sources: apecloud/kubeblocks #9253,
#9276, #10528; kubeblocks-addons #1620: the list is resolved into a ConfigMap that envFrom
injects, so that nothing rolls.

**Evidence.** The list, the replicas and who changed them, the pods that are missing, what
reads the list.

**What it cannot see.** Lists inside Secrets; whether a list is meant to be short. It is
proved where the list is older than the member that it lacks, else inferred. A list in another
namespace than its members is looked at every half minute. A host of an operator's set that
is gone is not reported, since its pod may be about to return.

**By hand.** Write the members into the list (` + "`kubectl edit configmap NAME`" + `) or make its
operator do so, then restart its readers one at a time: scaled out, readers before writers;
scaled in, the reverse.

**Silent** until a new member is ready and a leaving one is gone; for a set scaled to zero; for
lists of a single host and for seeds (seed, bootstrap, initial, join, discovery), which may
lack members on purpose.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindConfigMap, model.KindStatefulSet, model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindService, model.KindCustom, model.KindRecord, model.KindNamespace}),
	Run:   staying(runMemberListStale),
}

func runMemberListStale(p *Pass) {
	for cm := range model.Each[*model.ConfigMap](p.Space, model.KindConfigMap) {
		for _, s := range staleLists(p, &cm.Meta, cm.Hosts) {
			p.Report(staleFinding(p, &cm.Meta, s))
		}
	}
	for w := range model.Workloads(p.Space) {
		if !topLevel(w) || !wantsPods(w) {
			continue
		}
		var lists []model.HostList
		for _, c := range w.Template.Containers {
			lists = append(lists, c.Hosts...)
		}
		for _, s := range staleLists(p, &w.Meta, lists) {
			p.Report(staleFinding(p, &w.Meta, s))
		}
	}
}

// stale is what one holder's lists of one set have wrong.
type stale struct {
	set     model.Ref
	name    string // the set's, as the hosts have it
	members []int  // the numbers that are wanted
	missing []*model.Pod
	extra   []string         // hosts that are neither wanted nor there
	lists   []model.HostList // those that are wrong
	several bool             // the holder lists other sets as well
	scaled  model.Write      // who last set the replicas
}

// staleLists compares each list of a holder with the members that it should have.
func staleLists(p *Pass, holder *model.Meta, lists []model.HostList) (out []stale) {
	sets := map[model.Ref]bool{}
	for _, list := range lists {
		if len(list.Members) == 0 {
			continue
		}
		host := list.Members[0]
		set, pods, ok := p.Graph.Members(holder.Namespace, host)
		if !ok {
			continue
		}
		if set.Namespace != holder.Namespace {
			p.Wake(p.Now.Add(otherNamespace))
		}
		sets[set] = true
		wanted, scaled, ok := wantedMembers(p, set, host.Set, pods)
		if !ok {
			continue
		}
		missing, extra := compareMembers(list, wanted, pods, set.Kind.IsWorkload())
		if len(missing)+len(extra) == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(s stale) bool { return s.set == set })
		if i < 0 {
			i, out = len(out), append(out, stale{set: set, name: host.Set, members: wanted, scaled: scaled})
		}
		out[i].lists = append(out[i].lists, list)
		for _, pod := range missing {
			if !slices.Contains(out[i].missing, pod) {
				out[i].missing = append(out[i].missing, pod)
			}
		}
		for _, name := range extra {
			if !slices.Contains(out[i].extra, name) {
				out[i].extra = append(out[i].extra, name)
			}
		}
	}
	for i := range out {
		out[i].several = len(sets) > 1
	}
	return out
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

// compareMembers tells which wanted members that are ready a list lacks, and which
// of its hosts are neither wanted nor there. What is on its way counts as neither.
func compareMembers(list model.HostList, wanted []int, pods []*model.Pod, known bool) (missing []*model.Pod, extra []string) {
	listed := map[int]bool{}
	for _, h := range list.Members {
		listed[h.Ordinal] = true
	}
	there := map[int]*model.Pod{}
	for _, pod := range pods {
		if n, ok := ordinalOf(pod.Name, list.Members[0].Set); ok {
			there[n] = pod
		}
	}
	if len(listed) > 1 && !seeds(list.Field) {
		for _, n := range wanted {
			if pod := there[n]; !listed[n] && pod != nil && pod.Ready && pod.Deleting.IsZero() {
				missing = append(missing, pod)
			}
		}
	}
	for _, h := range list.Members {
		if known && there[h.Ordinal] == nil && !slices.Contains(wanted, h.Ordinal) {
			extra = append(extra, fmt.Sprintf("%s-%d", h.Set, h.Ordinal))
		}
	}
	return missing, extra
}

// seeds tells whether a field is meant to name some members, not all.
func seeds(field string) bool {
	f := strings.ToLower(field)
	return slices.ContainsFunc([]string{"seed", "bootstrap", "initial", "join", "discover"}, func(s string) bool { return strings.Contains(f, s) })
}

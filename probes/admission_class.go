package probes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// class is who refused a pod, and why, as far as the API server's message tells.
type class struct {
	id       string // quota, limits, security, webhook, policy, account or other
	why      string // a clause without a full stop
	evidence []finding.Evidence
	gone     bool // what refused it is seen to be gone
	causes   []finding.ID
	rests    []finding.Absence
	names    model.Ref // the class that the pods name and that does not exist
}

// The messages of kubernetes' admission plugins. The parts that vary are names and
// amounts.
var (
	quotaExceeded  = regexp.MustCompile(`exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: (.+?)\.?$`)
	quotaMustSet   = regexp.MustCompile(`failed quota: ([^:]+): must specify (.+?)\.?$`)
	limitPassed    = regexp.MustCompile(`((?:minimum|maximum) \S+ usage per \S+ is [^,.]+, but (?:limit|request) is [^,."\]]+|(?:\S+) max limit to request ratio per \S+ is .+)`)
	podSecurity    = regexp.MustCompile(`violates PodSecurity "([^"]+)": (.+)$`)
	webhookDenied  = regexp.MustCompile(`admission webhook "([^"]+)" denied the request(?:: )?(.*)$`)
	webhookFailed  = regexp.MustCompile(`failed calling webhook "([^"]+)": (.+)$`)
	policyDenied   = regexp.MustCompile(`ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: (.*)$`)
	accountMissing = regexp.MustCompile(`error looking up service account ([^/\s]+)/([^:\s]+):`)
	noRuntime      = regexp.MustCompile(`RuntimeClass "([^"]+)" not found`)
	noPriority     = regexp.MustCompile(`no PriorityClass with name (\S+) was found`)
)

func classify(p *Pass, message string) class {
	if m := accountMissing.FindStringSubmatch(message); m != nil {
		account := model.Ref{Kind: model.KindServiceAccount, Namespace: m[1], Name: m[2]}
		a, absent := p.Absent(account)
		switch {
		case !absent:
			return class{
				id: "account", why: fmt.Sprintf("service account %s did not exist when they were last tried; it does now", m[2]), gone: true,
				evidence: []finding.Evidence{{Ref: account, Note: "there now"}},
			}
		case a.Grade != finding.Proved:
			return class{id: "account", why: fmt.Sprintf("service account %s did not exist when they were last tried", m[2]), rests: []finding.Absence{{
				Of: account, Claim: a.Claim, Grade: finding.Inferred, Why: a.Why, // the API server said so
			}}}
		}
		return class{id: "account", why: fmt.Sprintf("service account %s does not exist", m[2])}
	}
	if m := quotaExceeded.FindStringSubmatch(message); m != nil {
		return quotaClass(p, m[1], m[2], m[4])
	}
	if m := quotaMustSet.FindStringSubmatch(message); m != nil {
		return class{id: "quota", why: fmt.Sprintf("quota %s counts %s", m[1], unstated(m[2])), evidence: []finding.Evidence{{Ref: inNamespace(p, model.KindResourceQuota, m[1]), Path: "spec.hard"}}}
	}
	if m := limitPassed.FindStringSubmatch(message); m != nil {
		c := class{id: "limits", why: m[1]}
		for l := range model.Each[*model.LimitRange](p.Space, model.KindLimitRange) {
			c.evidence = append(c.evidence, finding.Evidence{Ref: l.Ref(), Path: "spec.limits", Value: text.Joined(l.Items, 6)})
		}
		return c
	}
	if m := podSecurity.FindStringSubmatch(message); m != nil {
		return class{id: "security", why: fmt.Sprintf("they do not meet the pod security level %s of the namespace%s", m[1], demands(m[2])), evidence: []finding.Evidence{{
			Ref: model.Ref{Kind: model.KindNamespace, Name: p.Namespace()}, Path: "metadata.labels[pod-security.kubernetes.io/enforce]", Value: strings.SplitN(m[1], ":", 2)[0],
		}}}
	}
	if m := webhookDenied.FindStringSubmatch(message); m != nil {
		return class{id: "webhook", why: fmt.Sprintf("webhook %s denies them%s", m[1], inWords(m[2])), evidence: webhookEvidence(p, m[1], m[2])}
	}
	if m := webhookFailed.FindStringSubmatch(message); m != nil {
		return class{id: "webhook", why: fmt.Sprintf("webhook %s, which must be asked, does not answer", m[1]), evidence: webhookEvidence(p, m[1], m[2]), causes: deadHookIDs(p, m[1])}
	}
	if outOfTime.MatchString(message) {
		return slowClass(p)
	}
	if m := policyDenied.FindStringSubmatch(message); m != nil {
		return class{id: "policy", why: fmt.Sprintf("admission policy %s denies them%s", m[1], inWords(m[2]))}
	}
	if m := noPriority.FindStringSubmatch(message); m != nil {
		return classMissing(p, model.KindPriorityClass, "priority class", m[1])
	}
	if m := noRuntime.FindStringSubmatch(message); m != nil {
		return classMissing(p, model.KindRuntimeClass, "runtime class", m[1])
	}
	return class{id: "other", why: "the API server does not admit them"}
}

// unstated says what containers do not ask for: "limits.cpu for: web; limits.memory for: web,side",
// or without the containers, as older servers write it.
func unstated(list string) string {
	var what []string
	who := ""
	for part := range strings.SplitSeq(list, ";") {
		name, containers, _ := strings.Cut(part, " for: ")
		what = append(what, strings.TrimSpace(name))
		if who == "" {
			who = strings.TrimSpace(containers)
		} else if who != strings.TrimSpace(containers) {
			who = "they"
		}
	}
	names := strings.Split(who, ",")
	switch {
	case who == "" || who == "they":
		return text.Joined(what, 4) + ", which they do not state"
	case len(names) == 1:
		return text.Joined(what, 4) + ", which container " + who + " does not state"
	}
	return text.Joined(what, 4) + ", which containers " + text.Joined(names, 4) + " do not state"
}

// inWords is what who refuses gives as the reason, as the end of a sentence.
func inWords(reason string) string {
	if reason = clause(reason, ""); reason == "" {
		return ""
	}
	return ": " + cutAt(reason, quoted)
}

var inParentheses = regexp.MustCompile(`\s*\([^()]*\)`)

// demands lists, without the containers, what pod security finds wrong: "hostPath volumes,
// runAsNonRoot != true".
func demands(violations string) string {
	short := strings.TrimRight(inParentheses.ReplaceAllString(violations, ""), ". ")
	if short == "" || strings.ContainsAny(short, "()") {
		return ""
	}
	return " (" + cutAt(short, quoted) + ")"
}

// classMissing is a class that a pod names and that did not exist when it was tried.
func classMissing(p *Pass, kind model.Kind, what, name string) class {
	a, absent := p.Absent(model.Ref{Kind: kind, Name: name})
	if !absent {
		return class{id: "other", why: fmt.Sprintf("%s %s did not exist when they were last tried; it does now", what, name), gone: true}
	}
	return class{id: "other", why: fmt.Sprintf("%s %s does not exist", what, name), rests: []finding.Absence{a}, names: a.Of}
}

func inNamespace(p *Pass, kind model.Kind, name string) model.Ref {
	return model.Ref{Kind: kind, Namespace: p.Namespace(), Name: name}
}

// quotaClass compares what was asked with what the quota has left now.
func quotaClass(p *Pass, name, asked, limited string) class {
	c := class{id: "quota", why: fmt.Sprintf("quota %s is used up: they ask for %s of %s", name, asked, limited)}
	ref := inNamespace(p, model.KindResourceQuota, name)
	q, ok := model.Get[*model.Quota](p.Snapshot, ref)
	if !ok {
		if a, absent := p.Absent(ref); absent && a.Grade == finding.Proved {
			c.why, c.gone = fmt.Sprintf("quota %s was used up when they were last tried; it is gone now", name), true
		}
		return c
	}
	for _, k := range sortedKeys(q.Hard) {
		c.evidence = append(c.evidence, finding.Evidence{Ref: ref, Path: "status.used." + k, Value: q.Used[k] + " of " + q.Hard[k]})
	}
	for _, part := range strings.Split(limited, ",") {
		if k, was, ok := strings.Cut(part, "="); ok && q.Hard[k] != "" && q.Hard[k] != was {
			c.why, c.gone = fmt.Sprintf("quota %s allowed %s %s when they were last tried; it allows %s now", name, was, k, q.Hard[k]), true
		}
	}
	if short := chargeOf(asked); !c.gone && len(short) > 0 && fits(q, short) {
		c.why, c.gone = fmt.Sprintf("quota %s was used up when they were last tried; it has room now", name), true
	}
	if !c.gone {
		c.causes = []finding.ID{finding.IDOf(quotaFullID, ref, "")}
	}
	return c
}

func webhookEvidence(p *Pass, name, said string) (out []finding.Evidence) {
	for _, kind := range []model.Kind{model.KindValidatingWebhook, model.KindMutatingWebhook} {
		for c := range model.Each[*model.WebhookConfig](p.Snapshot.Space(""), kind) {
			for i, h := range c.Hooks {
				if h.Name == name {
					out = append(out, finding.Evidence{Ref: c.Ref(), Path: fmt.Sprintf("webhooks[%d]", i), Value: h.FailurePolicy, Note: said})
				}
			}
		}
	}
	return out
}

// deadHookIDs names the findings that tell of a webhook which cannot answer.
func deadHookIDs(p *Pass, name string) (out []finding.ID) {
	for _, d := range deadHooks(p, unheard) {
		if d.hook().Name == name {
			out = append(out, d.id())
		}
	}
	return out
}

var namedContainers = regexp.MustCompile(`containers? ((?:"[^"]+"(?:, | and )?)+)`)

// conform makes the containers that the message names ask for no more than the
// level allows. It never asks for less of the level.
func conform(w *model.Workload, message string) (finding.Fix, bool) {
	fix := finding.Fix{
		ID: "conform", Title: "Give its containers the security context that the level asks for", Risk: finding.Disruptive,
		Undo: "takes the fields out again", Note: "A program that runs as root or writes to ports below 1024 may then not start.",
		Proof: finding.Proof{Text: "its pods are admitted and become ready", Within: 2 * time.Minute, Checks: becomesReady(w)},
	}
	var set []finding.FieldValue
	for _, clause := range strings.Split(message, "), ") {
		m := namedContainers.FindStringSubmatch(clause)
		if m == nil {
			continue
		}
		for _, name := range quotedWords(m[1]) {
			base := containerPath(w, name)
			if base == nil {
				return fix, false
			}
			switch {
			case strings.Contains(clause, "allowPrivilegeEscalation"):
				set = append(set, finding.FieldValue{Path: append(slices.Clone(base), "securityContext", "allowPrivilegeEscalation"), Value: false})
			case strings.Contains(clause, "capabilities.drop"):
				set = append(set, finding.FieldValue{Path: append(slices.Clone(base), "securityContext", "capabilities", "drop"), Value: []string{"ALL"}})
			case strings.Contains(clause, "runAsNonRoot=true"):
				set = append(set, finding.FieldValue{Path: append(slices.Clone(base), "securityContext", "runAsNonRoot"), Value: true})
			case strings.Contains(clause, "seccompProfile.type"):
				set = append(set, finding.FieldValue{Path: append(slices.Clone(base), "securityContext", "seccompProfile", "type"), Value: "RuntimeDefault"})
			default:
				return fix, false // a demand that careen cannot meet for it
			}
		}
	}
	fix.Steps = []finding.Step{{Verb: "patch", Ref: w.Ref(), Summary: fmt.Sprintf("%s of securityContext", text.Counted(len(set), "field")), Change: finding.Patch{Set: set}}}
	return fix, len(set) > 0
}

func quotedWords(s string) (out []string) {
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			out = append(out, part)
		}
	}
	return out
}

// containerPath is where a container stands in a workload, or nil. Its index among
// its like is what counts.
func containerPath(w *model.Workload, name string) []string {
	index := map[bool]int{}
	for _, c := range w.Template.Containers {
		if c.Name == name {
			list := "containers"
			if c.Init {
				list = "initContainers"
			}
			return splitPath(fmt.Sprintf("%s.%s[%d]", podPath(w.Kind), list, index[c.Init]))
		}
		index[c.Init]++
	}
	return nil
}

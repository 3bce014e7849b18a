package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const releaseAPIRemovedID finding.ProbeID = "release-api-removed"

// ReleaseAPIRemoved finds releases that Helm cannot upgrade, because the revision from
// which it starts declares an API that the server no longer serves.
var ReleaseAPIRemoved = &Probe{
	ID: releaseAPIRemovedID,
	Doc: `A release's deployed revision declares an API that the server does not serve
Before an upgrade Helm builds every object of the manifest that is deployed, to compare it with
the new one. An apiVersion there that the server has stopped serving ends the upgrade before it
begins, whatever the new chart says: "resource mapping not found for name ... no matches for
kind ... ensure CRDs are installed first".

**Rule.** The revision from which Helm upgrades (the newest if it is deployed, else the newest
that is labelled deployed, else the newest if it failed or was superseded) declares an object
of a group and version for which the server has no APIService, or of a kind of a group of
custom resources for which it has no CustomResourceDefinition. Sources: helm
pkg/action/upgrade.go (prepareUpgrade, performUpgrade); Helm documentation, "Deprecated
Kubernetes APIs"; the Kubernetes deprecated API migration guide.

**Evidence.** The object, its apiVersion, and what the server serves of the kind.

**What it cannot see.** A kind that a version of a built-in group has lost while the group and
version stayed; what an aggregated API server serves.

**By hand.** ` + "`helm mapkubeapis NAME -n NAMESPACE`" + ` (a plugin), or rewrite the apiVersion in the
manifest of the gzipped, base64-coded JSON under data.release. Where a kind was removed
altogether, such as PodSecurityPolicy, take its document out of the manifest.

**Silent** for releases that were uninstalled, for older revisions, and where the server tells
nothing of its API services.`,
	Worst: finding.High,
	Holds: true,
	Needs: []model.Kind{model.KindRecord, model.KindAPIService},
	Uses:  []model.Kind{model.KindCRD},
	Run: func(p *Pass) {
		if !p.Exists(apiServiceOf("v1")) {
			return // the core version is among them wherever there are any
		}
		for _, rel := range p.Space.Releases() {
			if rec := UpgradesFrom(rel); rec != nil && usable(rec) {
				if gone := removedAPIs(p, rec); len(gone) > 0 {
					p.Report(apiRemovedFinding(p, rel, rec, gone))
				}
			}
		}
	},
}

// apiServiceOf names the APIService that serves an apiVersion: v1beta1.policy, and v1.
// with its dot for the core group (kube-aggregator pkg/apis/apiregistration).
func apiServiceOf(apiVersion string) model.Ref {
	group, version, found := strings.Cut(apiVersion, "/")
	if !found {
		group, version = "", apiVersion
	}
	return model.Ref{Kind: model.KindAPIService, Name: version + "." + group}
}

// aggregated is the kind of API services. The aggregator serves it itself, so that no API
// service is for its group (kube-aggregator pkg/apiserver/apiserver.go).
var aggregated = model.Lookup(model.KindAPIService)

// removedAPI is a kind under an apiVersion that the server does not serve.
type removedAPI struct {
	kind    model.Kind
	version string
	first   model.Ref // the first object of it
	objects int
	rests   finding.Absence
	now     string // the apiVersion that serves the kind today; empty where none is known
}

func removedAPIs(p *Pass, rec *model.Record) (out []removedAPI) {
	for _, d := range rec.Body.Objects {
		a, absent := notServed(p, d)
		if !absent {
			continue
		}
		i := slices.IndexFunc(out, func(r removedAPI) bool { return r.kind == d.Ref.Kind && r.version == d.APIVersion })
		if i < 0 {
			i = len(out)
			out = append(out, removedAPI{kind: d.Ref.Kind, version: d.APIVersion, first: d.Ref, rests: a, now: servedToday(p, d.Ref.Kind)})
		}
		out[i].objects++
	}
	return out
}

// notServed reports whether the server does not serve an object's kind under the
// apiVersion that it is declared with, and how well that is known.
func notServed(p *Pass, d model.Declared) (a finding.Absence, absent bool) {
	if d.APIVersion == "" {
		return a, false
	}
	if group, _, _ := strings.Cut(d.APIVersion, "/"); group == aggregated.Group {
		return a, false
	}
	service := apiServiceOf(d.APIVersion)
	if a, absent = p.Absent(service); absent {
		return a, true
	}
	// A version of a group of custom resources may be served for some of its kinds only.
	row := p.Row(service)
	if row == nil || !d.Ref.Kind.IsCustom() || len(row.Base().Refs) > 0 {
		return a, false
	}
	_, group, _ := strings.Cut(string(d.Ref.Kind), ".")
	siblings := false
	for crd := range model.Each[*model.Object](p.Snapshot.Space(""), model.KindCRD) {
		if crd.Detail == string(d.Ref.Kind) {
			return a, false
		}
		siblings = siblings || strings.HasSuffix(crd.Detail, "."+group)
	}
	if known, _ := p.Snapshot.Knows(model.KindCRD, ""); !siblings || !known {
		return a, false
	}
	return finding.Absence{Of: service, Claim: fmt.Sprintf("no CustomResourceDefinition defines %s", d.Ref.Kind), Grade: finding.Proved}, true
}

// movedTo are the built-in kinds that careen does not read and whose early versions were
// removed (Kubernetes deprecated API migration guide).
var movedTo = map[model.Kind]string{
	"CSIDriver.storage.k8s.io":                                "storage.k8s.io/v1",
	"CSINode.storage.k8s.io":                                  "storage.k8s.io/v1",
	"CSIStorageCapacity.storage.k8s.io":                       "storage.k8s.io/v1",
	"FlowSchema.flowcontrol.apiserver.k8s.io":                 "flowcontrol.apiserver.k8s.io/v1",
	"PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io": "flowcontrol.apiserver.k8s.io/v1",
	"CertificateSigningRequest.certificates.k8s.io":           "certificates.k8s.io/v1",
}

// servedToday is an apiVersion under which the server serves a kind, or empty.
func servedToday(p *Pass, kind model.Kind) string {
	if info, ok := model.Info(kind); ok {
		version := strings.TrimPrefix(info.Group+"/"+info.Version, "/")
		if p.Exists(apiServiceOf(version)) {
			return version
		}
		return ""
	}
	if version := movedTo[kind]; version != "" && p.Exists(apiServiceOf(version)) {
		return version
	}
	return ""
}

func apiRemovedFinding(p *Pass, rel *model.Release, rec *model.Record, gone []removedAPI) finding.Finding {
	at, one := storedIn(rec), gone[0]
	f := finding.Finding{
		Subject: rel.Ref(), Severity: finding.High, Grade: finding.Proved,
		Summary: fmt.Sprintf("%s of revision %d is of %s, which the server does not serve, so Helm cannot upgrade from it.", one.first, rec.Revision, one.version),
	}
	if more := objectsOf(gone) - 1; more > 0 {
		f.Summary = fmt.Sprintf("Helm cannot upgrade from revision %d: the server does not serve %s (%s), nor the apiVersion of %s.",
			rec.Revision, one.version, one.first, text.Counted(more, "other object"))
	}
	changes, all := []finding.APIChange{}, true
	for _, g := range gone {
		note := "no version of it is known to be served"
		if g.now != "" {
			note = "served as " + g.now
			changes = append(changes, finding.APIChange{Kind: g.kind, From: g.version, To: g.now})
		}
		all = all && g.now != ""
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: g.first, Path: "manifest apiVersion", Value: g.version, Note: note})
		f.Rests = append(f.Rests, g.rests)
	}
	why := "the newest revision, deployed"
	if last := rel.Last(); last != rec {
		why = fmt.Sprintf("the last that was deployed: revision %d is %s", last.Revision, statusOf(last))
	} else if statusOf(rec) != "deployed" {
		why = "the newest revision; none is deployed"
	}
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: at, Path: "metadata.labels.status", Value: rec.LabelStatus, Note: "Helm upgrades from it: " + why})
	if all {
		f.Fixes = []finding.Fix{rewriteAPIFix(rec, changes)}
	}
	return f
}

func objectsOf(gone []removedAPI) (n int) {
	for _, g := range gone {
		n += g.objects
	}
	return n
}

func rewriteAPIFix(rec *model.Record, changes []finding.APIChange) finding.Fix {
	said := make([]string, len(changes))
	for i, c := range changes {
		said[i] = fmt.Sprintf("%s %s -> %s", c.Kind, c.From, c.To)
	}
	slices.SortFunc(changes, func(a, b finding.APIChange) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.From, b.From))
	})
	return finding.Fix{
		ID: "rewrite-api-version", Title: fmt.Sprintf("Rewrite the apiVersion in the record of revision %d", rec.Revision), Risk: finding.Safe,
		Steps: []finding.Step{{Verb: "update", Ref: storedIn(rec), Summary: strings.Join(said, ", "), Change: finding.RewriteAPI{Changes: changes}}},
		Undo:  "restores the record as it was",
		Note:  "No object of the cluster is changed. The chart must not declare the old version either, or the upgrade fails on its own manifest.",
		Proof: finding.Proof{Text: "the deployed manifest declares nothing that the server does not serve", Within: 10 * time.Second},
	}
}

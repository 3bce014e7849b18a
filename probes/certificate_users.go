package probes

import (
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// secretUsers lists what uses a Secret and is meant to work: Ingresses, custom resources
// that name it, and workloads that should run. What only makes it is left out.
func secretUsers(p *Pass, ref model.Ref) (out []dependant) {
	seen := map[model.Ref]bool{}
	take := func(from model.Ref, path string, edge model.EdgeType) {
		if !seen[from] {
			seen[from] = true
			out = append(out, dependant{from, path, edge})
		}
	}
	for _, e := range p.Graph.Users(ref) {
		if !p.Exists(e.From) || !p.Row(e.From).Base().Deleting.IsZero() {
			continue
		}
		switch {
		case e.From.Kind == model.KindIngress && e.Type == model.EdgeTLS,
			e.From.Kind.IsCustom() && e.Type != model.EdgeMakes && !slices.Contains(requests, e.From.Kind):
			take(e.From, e.Path, e.Type)
		case e.From.Kind == model.KindPod || e.From.Kind.IsWorkload():
			if from := p.Graph.Workload(e.From); meantToRun(p, from) {
				take(from, e.Path, e.Type)
			}
		}
	}
	for _, gateway := range istioGateways(p, ref) {
		take(gateway, "spec.servers[].tls.credentialName", model.EdgeMentions)
	}
	slices.SortStableFunc(out, func(a, b dependant) int { return a.ref.Compare(b.ref) })
	return out
}

// requests are the kinds that ask for a certificate, and do not use it.
var requests = []model.Kind{"Certificate.cert-manager.io", "CertificateRequest.cert-manager.io", "Order.acme.cert-manager.io", "Challenge.acme.cert-manager.io"}

// meantToRun reports whether what an operator would name for a pod is to have pods now.
func meantToRun(p *Pass, ref model.Ref) bool {
	switch o := p.Row(ref).(type) {
	case *model.Workload:
		return wantsPods(o)
	case *model.Pod:
		return alive(o)
	}
	return true // a custom resource stands in the place of a workload
}

const istioGateway model.Kind = "Gateway.networking.istio.io"

// istioGateways lists the Gateways of Istio that hold the name of a Secret: they name the
// one in the namespace of their pods, wherever they stand themselves.
func istioGateways(p *Pass, secret model.Ref) (out []model.Ref) {
	word := model.Word(secret.Name)
	for _, space := range p.Spaces {
		for o := range model.Each[*model.Object](space, istioGateway) {
			if o.Words.Has(word) {
				out = append(out, o.Ref())
			}
		}
	}
	return out
}

package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// routerImages are the images of ingress controllers, by what their IngressClass calls them.
var routerImages = map[string][]string{
	"k8s.io/ingress-nginx":                 {"ingress-nginx/controller", "nginx-ingress-controller"},
	"nginx.org/ingress-controller":         {"nginx-ingress"},
	"traefik.io/ingress-controller":        {"traefik"},
	"haproxy.org/ingress-controller":       {"kubernetes-ingress"},
	"haproxy-ingress.github.io/controller": {"haproxy-ingress"},
	"ingress-controllers.konghq.com/kong":  {"kong"},
}

// routedTo lists the ingress controllers that send to a Service what an Ingress says, each
// with the Ingress. A class is passed over whose controller is not the only workload with its
// image: another one may serve it.
func (l *policyLook) routedTo(s *model.Service) (out []call) {
	for _, e := range l.Graph.In(s.Ref()) {
		i, ok := model.Get[*model.Ingress](l.Snapshot, e.From)
		if !ok || e.Type != model.EdgeRoutes || !i.Deleting.IsZero() || !l.After(i.Created, settling) {
			continue
		}
		from, ok := l.router(i.Class)
		if !ok || slices.ContainsFunc(out, func(c call) bool { return c.from.ref == from.ref }) {
			continue
		}
		if host := backendHost(i, s); host != "" {
			out = append(out, call{from, s.Ref(), i.Ref(), e.Path, host})
		}
	}
	return out
}

// backendHost is the Service and the number of its port to which an Ingress sends; empty
// where it has no such port.
func backendHost(i *model.Ingress, s *model.Service) string {
	for _, b := range i.Backends {
		for _, x := range s.Ports {
			if b.Service == s.Name && (b.PortName != "" && x.Name == b.PortName || b.PortName == "" && x.Number == b.Port) {
				return fmt.Sprintf("%s:%d", s.Name, x.Number)
			}
		}
	}
	return ""
}

// router is the controller of an IngressClass, where it is the only one with its image.
func (l *policyLook) router(class string) (from party, ok bool) {
	c, known := model.Get[*model.Object](l.Snapshot, model.Ref{Kind: model.KindIngressClass, Name: class})
	if !known || routerImages[c.Detail] == nil {
		return from, false
	}
	if found, looked := l.routers[c.Detail]; looked {
		return found, found.ref.Name != ""
	}
	var refs []model.Ref
	for _, namespace := range l.Namespaces() {
		for w := range model.Workloads(l.Snapshot.Space(namespace)) {
			if topLevel(w) && w.Kind != model.KindJob && w.Kind != model.KindCronJob && runsImage(w, routerImages[c.Detail]) {
				refs = append(refs, w.Ref())
			}
		}
	}
	if len(refs) == 1 {
		if from, ok = caller(l.Pass, refs[0]); !ok {
			from = party{}
		}
	}
	l.routers[c.Detail] = from
	return from, ok
}

// runsImage reports whether a container of a workload runs one of some repositories.
func runsImage(w *model.Workload, repositories []string) bool {
	for i := range w.Template.Containers {
		_, repository, _, _ := imageParts(w.Template.Containers[i].Image)
		if slices.ContainsFunc(repositories, func(r string) bool { return repository == r || strings.HasSuffix(repository, "/"+r) }) {
			return true
		}
	}
	return false
}

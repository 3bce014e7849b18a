package future

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// patchService sets a label of a Service's selector, or the target of one of its ports.
func patchService(s *model.Service, f finding.FieldValue) {
	switch {
	case len(f.Path) == 3 && f.Path[0] == "spec" && f.Path[1] == "selector":
		s.Selector = labelled(s.Selector, f.Path[2], f.Value)
	case len(f.Path) == 4 && f.Path[0] == "spec" && f.Path[1] == "ports":
		i, err := strconv.Atoi(f.Path[2])
		if err != nil || i < 0 || i >= len(s.Ports) {
			return
		}
		s.Ports = slices.Clone(s.Ports)
		switch port := &s.Ports[i]; f.Path[3] {
		case "protocol":
			port.Protocol = fmt.Sprint(f.Value)
		case "targetPort":
			port.Target, port.TargetName = target(f.Value)
		}
	}
}

// patchRoute is what a route says with a backend changed.
func patchRoute(r *model.Routing, path string, value any) *model.Routing {
	if r == nil {
		return nil
	}
	out := *r
	out.Backends = slices.Clone(r.Backends)
	for i, b := range out.Backends {
		switch path {
		case plain(b.Field) + ".port":
			out.Backends[i].Port, _ = target(value)
		case plain(b.Field) + ".name":
			out.Backends[i].To.Name = fmt.Sprint(value)
		}
	}
	return &out
}

// patchPodSelector is a label selector with one of its labels set; field is where it stands.
func patchPodSelector(s *model.Selector, field string, f finding.FieldValue) *model.Selector {
	if s == nil || len(f.Path) != 4 || f.Path[1] != field || f.Path[2] != "matchLabels" {
		return s
	}
	return &model.Selector{Labels: labelled(s.Labels, f.Path[3], f.Value), Terms: s.Terms}
}

// target is a targetPort, which is a number or a name.
func target(value any) (number int32, name string) {
	if n, ok := value.(int64); ok && n > 0 && n < 1<<16 {
		return int32(n), ""
	}
	return 0, fmt.Sprint(value)
}

// patchIngress sets the port of a backend.
func patchIngress(i *model.Ingress, f finding.FieldValue) {
	path := strings.Join(f.Path, ".")
	for n, b := range i.Backends {
		field, ok := strings.CutPrefix(path, plain(b.Field)+".service.port.")
		if !ok {
			continue
		}
		i.Backends = slices.Clone(i.Backends)
		switch field {
		case "number":
			i.Backends[n].Port, _ = target(f.Value)
		case "name":
			i.Backends[n].PortName = fmt.Sprint(orEmpty(f.Value))
		}
		return
	}
}

package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// straysHop is a selector that also matches pods which the Service cannot be for: a part of
// what is sent to it goes to them.
func straysHop(p *Pass, s *way) (f finding.Finding, ok bool) {
	if s.Follows || operated(&s.Meta) || len(s.Ports) == 0 || !p.After(s.Created, podPatience) {
		return f, false
	}
	var meant, others []*model.Workload
	for _, w := range s.workloads {
		switch {
		case w.Kind == model.KindJob || w.Kind == model.KindCronJob || !topLevel(w) || operated(&w.Meta) || !wantsPods(w) || w.Ready == 0:
		case s.means(w):
			meant = append(meant, w)
		default:
			others = append(others, w)
		}
	}
	var strays []*model.Workload
	why := ""
	for _, w := range others {
		alike := slices.ContainsFunc(meant, func(m *model.Workload) bool { return alikeImages(m, w) })
		if len(meant) == 0 || alike && !s.apart(p, w) {
			continue
		}
		if reason := s.strays(p, w, slices.ContainsFunc(meant, s.hasPorts)); reason != "" {
			why = cmp.Or(why, reason)
			strays = append(strays, w)
		}
	}
	if len(strays) == 0 {
		return f, false
	}
	first, more := strays[0], ""
	if n := len(strays) - 1; n > 0 {
		more = fmt.Sprintf(", and those of %d more", n)
	}
	f = finding.Finding{Severity: finding.Medium, Grade: finding.Inferred, Slot: "strays"}
	f.Summary = fmt.Sprintf("Beside the pods of %s %s it selects those of %s %s, %s%s: a part of what is sent to it goes there.",
		meant[0].Kind, meant[0].Name, first.Kind, first.Name, why, more)
	f.Evidence = []finding.Evidence{{Ref: s.Ref(), Path: "spec.selector", Value: pairs(s.Selector), Note: "matches both"}}
	for _, w := range append(slices.Clone(meant), strays...)[:min(len(meant)+len(strays), 5)] {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.Ref(), Path: "spec.template.metadata.labels", Value: pairs(w.Template.Labels), Note: declaredText(declaredPorts([]*model.Template{&w.Template}))})
	}
	for _, port := range s.Ports {
		if e, _, refused := refusals(p, s.Service, port.Number); refused {
			f.Severity, f.Evidence = finding.High, append(f.Evidence, e)
			break
		}
	}
	if len(meant) == 1 {
		f.Fixes = narrowed(s, meant[0], strays)
	}
	return f, true
}

// means reports whether a Service is for a workload: it has its name, or it is the one that
// has the ports which are sent to.
func (w *way) means(x *model.Workload) bool {
	for _, other := range w.workloads {
		if other.Name == w.Name {
			return x.Name == w.Name
		}
	}
	return !w.Headless && w.numbered() && w.hasPorts(x)
}

// numbered reports whether all ports of the Service are sent to by number: pods without a
// port of a name get nothing.
func (w *way) numbered() bool {
	return !slices.ContainsFunc(w.Ports, func(x model.ServicePort) bool { return x.TargetName != "" || x.Target == 0 })
}

// hasPorts reports whether a workload's containers declare a port that is sent to.
func (w *way) hasPorts(x *model.Workload) bool {
	return slices.ContainsFunc(declaredPorts([]*model.Template{&x.Template}), func(d model.ContainerPort) bool {
		return slices.ContainsFunc(w.Ports, func(s model.ServicePort) bool {
			return s.TargetName != "" && s.TargetName == d.Name || s.TargetName == "" && s.Target == d.Number
		})
	})
}

// strays is why a workload that the Service is not for gets a part of what is sent to it;
// empty where it does not, or that is not clear. declared tells whether those that it is for declare
// the port: where they do not, that another does not says nothing.
func (w *way) strays(p *Pass, x *model.Workload, declared bool) string {
	if !w.hasPorts(x) {
		if declared && (w.Headless || w.numbered()) {
			return "which declare no port that it sends to"
		}
		return "" // the endpoints leave out pods without a port of that name
	}
	if own := w.ownService(p, x); own != "" {
		return "which Service " + own + " is for"
	}
	return ""
}

// ownService is another Service that has a workload's name and selects its pods.
func (w *way) ownService(p *Pass, x *model.Workload) string {
	for _, ref := range p.Graph.Selecting(x.Ref()) {
		if s, ok := model.Get[*model.Service](p.Snapshot, ref); ok && s.Name == x.Name && s.Name != w.Name {
			return s.Name
		}
	}
	return ""
}

// apart reports whether a workload with the image of one that the Service is for is another
// part of the program: it has a Service of its own, and declares other ports alone.
func (w *way) apart(p *Pass, x *model.Workload) bool {
	return w.numbered() && !w.hasPorts(x) && len(declaredPorts([]*model.Template{&x.Template})) > 0 && w.ownService(p, x) != ""
}

// alikeImages reports whether two workloads run an image of one repository: they are
// variants of one program.
func alikeImages(a, b *model.Workload) bool {
	names := func(w *model.Workload) (out []string) {
		for i := range w.Template.Containers {
			if c := &w.Template.Containers[i]; !c.Init {
				_, repository, _, _ := imageParts(c.Image)
				out = append(out, repository[strings.LastIndexByte(repository, '/')+1:])
			}
		}
		return out
	}
	of := names(b)
	return slices.ContainsFunc(names(a), func(image string) bool { return slices.Contains(of, image) })
}

// narrowed adds to a Service's selector a label by which a workload knows its pods and that
// none of the strays has.
func narrowed(s *way, meant *model.Workload, strays []*model.Workload) []finding.Fix {
	if meant.Selector == nil {
		return nil
	}
	for _, k := range sortedKeys(meant.Selector.Labels) {
		v := meant.Selector.Labels[k]
		if slices.ContainsFunc(strays, func(w *model.Workload) bool { return w.Template.Labels[k] == v }) {
			continue
		}
		return []finding.Fix{{
			ID: "select-" + meant.Name, Title: fmt.Sprintf("Select the pods of %s %s alone", meant.Kind, meant.Name), Risk: finding.Safe,
			Steps: []finding.Step{{
				Verb: "patch", Ref: s.Ref(), Summary: fmt.Sprintf("selector: %s=%s", k, v),
				Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "selector", k}, Value: v}}},
			}},
			Undo: "puts the selector back as it was", Note: "It then sends nothing to the others any more.",
			Proof: finding.Proof{Text: "it selects pods, and one of them is ready", Within: 2 * time.Minute},
		}}
	}
	return nil
}

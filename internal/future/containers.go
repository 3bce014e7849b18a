package future

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// patchContainer sets what a row holds of a container: its probes.
// path is that of a field, with "template.spec.containers.1." before what it is of the
// container.
func patchContainer(w *model.Workload, path string, value any) {
	_, rest, ok := strings.Cut(path, "template.spec.")
	list, rest, cut := strings.Cut(rest, ".")
	number, field, named := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	if !ok || !cut || !named || err != nil || list != "containers" && list != "initContainers" {
		return
	}
	w.Template.Containers = slices.Clone(w.Template.Containers)
	for i := range w.Template.Containers {
		c := &w.Template.Containers[i]
		if c.Init != (list == "initContainers") {
			continue
		}
		if n--; n >= 0 {
			continue
		}
		switch before, after, _ := strings.Cut(field, "."); before {
		case "livenessProbe", "readinessProbe", "startupProbe":
			c.Probes = patchProbe(c.Probes, model.ProbeRole(strings.TrimSuffix(before, "Probe")), after, value)
		}
		return
	}
}

// patchProbe sets a field of a probe.
func patchProbe(probes []model.Probe, role model.ProbeRole, field string, value any) []model.Probe {
	probes = slices.Clone(probes)
	for i := range probes {
		p := &probes[i]
		if p.Role != role {
			continue
		}
		n, isNumber := number(value)
		switch field[strings.LastIndexByte(field, '.')+1:] {
		case "port":
			if p.Port, p.PortName = n, ""; !isNumber {
				p.PortName = fmt.Sprint(value)
			}
		case "path":
			p.Path = fmt.Sprint(value)
		case "scheme":
			p.Scheme = fmt.Sprint(value)
		case "initialDelaySeconds":
			p.Delay = n
		case "periodSeconds":
			p.Period = n
		case "timeoutSeconds":
			p.Timeout = n
		case "failureThreshold":
			p.Failures = n
		}
	}
	return probes
}

func number(value any) (int32, bool) {
	switch n := value.(type) {
	case int:
		return int32(n), true //nolint:gosec // ports and seconds
	case int32:
		return n, true
	case int64:
		return int32(n), true //nolint:gosec // ports and seconds
	}
	return 0, false
}

package probes

import (
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/careen-tui/careen/internal/model"
)

// amounts are quantities of resources, by name, in thousandths.
type amounts map[string]int64

// maxAmount bounds a quantity, and every sum, so that two can be added: some two PiB.
const maxAmount = 1 << 61

// thousandths reads a quantity; what cannot be read is nothing.
func thousandths(s string) int64 {
	q, err := resource.ParseQuantity(s)
	switch {
	case err != nil || q.Sign() < 0:
		return 0
	case q.CmpInt64(maxAmount/1000) > 0:
		return maxAmount
	}
	return q.MilliValue()
}

func (a amounts) add(from map[string]string) {
	for name, s := range from {
		a[name] = min(a[name]+thousandths(s), maxAmount)
	}
}

func (a amounts) plus(b amounts) {
	for name, n := range b {
		a[name] = min(a[name]+n, maxAmount)
	}
}

// atLeast raises a to the sum of b and what was asked by then.
func (a amounts) atLeast(b amounts, more map[string]string) {
	for name := range more {
		a[name] = max(a[name], min(b[name]+thousandths(more[name]), maxAmount))
	}
	for name, n := range b {
		if _, both := more[name]; !both {
			a[name] = max(a[name], n)
		}
	}
}

// requestsOf is what the scheduler reserves for a pod: the sum of its containers and
// sidecars, or its largest init container with the sidecars before it, and what the
// runtime takes (kubernetes pkg/api/v1/resource/helpers.go, PodRequests).
func requestsOf(t *model.Template) amounts {
	running, sidecars, peak := amounts{}, amounts{}, amounts{}
	for i := range t.Containers {
		c := &t.Containers[i]
		switch {
		case c.Sidecar:
			sidecars.add(c.Requests)
		case c.Init:
			peak.atLeast(sidecars, c.Requests)
		default:
			running.add(c.Requests)
		}
	}
	running.plus(sidecars)
	for name, n := range peak {
		running[name] = max(running[name], n)
	}
	if at := t.Placement; at != nil {
		for name, s := range at.Whole {
			running[name] = thousandths(s)
		}
		running.add(at.Overhead)
	}
	return running
}

// inBytes reports whether a resource is counted in bytes.
func inBytes(name string) bool {
	return name == "memory" || name == "ephemeral-storage" || name == "storage" || strings.HasPrefix(name, "hugepages-")
}

// amountOf writes a quantity with its resource: "12 CPU", "1.5 CPU", "64 GiB of memory",
// "2 nvidia.com/gpu".
func amountOf(name string, n int64) string {
	switch {
	case inBytes(name):
		return bytesOf(n/1000) + " of " + name
	case name == "cpu":
		return number(n) + " CPU"
	}
	return number(n) + " " + name
}

// number writes thousandths: "12", "0.5".
func number(n int64) string { return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64) }

// bytesOf writes a size in the largest binary unit of which there is one, with one
// decimal where it is not whole.
func bytesOf(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"}
	f, i := float64(n), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") + " " + units[i]
}

package dump

import (
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// fromEndpoints stands before the name of a slice that was made of Endpoints.
const fromEndpoints = "endpoints/"

// endpoints writes Endpoints, which have the name of their Service, as the EndpointSlice that
// a server would mirror or make beside them (kubernetes pkg/controller/endpointslicemirroring).
// The ports of the first subset stand for all.
func endpoints(object map[string]any) {
	meta := below(object, "metadata")
	name, _ := meta["name"].(string)
	labels := map[string]any{}
	for k, v := range below(meta, "labels") {
		labels[k] = v
	}
	labels["kubernetes.io/service-name"] = name
	meta["labels"], meta["name"] = labels, fromEndpoints+name
	subsets, _ := object["subsets"].([]any)
	list := []any{}
	for i, s := range subsets {
		subset, _ := s.(map[string]any)
		if ports := subset["ports"]; i == 0 && ports != nil {
			object["ports"] = ports
		}
		for field, ready := range map[string]bool{"addresses": true, "notReadyAddresses": false} {
			addresses, _ := subset[field].([]any)
			for _, a := range addresses {
				address, _ := a.(map[string]any)
				one := map[string]any{"addresses": []any{address["ip"]}, "conditions": map[string]any{"ready": ready}}
				for _, same := range []string{"targetRef", "nodeName", "hostname"} {
					if v := address[same]; v != nil {
						one[same] = v
					}
				}
				list = append(list, one)
			}
		}
	}
	object["endpoints"], object["addressType"] = list, "IPv4"
	delete(object, "subsets")
}

// dropEndpoints leaves out the slices that were made of Endpoints where the dump holds those
// of the server: they say the same.
func (c *collector) dropEndpoints() {
	for _, tables := range c.tables {
		slices := tables[model.KindEndpointSlice]
		served := false
		for name := range slices {
			served = served || !strings.HasPrefix(name, fromEndpoints)
		}
		for name := range slices {
			if served && strings.HasPrefix(name, fromEndpoints) {
				delete(slices, name)
			}
		}
	}
}

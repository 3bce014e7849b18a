package probes

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// outOfTime is what the API server says where the answers of webhooks, which it waits for one
// after the other, take longer than the request may (apiserver pkg/endpoints/handlers/finisher).
var outOfTime = regexp.MustCompile(`request did not complete within requested timeout|context deadline exceeded`)

// longWait is from which sum of timeouts on webhooks can be what a request ran out of time
// for: controllers wait 32 seconds, the API server 34 (apiserver pkg/endpoints/handlers/patch).
const longWait = 30

// slowClass names the webhooks that may keep the API server waiting: each may be passed over
// when its own time is up (failurePolicy Ignore), but not before.
func slowClass(p *Pass) class {
	c := class{id: "webhook", why: "the API server does not admit them in time"}
	var names []string
	sum := int32(0)
	for _, kind := range []model.Kind{model.KindMutatingWebhook, model.KindValidatingWebhook} {
		for config := range model.Each[*model.WebhookConfig](p.Snapshot.Space(""), kind) {
			for i := range config.Hooks {
				h := &config.Hooks[i]
				if !config.Deleting.IsZero() || !h.ObjectSelector.Empty() || h.Conditions > 0 || !asks(h, "CREATE", "", "pods") || !asksIn(p, h, p.Namespace()) {
					continue
				}
				sum += h.TimeoutSeconds
				names = append(names, h.Name)
				c.evidence = append(c.evidence, finding.Evidence{
					Ref: config.Ref(), Path: fmt.Sprintf("webhooks[%d].timeoutSeconds", i), Value: fmt.Sprint(h.TimeoutSeconds),
					Note: strings.TrimSpace("failurePolicy " + h.FailurePolicy + ", asked about their creation"),
				})
			}
		}
	}
	switch {
	case len(names) == 0:
	case sum < longWait:
		c.why += fmt.Sprintf("; it asks %s about them", text.Joined(names, 3))
	default:
		c.why = fmt.Sprintf("the API server runs out of time while it waits for webhooks: %s may take %d seconds together", text.Joined(names, 4), sum)
	}
	return c
}

package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"k8s.io/client-go/rest"
)

// hookPatience is how long a hook is waited for that nobody sees complete.
const hookPatience = time.Second

var errKilled = errors.New("the client was killed")

// dying is a client that is killed in the middle of its work: the first time it asks
// to create an object of a resource. Nothing reaches the server from then on, so that
// Helm cannot write down that it failed, either.
type dying struct {
	resource string // plural: "deployments"
	after    bool   // the request that it dies of is still served
	dead     atomic.Bool
}

// wrap makes all the clients that are made of a configuration die together.
func (d *dying) wrap(config *rest.Config) *rest.Config {
	config = rest.CopyConfig(config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return trip(func(request *http.Request) (*http.Response, error) { return d.roundTrip(next, request) })
	})
	return config
}

type trip func(*http.Request) (*http.Response, error)

func (t trip) RoundTrip(request *http.Request) (*http.Response, error) { return t(request) }

func (d *dying) roundTrip(cluster http.RoundTripper, request *http.Request) (*http.Response, error) {
	if d.dead.Load() {
		return nil, d.silence(request)
	}
	if request.Method != http.MethodPost || !strings.HasSuffix(request.URL.Path, "/"+d.resource) {
		return cluster.RoundTrip(request)
	}
	defer d.dead.Store(true)
	if !d.after {
		return nil, errKilled
	}
	return cluster.RoundTrip(request)
}

// silence answers nothing that is asked, for as long as anyone waits, and refuses
// what is told.
func (d *dying) silence(request *http.Request) error {
	if request.Method == http.MethodGet {
		select {
		case <-request.Context().Done():
			return request.Context().Err()
		case <-time.After(hookPatience):
		}
	}
	return errKilled
}

// installAndDie installs with a client that is killed when it creates an object of
// that resource; after says that the object still comes to be.
func (p *Planter) installAndDie(ctx context.Context, namespace, name, chartName, resource string, after bool, v values) error {
	fate := &dying{resource: resource, after: after}
	client := p.helm(namespace).as(fate.wrap(p.config))
	client.timeout = hookPatience
	// Whether Helm sees an error depends on what it was doing when it died.
	if _, err := client.install(ctx, name, chartName, v); !fate.dead.Load() {
		return fmt.Errorf("helm install %s was to be killed, and ended with: %w", name, orNothing(err))
	}
	return nil
}

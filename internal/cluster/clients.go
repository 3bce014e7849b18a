package cluster

import (
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/connect"
)

const protobuf = "application/vnd.kubernetes.protobuf"

var (
	codecs = serializer.NewCodecFactory(project.Scheme)
	params = runtime.NewParameterCodec(project.Scheme)
)

// clients are the protobuf clients of each group of the API, on one connection.
type clients struct {
	conn     *connect.Connection
	metadata metadata.Interface

	mu     sync.Mutex
	groups map[schema.GroupVersion]rest.Interface
}

func newClients(conn *connect.Connection) (*clients, error) {
	c := &clients{conn: conn, groups: map[schema.GroupVersion]rest.Interface{}}
	var err error
	if c.metadata, err = metadata.NewForConfigAndClient(metadata.ConfigFor(conn.Config()), conn.HTTP()); err != nil {
		return nil, fmt.Errorf("preparing the metadata client: %w", err)
	}
	// Both kinds of path are tried here, so that group cannot fail later.
	for _, gv := range []schema.GroupVersion{{Version: "v1"}, {Group: "apps", Version: "v1"}} {
		if _, err := c.typed(gv); err != nil {
			return nil, fmt.Errorf("preparing the typed clients: %w", err)
		}
	}
	return c, nil
}

// typed returns the protobuf client of a group.
func (c *clients) typed(gv schema.GroupVersion) (rest.Interface, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if have := c.groups[gv]; have != nil {
		return have, nil
	}
	config := c.conn.Config()
	config.GroupVersion = &gv
	config.APIPath = "/apis"
	if gv.Group == "" {
		config.APIPath = "/api"
	}
	config.ContentType = protobuf
	config.AcceptContentTypes = protobuf + "," + runtime.ContentTypeJSON
	config.NegotiatedSerializer = codecs.WithoutConversion()
	client, err := rest.RESTClientForConfigAndClient(config, c.conn.HTTP())
	if err != nil {
		return nil, err
	}
	c.groups[gv] = client
	return client, nil
}

func (c *clients) group(group, version string) rest.Interface {
	client, err := c.typed(schema.GroupVersion{Group: group, Version: version})
	if err != nil {
		panic("preparing a client: " + err.Error()) // newClients made the same with other names
	}
	return client
}

func (c *clients) core() rest.Interface { return c.group("", "v1") }

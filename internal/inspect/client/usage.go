package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// usageTimeout is short: nobody waits for a measure.
const usageTimeout = 5 * time.Second

// mostBytes bounds what is read of one answer.
const mostBytes = 32 << 20

var errSlowUsage = fmt.Errorf("no answer in %s", usageTimeout)

// measured is what metrics.k8s.io says of a pod or a node.
type measured struct {
	metav1.ObjectMeta `json:"metadata"`
	Usage             map[string]string `json:"usage"`
	Containers        []struct {
		Usage map[string]string `json:"usage"`
	} `json:"containers"`
}

// Usage reads what pods or nodes use: of one object where ref names one, else of all of a
// namespace, or of all. Its error is a few words: why it is not known.
func (c *Client) Usage(ctx context.Context, ref model.Ref) (*inspect.Usages, error) {
	path := "/apis/metrics.k8s.io/v1beta1"
	what := "nodes"
	if ref.Kind == model.KindPod {
		what = "pods"
		if ref.Namespace != "" {
			path += "/namespaces/" + ref.Namespace
		}
	}
	path += "/" + what
	var list struct {
		Items []measured `json:"items"`
	}
	var err error
	if ref.Name != "" {
		list.Items = make([]measured, 1)
		err = c.bounded(ctx, usageTimeout, errSlowUsage, c.raw().AbsPath(path+"/"+ref.Name), &list.Items[0])
	} else {
		err = c.bounded(ctx, usageTimeout, errSlowUsage, c.raw().AbsPath(path), &list)
	}
	if err != nil {
		return nil, unmeasured(ref, what, err)
	}
	out := &inspect.Usages{Of: make(map[model.Ref]inspect.Usage, len(list.Items)), Read: c.now()}
	for i := range list.Items {
		m := &list.Items[i]
		var u inspect.Usage
		u.Add(m.Usage["cpu"], m.Usage["memory"])
		for _, container := range m.Containers {
			u.Add(container.Usage["cpu"], container.Usage["memory"])
		}
		out.Of[model.Ref{Kind: ref.Kind, Namespace: sanitize.Line(m.Namespace, 253), Name: sanitize.Line(m.Name, 253)}] = u
	}
	return out, nil
}

// unmeasured says in a few words why nothing is known.
func unmeasured(ref model.Ref, what string, err error) error {
	word := ""
	switch {
	case errors.Is(err, errSlowUsage), errors.Is(err, context.DeadlineExceeded):
		word = errSlowUsage.Error()
	case apierrors.IsNotFound(err) && ref.Name != "" && strings.Contains(err.Error(), ref.Name):
		word = "not measured yet"
	case apierrors.IsNotFound(err):
		word = "not served (there is no metrics server)"
	case apierrors.IsForbidden(err):
		word = "forbidden (get and list " + what + " in metrics.k8s.io)"
	case apierrors.IsServiceUnavailable(err):
		word = "the metrics server is down"
	default:
		word = connect.Said(err)
	}
	return &failure{word, err}
}

// raw begins a GET of a path.
func (c *Client) raw() *rest.Request { return c.discovery.RESTClient().Get() }

// bounded reads an answer of JSON within a time, after which its error is slow, and within
// a size.
func (c *Client) bounded(ctx context.Context, within time.Duration, slow error, request *rest.Request, into any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, slow)
	defer cancel()
	stream, err := request.Stream(ctx)
	if err == nil {
		defer stream.Close()
		var raw []byte
		if raw, err = io.ReadAll(io.LimitReader(stream, c.most+1)); err == nil {
			if int64(len(raw)) > c.most {
				return fmt.Errorf("the answer is larger than %d kB", c.most>>10)
			}
			err = json.Unmarshal(raw, into)
		}
	}
	if err != nil && ctx.Err() != nil && errors.Is(context.Cause(ctx), slow) {
		return &failure{slow.Error(), slow}
	}
	return err
}

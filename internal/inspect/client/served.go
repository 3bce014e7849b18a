package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/sanitize"
)

// maxKinds bounds the kinds of a server.
const maxKinds = 5000

// Kinds lists what the server serves and can list, by the plural of its name. What part
// of the server does not answer is left out, unless nothing does.
func (c *Client) Kinds(ctx context.Context) ([]inspect.Served, error) {
	groups, err := c.discovery.ServerPreferredResources()
	if len(groups) == 0 && err != nil {
		return nil, fmt.Errorf("asking what the server serves: %s", connect.Said(err))
	}
	var out []inspect.Served
	for _, g := range groups {
		gv, err := schema.ParseGroupVersion(g.GroupVersion)
		if err != nil {
			continue
		}
		for _, r := range g.APIResources {
			if !slices.Contains(r.Verbs, "list") || len(out) == maxKinds {
				continue
			}
			k := inspect.Served{
				Kind:    release.KindOf(gv.String(), sanitize.Line(r.Kind, 100)),
				Version: sanitize.Line(gv.Version, 63), Resource: sanitize.Line(r.Name, 100), Namespaced: r.Namespaced,
			}
			for _, s := range r.ShortNames[:min(len(r.ShortNames), 5)] {
				k.Short = append(k.Short, sanitize.Line(s, 30))
			}
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b inspect.Served) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Kind, b.Kind))
	})
	return slices.CompactFunc(out, func(a, b inspect.Served) bool { return a.Kind == b.Kind }), ctx.Err()
}

// Object reads one object of any kind, as the row that a watch of it would keep.
func (c *Client) Object(ctx context.Context, ref model.Ref) (model.Row, error) {
	u, err := c.get(ctx, ref)
	if err != nil {
		return nil, err
	}
	row, ok := project.Object(u)
	if !ok {
		return nil, fmt.Errorf("the server's answer is no %s", ref.Kind.Plain())
	}
	return row, nil
}

// List lists the objects of a kind in namespaces, nil for all: as many as
// inspect.MaxListed, each with what the server says of it in a table.
func (c *Client) List(ctx context.Context, kind model.Kind, namespaces []string) (*inspect.Listing, error) {
	p, err := c.placeOf(kind)
	if err != nil {
		return nil, err
	}
	if namespaces == nil || !p.namespaced {
		namespaces = []string{""}
	}
	out := &inspect.Listing{Read: c.now()}
	for _, n := range namespaces {
		if len(out.Objects) >= inspect.MaxListed {
			out.Left = true
			break
		}
		if err := c.list(ctx, kind, p, n, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Client) list(ctx context.Context, kind model.Kind, p place, namespace string, into *inspect.Listing) error {
	path := "/apis/" + p.Group + "/" + p.Version
	if p.Group == "" {
		path = "/api/" + p.Version
	}
	if namespace != "" {
		path += "/namespaces/" + namespace
	}
	request := c.raw().AbsPath(path+"/"+p.Resource).
		Param("limit", fmt.Sprint(inspect.MaxListed-len(into.Objects))).Param("includeObject", string(metav1.IncludeMetadata)).
		SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
	var list listed
	if err := c.bounded(ctx, requestTimeout, errSlow, request, &list); err != nil {
		return worded(ctx, model.Ref{Kind: "the list of", Namespace: namespace, Name: p.Resource}, err)
	}
	list.into(kind, into)
	return nil
}

// listed is a table of objects, or a plain list where the server makes no tables.
type listed struct {
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
	Columns []metav1.TableColumnDefinition `json:"columnDefinitions"`
	Rows    []struct {
		Cells  []any                        `json:"cells"`
		Object metav1.PartialObjectMetadata `json:"object"`
	} `json:"rows"`
	Items []metav1.PartialObjectMetadata `json:"items"`
}

func (l *listed) into(kind model.Kind, out *inspect.Listing) {
	out.Left = out.Left || l.Metadata.Continue != ""
	add := func(o *metav1.PartialObjectMetadata, says string) {
		if len(out.Objects) == inspect.MaxListed {
			out.Left = true
			return
		}
		out.Objects = append(out.Objects, inspect.Listed{
			Ref:     model.Ref{Kind: kind, Namespace: sanitize.Line(o.Namespace, 253), Name: sanitize.Line(o.Name, 253)},
			Created: o.CreationTimestamp.UTC(), Says: says,
		})
	}
	for i := range l.Rows {
		add(&l.Rows[i].Object, l.says(l.Rows[i].Cells))
	}
	for i := range l.Items {
		add(&l.Items[i], "")
	}
}

// maxSaid is how many columns of a server's table are shown.
const maxSaid = 5

// says is what a table says of an object beside its name and age: "READY 1/1, STATUS Running".
func (l *listed) says(cells []any) string {
	text, n := "", 0
	for i, c := range l.Columns {
		if i >= len(cells) || c.Priority > 0 || c.Name == "Name" || c.Name == "Age" || cells[i] == nil || n == maxSaid {
			continue
		}
		n++
		if text != "" {
			text += ", "
		}
		text += lowerFirst(sanitize.Line(c.Name, 40)) + " " + mask.Line(fmt.Sprint(cells[i]), 100)
	}
	return text
}

func lowerFirst(s string) string {
	if s == strings.ToUpper(s) {
		return s // it is an abbreviation
	}
	return strings.ToLower(s[:1]) + s[1:]
}

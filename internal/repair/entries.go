package repair

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Journal is what Entries found.
type Journal struct {
	Entries []*Entry // newest first
	Unread  []string // where nothing could be looked for, and why
}

// journalPage bounds how many entries are in memory at once while listing.
const journalPage = 20

// Entries lists the journal of every namespace that may be read. An entry whose
// content cannot be trusted is listed with its Problem.
func (m *Mender) Entries(ctx context.Context) (Journal, error) {
	var j Journal
	err := m.everywhere(ctx, &j)
	if errors.Is(err, errElsewhere) || apierrors.IsForbidden(err) {
		for _, ns := range m.someNamespaces(ctx) {
			if err := m.entriesIn(ctx, ns, &j); apierrors.IsForbidden(err) {
				j.Unread = append(j.Unread, fmt.Sprintf("%s: %s may not list secrets", ns, m.identity(ctx)))
			} else if err != nil {
				return j, err
			}
		}
		if len(j.Unread) == 0 && len(j.Entries) == 0 && len(m.someNamespaces(ctx)) == 0 {
			j.Unread = append(j.Unread, fmt.Sprintf("all namespaces: %s may not list secrets; name one with -n", m.identity(ctx)))
		}
		err = nil
	}
	slices.SortStableFunc(j.Entries, func(a, b *Entry) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return j, err
}

// errElsewhere says that only the namespaces of the options are looked in.
var errElsewhere = errors.New("not in all namespaces")

func (m *Mender) everywhere(ctx context.Context, j *Journal) error {
	if len(m.options.Namespaces) > 0 {
		return errElsewhere
	}
	return m.entriesIn(ctx, "", j)
}

// someNamespaces are those named in the options, else those that can be listed.
func (m *Mender) someNamespaces(ctx context.Context) []string {
	if len(m.options.Namespaces) > 0 {
		return m.options.Namespaces
	}
	list, err := m.kube.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil
	}
	var out []string
	for _, n := range list.Items {
		out = append(out, n.Name)
	}
	return out
}

func (m *Mender) entriesIn(ctx context.Context, namespace string, j *Journal) error {
	options := metav1.ListOptions{
		LabelSelector: managedByLabel + "=" + manager + "," + roleLabel + "=" + headRole,
		FieldSelector: "type=" + journalType, Limit: journalPage,
	}
	for {
		list, err := m.kube.CoreV1().Secrets(namespace).List(ctx, options)
		if err != nil {
			return fmt.Errorf("listing the journal: %w", err)
		}
		for i := range list.Items {
			j.Entries = append(j.Entries, m.decodeEntry(ctx, &list.Items[i]))
		}
		if options.Continue = list.Continue; options.Continue == "" {
			return nil
		}
	}
}

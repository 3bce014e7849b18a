package repair

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Journal is what Entries found.
type Journal struct {
	Entries []*Entry  // those applied from here first, each newest first
	Unread  []string  // where nothing could be looked for, and why
	Passed  int       // entries not applied from here that are too many to be read
	Warning string    // what is wrong with the operator's own log
	Now     time.Time // by the server's clock
}

// journalPage bounds how many entries are in memory at once while listing.
const journalPage = 20

// Entries lists the journal of every namespace that may be read. An entry whose
// content cannot be trusted is listed with its Problem.
func (m *Mender) Entries(ctx context.Context) (Journal, error) { return m.entries(ctx, "") }

// entries is Entries; those whose id begins with want are read however many there are.
func (m *Mender) entries(ctx context.Context, want string) (Journal, error) {
	r := m.reading(want)
	j := Journal{Warning: r.warning, Now: m.serverNow()}
	err := r.everywhere(ctx, &j)
	if errors.Is(err, errElsewhere) || apierrors.IsForbidden(err) {
		spaces := m.someNamespaces(ctx)
		for _, ns := range spaces {
			if err := r.in(ctx, ns, &j); apierrors.IsForbidden(err) {
				j.Unread = append(j.Unread, fmt.Sprintf("%s: %s may not list secrets", ns, m.identity(ctx)))
			} else if err != nil {
				return j, err
			}
		}
		if len(j.Unread) == 0 && len(j.Entries) == 0 && len(spaces) == 0 {
			j.Unread = append(j.Unread, fmt.Sprintf("all namespaces: %s may not list secrets; name one with -n", m.identity(ctx)))
		}
		err = nil
	}
	slices.SortStableFunc(j.Entries, func(a, b *Entry) int {
		if a.Own != b.Own {
			if a.Own {
				return -1
			}
			return 1
		}
		return cmp.Or(b.At.Compare(a.At), strings.Compare(a.ID, b.ID))
	})
	for _, undo := range j.Entries {
		if i := slices.IndexFunc(j.Entries, func(e *Entry) bool { return e.ID == undo.UndoOf }); i >= 0 && undo.Live && (undo.Own || !j.Entries[i].Own) {
			j.Entries[i].Undoing = undo
		}
	}
	return j, err
}

// errElsewhere says that only the namespaces of the options are looked in.
var errElsewhere = errors.New("not in all namespaces")

func (r *reading) everywhere(ctx context.Context, j *Journal) error {
	if len(r.options.Namespaces) > 0 {
		return errElsewhere
	}
	return r.in(ctx, "", j)
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

// in reads the entries whose heads stand in a namespace.
func (r *reading) in(ctx context.Context, namespace string, j *Journal) error {
	options := metav1.ListOptions{
		LabelSelector: managedByLabel + "=" + manager + "," + roleLabel + "=" + headRole,
		FieldSelector: "type=" + journalType, Limit: journalPage,
	}
	for {
		list, err := r.kube.CoreV1().Secrets(namespace).List(ctx, options)
		if err != nil {
			return fmt.Errorf("listing the journal: %w", err)
		}
		for i := range list.Items {
			if e := r.entry(ctx, &list.Items[i]); e != nil {
				j.Entries = append(j.Entries, e)
			} else {
				j.Passed++
			}
		}
		if options.Continue = list.Continue; options.Continue == "" {
			return nil
		}
	}
}

// Entry finds an entry by its id, or by the beginning of one where no other begins
// so. The empty id is the newest entry applied from here that can be taken back and is
// no undo itself: a stranger's is never meant unless it is named. The error is
// ErrUnknownEntry where there is none, and a *Refusal where there are strangers' alone.
func (m *Mender) Entry(ctx context.Context, id string) (*Entry, error) {
	id = strings.TrimPrefix(id[strings.LastIndex(id, "/")+1:], secretName("", 1))
	j, err := m.entries(ctx, id)
	if err != nil {
		return nil, err
	}
	var found []*Entry
	strangers := j.Passed
	for _, e := range j.Entries {
		switch {
		case id != "" && strings.HasPrefix(e.ID, id):
			found = append(found, e)
		case id == "" && !e.Own:
			strangers++
		case id == "" && e.State != Undone && e.State != Closed && e.UndoOf == "" && e.Problem == "":
			return e, nil
		}
	}
	unread := ""
	if len(j.Unread) > 0 {
		unread = " (not looked in: " + strings.Join(j.Unread, "; ") + ")"
	}
	switch {
	case id == "" && strangers > 0:
		return nil, refuse("Nothing that was applied from here can be taken back; what others applied (%d in the journal) is taken back only by name: careen journal lists it.%s", strangers, unread)
	case id == "":
		return nil, fmt.Errorf("%w: nothing in the journal can be taken back%s", ErrUnknownEntry, unread)
	case len(found) == 0:
		return nil, fmt.Errorf("%w: %q; careen journal lists them%s", ErrUnknownEntry, id, unread)
	case len(found) > 1:
		return nil, fmt.Errorf("%w: %q begins the ids of %d entries", ErrUnknownEntry, id, len(found))
	}
	return found[0], nil
}

package repair

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// An entry that was not applied from here may be a colleague's, or planted by anyone who
// may create a Secret in its namespace, to have an operator with more rights apply it.
// So beyond what holds for every entry: it is taken back only by name and with its id
// typed, it is shown whole, and it reaches no further than the namespaces that its
// Secrets stand in, gives no rights, and hands nothing to Helm that Helm would take beyond
// the release's namespace.

const rbacGroup = "rbac.authorization.k8s.io"

// ofStranger refuses an entry that was not applied from here, and that no colleague
// would need careen for.
func (m *Mender) ofStranger(ctx context.Context, e *Entry) error {
	if e.UndoOf != "" {
		return refuse("Entry %s takes back entry %s, and was not applied from here: careen fix plans the fix again instead.", e.ID, e.UndoOf)
	}
	for i, w := range e.Writes {
		reason, err := m.strange(ctx, e, w)
		if err != nil {
			return asRefusal(err)
		}
		if reason != "" {
			return refuse("Entry %s was not applied from here, and its write %d, %s %s, %s: whoever applied it can take it back, or you by hand.", e.ID, i+1, w.Verb, w.Ref, reason)
		}
	}
	return nil
}

// strange says why a write of a stranger's entry is not taken back; empty where it may be.
func (m *Mender) strange(ctx context.Context, e *Entry, w *Write) (string, error) {
	edit := w.Verb == Patch || w.Verb == Update
	switch {
	case w.Verb.byHelm():
		return m.helmBeyond(ctx, w)
	case w.Resource.Group == rbacGroup && (!edit || !slices.Equal(w.By, []string{finding.NameOf(finding.AddRule{})})):
		return "is about rights", nil
	case w.Ref.Namespace != "" || w.Resource.Group == rbacGroup:
		return "", nil
	case w.Ref.Kind != model.KindVolume || !edit:
		return "is about an object of the whole cluster", nil
	}
	live, err := m.get(ctx, w.Resource, "", w.Ref.Name)
	if err != nil || live == nil {
		return "", err
	}
	if ns, _, _ := unstructured.NestedString(live.Object, "spec", "claimRef", "namespace"); !slices.Contains(e.namespaces(), ns) {
		return "is about a volume of another namespace", nil
	}
	return "", nil
}

// helmBeyond says what the revision that Helm would go back to holds besides objects of
// the release's own namespace.
func (m *Mender) helmBeyond(ctx context.Context, w *Write) (string, error) {
	list, err := m.revisions(ctx, driverOf(w), w.Ref)
	if err != nil {
		return "", err
	}
	number := w.Newest
	if w.Verb == Uninstall {
		number = w.Revision
	}
	i := slices.IndexFunc(list, func(r revision) bool { return r.number == number })
	if i < 0 {
		return "", nil // refused as such
	}
	objects, err := declaredBy(list[i].object)
	if err != nil {
		return "has Helm make what careen cannot read", nil
	}
	for _, u := range objects {
		p, ref, err := m.placeOfObject(u)
		switch {
		case err != nil:
			return "has Helm make " + ref.String() + ", of which the server knows no kind", nil
		case p.Group == rbacGroup:
			return "has Helm make " + ref.String() + ", which gives rights", nil
		case !p.namespaced || ref.Namespace != "" && ref.Namespace != w.Ref.Namespace:
			return "has Helm make " + ref.String() + ", beyond the namespace of the release", nil
		}
	}
	return "", nil
}

// wholeLimit bounds the lines of a plan that is shown whole.
const wholeLimit = 4000

// askConsent asks for the consent that a stranger's entry needs, and has every object
// spelt out.
func (p *Plan) askConsent(e *Entry) error {
	p.Foreign, p.Confirm = true, e.ID
	lines := 0
	for _, w := range p.Writes {
		w.whole = true
		lines += len(w.Diff())
	}
	if lines > wholeLimit {
		return refuse("Entry %s was not applied from here, and is too large to be shown whole: %d lines.", e.ID, lines)
	}
	p.Notes = append([]string{
		"This entry was NOT applied from here: whoever may create Secrets in namespace " + e.Namespace + " can have made it up. It says that " + e.By + " on " + e.Host + " applied it. Read every object before you agree.",
	}, p.Notes...)
	return nil
}

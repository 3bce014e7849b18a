package probes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// storedIn is the Secret or ConfigMap that holds a record.
func storedIn(rec *model.Record) model.Ref {
	return model.Ref{Kind: rec.Driver, Namespace: rec.Namespace, Name: rec.Name}
}

// usable reports whether a record's body was read and makes sense.
func usable(rec *model.Record) bool { return rec.Body != nil && rec.Body.Problem == "" }

// neverUpdated reports whether a record is as it was when it was created. Helm sets
// createdAt when it creates a record, and an update drops it and sets modifiedAt; a
// new revision inherits the modifiedAt of the one before. Both are dated by the hosts that
// Helm ran on: what the API server noted of writes counts before them.
func neverUpdated(rec *model.Record) bool {
	if rec.CreatedAt.IsZero() {
		return false
	}
	if at := lastData(rec); !at.IsZero() && !rec.Created.IsZero() {
		return !at.After(rec.Created.Add(time.Second))
	}
	return !rec.ModifiedAt.After(rec.CreatedAt)
}

// begun is when the operation of a record began. Where the label says that it was after the
// record came, the clock was wrong by which it was written.
func begun(rec *model.Record) time.Time {
	if rec.CreatedAt.IsZero() || !rec.Created.IsZero() && rec.CreatedAt.After(rec.Created) {
		return rec.Created
	}
	return rec.CreatedAt
}

// lastData is when the API server noted the last write of what a record holds; zero where that is not
// known.
func lastData(rec *model.Record) (at time.Time) {
	for _, w := range rec.Writes {
		if w.Data && w.Time.After(at) {
			at = w.Time
		}
	}
	return at
}

// lastWritten is when a record was last written, by the clock of the API server where it says so. Its
// labels are dated by the host that Helm ran on, which may be behind or ahead.
func lastWritten(rec *model.Record) time.Time {
	if at := lastData(rec); !at.IsZero() {
		return latest(at, rec.Created)
	}
	return latest(begun(rec), rec.ModifiedAt, rec.Created)
}

// leftAlone reports whether nobody has written a record for --stuck-after.
func leftAlone(p *Pass, rec *model.Record) bool {
	return p.After(lastWritten(rec), p.Settings.StuckAfter)
}

// pendingRecord is a release's newest record where it says, inside, that an
// operation is in progress; else nil. Helm's lock reads info.status and not the
// label (helm pkg/action/upgrade.go, errPending).
func pendingRecord(rel *model.Release) *model.Record {
	rec := rel.Last()
	if rec == nil || !usable(rec) || !model.Pending(rec.Body.Status) {
		return nil
	}
	return rec
}

// statusOf is the status of a record: what it says inside, and where it was not read
// what its label says.
func statusOf(rec *model.Record) string {
	if usable(rec) {
		return rec.Body.Status
	}
	return rec.LabelStatus
}

// UpgradesFrom is the revision whose manifest Helm compares an upgrade's with: the
// newest if it is deployed, else the newest that is labelled so, else the newest if it
// failed or was superseded. It is nil where Helm refuses: "has no deployed releases"
// (helm pkg/action/upgrade.go, prepareUpgrade).
func UpgradesFrom(rel *model.Release) *model.Record {
	last := rel.Last()
	if last == nil {
		return nil
	}
	status := statusOf(last)
	if status != "deployed" {
		if deployed := rel.Deployed(); deployed != nil {
			return deployed
		}
	}
	if status == "deployed" || status == "failed" || status == "superseded" {
		return last
	}
	return nil
}

// neverWorked matches the description of a revision that was not brought to its end.
// Helm leaves it when it marks the revision superseded, which it does with a first
// install that failed once an upgrade succeeds.
var neverWorked = regexp.MustCompile(`(?i)^(release|upgrade|rollback|install|uninstall)\w* .*\bfailed\b|^failed |^marked failed|^preparing upgrade$|underway$`)

// against says why a rollback from one revision to another is no way out; empty where
// nothing speaks against it.
func against(from, to *model.Record) string {
	switch {
	case !usable(to):
		return fmt.Sprintf("the record of revision %d was not read", to.Revision)
	case neverWorked.MatchString(to.Body.Description):
		return fmt.Sprintf("revision %d did not work either: %s", to.Revision, to.Body.Description)
	case usable(from) && from.Body.Manifest == to.Body.Manifest:
		return fmt.Sprintf("revision %d has the manifest of revision %d", to.Revision, from.Revision)
	}
	return ""
}

// ownedByRelease reports whether an object carries the label and both annotations by
// which Helm knows its own (helm pkg/action/validate.go).
func ownedByRelease(m *model.Meta, release, namespace string) bool {
	return MarksOf(m).Of(release, namespace)
}

// releaseOf is the release whose metadata an object carries, or nil where it
// carries none or the release has no record.
func releaseOf(p *Pass, m *model.Meta) *model.Release {
	name := m.Annotations["meta.helm.sh/release-name"]
	if name == "" || m.Labels["app.kubernetes.io/managed-by"] != "Helm" {
		return nil
	}
	namespace := m.Annotations["meta.helm.sh/release-namespace"]
	if namespace == "" {
		namespace = m.Namespace
	}
	return p.Release(namespace, name)
}

// declaring is the release whose newest usable manifest has an object: the first of
// those given, else any of the namespace; nil where none has it.
func declaring(p *Pass, ref model.Ref, first *model.Release) *model.Release {
	if declares(first, ref) {
		return first
	}
	for _, rel := range p.Space.Releases() {
		if declares(rel, ref) {
			return rel
		}
	}
	return nil
}

// leaving reports whether a release is uninstalled, or on its way: it declares nothing any more.
func leaving(rel *model.Release) bool {
	rec := rel.Last()
	return rec != nil && strings.HasPrefix(statusOf(rec), "uninstall")
}

func declares(rel *model.Release, ref model.Ref) bool {
	if rel == nil || leaving(rel) {
		return false
	}
	rec := rel.Last()
	return rec != nil && usable(rec) && slices.ContainsFunc(rec.Body.Objects, func(d model.Declared) bool { return d.Ref == ref })
}

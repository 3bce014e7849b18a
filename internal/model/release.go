package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// RecordPrefix begins the name of every stored revision:
// sh.helm.release.v1.<release>.v<revision> (helm pkg/storage/storage.go).
const RecordPrefix = "sh.helm.release.v1."

// HelmSecretType is the type of the Secrets that hold stored revisions.
const HelmSecretType = "helm.sh/release.v1"

// Record is one stored revision of a Helm release: the metadata of the Secret or
// ConfigMap that holds it, and for the revisions that decide (see Release.Read) what
// the body says. Meta.Name is the name of that Secret or ConfigMap.
type Record struct {
	Meta
	Driver   Kind   `careen:"keep"` // KindSecret or KindConfigMap
	Release  string `careen:"name"` // from the object's name
	Revision int    // from the object's name; 0 where it does not parse

	LabelName                             string    `careen:"name"`
	LabelOwner, LabelStatus, LabelVersion string    `careen:"keep"`
	CreatedAt, ModifiedAt                 time.Time // labels, unix seconds; zero where absent

	Body *Body // nil until it was fetched; see Release.Read for whose are
}

// Body is what a release record says, without its values.
type Body struct {
	ResourceVersion string `careen:"keep"` // the version of the object it was decoded from
	Problem         string `careen:"text"` // why the record cannot be used: bad base64, cut gzip, too large; the rest is then empty
	Size            int    // bytes as stored

	Name, Namespace string `careen:"name"`
	Version         int
	Status          string `careen:"keep"`
	Description     string `careen:"text"`
	ApplyMethod     string `careen:"keep"` // how Helm 4 applied it: ssa, csa; empty in a record of Helm 3
	Chart           string `careen:"name"` // name
	ChartVersion    string `careen:"keep"`
	AppVersion      string `careen:"text"`
	FirstDeployed   time.Time
	LastDeployed    time.Time
	Deleted         time.Time
	Objects         []Declared
	Truncated       bool   // the manifest held more objects than are kept
	Manifest        uint64 // a hash of the manifest, salted per process: equal hashes mean equal manifests within one run
	Hooks           []Hook
	ManifestError   string   `careen:"text"` // documents of the manifest that do not parse
	ChartFiles      []Weight // the largest files of the stored chart
}

// Declared is one object of a release's manifest.
type Declared struct {
	APIVersion string `careen:"api"`
	Ref        Ref    // namespace filled in from the release for namespaced kinds
	Keep       bool   // helm.sh/resource-policy: keep
}

// Hook is one hook of a release.
type Hook struct {
	Ref     Ref
	Events  []string `careen:"keep"`
	Phase   string   `careen:"keep"` // last run: Running, Succeeded, Failed, Unknown or empty
	Started time.Time
	Done    time.Time
}

// Weight is a file and its size in bytes.
type Weight struct {
	Name string `careen:"text"`
	Size int
}

// Release is the history of one release, derived from the records of a namespace.
type Release struct {
	Name, Namespace string
	Records         []*Record // oldest first, one per revision
}

// Ref names the release.
func (r *Release) Ref() Ref { return Ref{KindRelease, r.Namespace, r.Name} }

// Newest is the newest revision; never nil.
func (r *Release) Newest() *Record { return r.Records[len(r.Records)-1] }

// First is the oldest revision still stored; never nil.
func (r *Release) First() *Record { return r.Records[0] }

// Last is the newest revision that Helm sees, or nil: its storage drivers list by the
// label owner=helm (helm pkg/storage/driver/secrets.go), so a record without it was set
// aside.
func (r *Release) Last() *Record {
	return r.newest(func(rec *Record) bool { return true })
}

// Deployed is the revision that Helm takes for the deployed one, or nil: the newest
// that is labelled so (helm pkg/storage/storage.go, Deployed).
func (r *Release) Deployed() *Record {
	return r.newest(func(rec *Record) bool { return rec.LabelStatus == "deployed" })
}

// Before is the revision to which a rollback from rec leads: the newest older one that
// was deployed once.
func (r *Release) Before(rec *Record) *Record {
	return r.newest(func(old *Record) bool {
		return old.Revision < rec.Revision && (old.LabelStatus == "superseded" || old.LabelStatus == "deployed")
	})
}

// newest is the newest revision of those that Helm sees which is taken, or nil.
func (r *Release) newest(take func(*Record) bool) *Record {
	for i := len(r.Records) - 1; i >= 0; i-- {
		if rec := r.Records[i]; rec.LabelOwner == "helm" && take(rec) {
			return rec
		}
	}
	return nil
}

// Read lists the revisions whose bodies decide: the newest, the newest that Helm sees,
// the deployed one, and where before is set the one that a rollback leads to. A revision
// may stand in it twice.
func (r *Release) Read(before bool) []*Record {
	out := []*Record{r.Newest()}
	last := r.Last()
	if last != nil {
		out = append(out, last)
	}
	if rec := r.Deployed(); rec != nil {
		out = append(out, rec)
	}
	if before && last != nil {
		if rec := r.Before(last); rec != nil {
			out = append(out, rec)
		}
	}
	return out
}

// ParseRecordName splits sh.helm.release.v1.<release>.v<revision>; ok is false
// for any other name.
func ParseRecordName(name string) (release string, revision int, ok bool) {
	rest, found := strings.CutPrefix(name, RecordPrefix)
	if !found {
		return "", 0, false
	}
	i := strings.LastIndex(rest, ".v")
	if i <= 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(rest[i+2:])
	if err != nil || n < 1 {
		return "", 0, false
	}
	return rest[:i], n, true
}

// RecordName is the inverse of ParseRecordName.
func RecordName(release string, revision int) string {
	return RecordPrefix + release + ".v" + strconv.Itoa(revision)
}

func releasesOf(namespace string, records []Row) []*Release {
	byName := map[string]*Release{}
	var out []*Release
	for _, rec := range records {
		r := rec.(*Record)
		if r.Release == "" || r.Revision == 0 {
			continue
		}
		rel := byName[r.Release]
		if rel == nil {
			rel = &Release{Name: r.Release, Namespace: namespace}
			byName[r.Release] = rel
			out = append(out, rel)
		}
		rel.Records = append(rel.Records, r)
	}
	for _, rel := range out {
		slices.SortFunc(rel.Records, func(a, b *Record) int { return a.Revision - b.Revision })
	}
	slices.SortFunc(out, func(a, b *Release) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Pending reports whether a status is one of Helm's operations in progress.
func Pending(status string) bool { return strings.HasPrefix(status, "pending-") }

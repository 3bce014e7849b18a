package archive

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// mask replaces names. A name is taken apart into words (runs of letters and
// digits); each word that stands in a name anywhere in the snapshot is replaced
// wherever it stands, messages and logs too, by one made-up word. Numbers, separators
// and the words of Kubernetes itself stay, so that what names have in common (a
// claim and its set, a family of generated names) is still in common. The key is
// random and is not kept.
type mask struct {
	key    []byte
	words  map[string]string
	taken  map[string]bool
	hashes map[uint32]uint32 // of names in custom resources: see rehash
}

// naming are the fields whose words are names.
var naming = set("Name", "Namespace", "Names", "Image", "Raw", "Set", "Service", "ServiceName", "Context", "Server", "User",
	"Subject", "Issuer", "URL", "Release", "LabelName", "Chart", "Node", "NodeName", "ServiceAccount", "ExternalName",
	"Volume", "Class", "PullSecrets", "Secrets", "Ready", "NotReady")

// exact are the fields that hold words of an API or of a program, which a name may
// share: a field's own name, or with its type's.
var exact = set("SecretTemplate.Name", "SecretTemplate.Namespace", "Kind", "APIVersion", "Phase", "Status", "LabelStatus", "LabelOwner", "Reason", "State", "Type", "UID", "AboutID",
	"ClaimUID", "ResourceVersion", "Hash", "Driver", "Operation", "Subresource", "Op", "Verbs", "Groups", "Resources", "Operations",
	"Policy", "BindingMode", "Modes", "VolumeMode", "Mode", "Strategy", "RestartPolicy", "FailurePolicy", "Requested", "Capacity",
	"RetainWhenDeleted", "RetainWhenScaled", "Version", "ChartVersion", "Schedule", "Events", "Manager", "ChangedBy", "Path",
	"Field", "Key", "EnvNames", "DataKey.Name", "Requests.key", "Limits.key", "Hard.key", "Used.key", "Env.key")

func is(list map[string]bool, field string) bool {
	if list[field] {
		return true
	}
	_, short, _ := strings.Cut(field, ".")
	return list[short]
}

// vocabulary are words that stay although names hold them.
var vocabulary = words(`default kube system public node nodes lease root ca crt tls sh helm release cluster admin view edit
	pod pods log logs exec status scale pvc pv protection io kubernetes app apps name names instance component part of managed by
	true false none all any http https tcp udp get list watch create update patch delete not found is no error for in on with the
	a an and or to from service account accounts controller manager scheduler apiserver token tokens data value key keys spec
	metadata labels annotations template containers running waiting pending failed succeeded deployed superseded uninstalling
	uninstalled svc local docker registry index latest v1 v2 com org net dev quota exceeded forbidden creating looking up careen undo kept stakater
	reloader wave pusher k8s cert external flux argocd argo kubeblocks bitnami sealed checksum config keep`)

func set(list ...string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[s] = true
	}
	return m
}

func words(text string) map[string]bool {
	m := set(strings.Fields(text)...)
	for _, i := range model.Builtin {
		m[i.Resource] = true
		m[strings.ToLower(string(i.Kind))] = true
	}
	return m
}

// newMask learns the words of all names in a snapshot.
func newMask(snap *model.Snapshot) *mask {
	m := &mask{key: make([]byte, 32), words: map[string]string{}, taken: map[string]bool{}, hashes: map[uint32]uint32{}}
	if _, err := rand.Read(m.key); err != nil {
		panic("reading random bytes: " + err.Error()) // crypto/rand never fails on the systems that Go supports
	}
	c := snap.Cluster
	m.learnAll(reflect.ValueOf(&c))
	for _, sp := range snap.Spaces {
		m.learn(sp.Name)
		for _, t := range sp.Tables {
			for _, r := range t {
				m.learnAll(reflect.ValueOf(r))
			}
		}
	}
	m.rehash(snap)
	return m
}

// rehash learns what becomes of the hashed names in custom resources: those that may
// mean an object of the snapshot mean it still, and the others go.
func (m *mask) rehash(snap *model.Snapshot) {
	for _, sp := range snap.Spaces {
		for _, kind := range []model.Kind{model.KindSecret, model.KindConfigMap, model.KindClaim} {
			for _, row := range sp.Tables[kind] {
				o := row.Base()
				made := model.WordsFor(m.text(o.Namespace), m.text(o.Name))
				for i, word := range model.WordsFor(o.Namespace, o.Name) {
					m.hashes[word] = made[i%2]
				}
			}
		}
	}
}

// hashed replaces the hashed names of a custom resource.
func (m *mask) hashed(r model.Row) {
	o, ok := r.(*model.Object)
	if !ok {
		return
	}
	var out model.Words
	for _, w := range o.Words {
		if made, known := m.hashes[w]; known {
			out = append(out, made)
		}
	}
	slices.Sort(out)
	o.Words = slices.Compact(out)
}

func (m *mask) learnAll(v reflect.Value) {
	look(v, "", func(field, s string) {
		if is(naming, field) && !is(exact, field) {
			m.learn(s)
		}
	})
}

func (m *mask) learn(name string) {
	if known(name) {
		return
	}
	eachWord(name, func(w string) string {
		if m.words[w] == "" && !vocabulary[strings.ToLower(w)] && strings.ContainsFunc(w, letter) && len(w) > 1 {
			m.words[w] = m.invent(w)
		}
		return w
	})
}

// invent makes a word for a word: of hexadecimal digits, as many, where it is one
// of those, since generated names are told by them.
func (m *mask) invent(word string) string {
	for n := 6; ; n++ {
		mac := hmac.New(sha256.New, m.key)
		fmt.Fprintf(mac, "%d %s", n, word)
		digits := hex.EncodeToString(mac.Sum(nil))
		out := "x" + digits[:n]
		if len(word) >= 8 && len(word) <= 64 && strings.Trim(word, "0123456789abcdef") == "" {
			out = digits[:len(word)]
		}
		if !m.taken[out] {
			m.taken[out] = true
			return out
		}
	}
}

// domains are those whose labels, annotations and finalizers have a meaning that
// probes know.
var domains = []string{
	"kubernetes.io", "k8s.io", "helm.sh", "stakater.com", "pusher.com", "cert-manager.io", "fluxcd.io", "argoproj.io",
	"external-secrets.io", "kubeblocks.io", "bitnami.com", "crossplane.io", "istio.io", "emberstack.com", "mittwald.de", "appscode.com", "velero.io", "cattle.io", "k14s.io", "oam.dev",
}

// known tells whether s is a key of one of the domains.
func known(s string) bool {
	domain, _, ok := strings.Cut(s, "/")
	return ok && slices.ContainsFunc(domains, func(d string) bool { return domain == d || strings.HasSuffix(domain, "."+d) })
}

// label replaces the words in the domain of a label's or annotation's key. The rest
// of a key is a word of some API.
func (m *mask) label(s string) string {
	domain, rest, ok := strings.Cut(s, "/")
	if !ok || known(s) || !strings.Contains(domain, ".") {
		return s
	}
	return m.text(domain) + "/" + rest
}

// text replaces the words in s.
func (m *mask) text(s string) string {
	if known(s) {
		return s
	}
	return eachWord(s, func(w string) string {
		if made := m.words[w]; made != "" {
			return made
		}
		return w
	})
}

// apply replaces the words in every string below v, a pointer.
func (m *mask) apply(v any) {
	each(reflect.ValueOf(v).Elem(), func(field, s string) string {
		switch {
		case is(exact, field):
			return s
		case strings.HasSuffix(field, ".key"):
			return m.label(s)
		}
		return m.text(s)
	})
}

// row returns a copy of r with its words replaced.
func (m *mask) row(r model.Row) (model.Row, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	v := reflect.New(reflect.TypeOf(r).Elem())
	if err := json.Unmarshal(raw, v.Interface()); err != nil {
		return nil, err
	}
	m.apply(v.Interface())
	out := v.Interface().(model.Row)
	m.hashed(out)
	return out, nil
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7f }

// eachWord replaces every run of letters and digits by what f returns for it.
func eachWord(s string, f func(string) string) string {
	var b strings.Builder
	start := -1
	for i, r := range s {
		in := letter(r) || r >= '0' && r <= '9'
		switch {
		case in && start < 0:
			start = i
		case !in:
			if start >= 0 {
				b.WriteString(f(s[start:i]))
				start = -1
			}
			b.WriteRune(r)
		}
	}
	if start >= 0 {
		b.WriteString(f(s[start:]))
	}
	return b.String()
}

// look calls f for every string below v without changing any.
func look(v reflect.Value, field string, f func(field, s string)) {
	switch v.Kind() {
	case reflect.String:
		f(field, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			look(v.Elem(), field, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			look(v.Index(i), field, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if sf := v.Type().Field(i); sf.IsExported() {
				look(v.Field(i), v.Type().Name()+"."+sf.Name, f)
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			key := it.Key().String()
			if domain, _, ok := strings.Cut(key, "/"); ok && strings.Contains(domain, ".") && !known(key) {
				f("Key.Name", domain)
			}
			look(it.Value(), field, f)
		}
	}
}

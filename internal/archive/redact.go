package archive

import (
	"crypto/rand"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// mask replaces names. A name is taken apart into words (runs of letters and digits),
// and each word is replaced by one made-up word, the same wherever it stands, so that
// what names have in common (a claim and its set, a family of generated names) is
// still in common. Numbers and separators stay, and so do the few names that every
// cluster has (see everywhere). What a string is, its field's struct tag says:
//
//   - In a name every word is replaced.
//   - A text keeps the words of English and of Kubernetes (see vocabulary), unless they
//     are quoted, or joined to others, and name something in this cluster.
//   - A label's value is a name, unless it is one of those words and names nothing.
//   - A key of a label, and a kind or group of an API, keep what an API means by them:
//     replaced is the domain, where it is not one that many clusters have.
//
// The key is random and is not kept.
type mask struct {
	key    []byte
	words  map[string]string // lower case -> made up
	names  map[string]bool   // those that stand in the cluster, whole
	taken  map[string]bool
	hashes map[uint32]uint32 // of names in custom resources: see rehash
}

// newMask learns all names in a snapshot.
func newMask(snap *model.Snapshot) *mask {
	m := &mask{key: make([]byte, 32), words: map[string]string{}, names: map[string]bool{}, taken: map[string]bool{}, hashes: map[uint32]uint32{}}
	if _, err := rand.Read(m.key); err != nil {
		panic("reading random bytes: " + err.Error()) // crypto/rand never fails on the systems that Go supports
	}
	cluster := snap.Cluster
	each(&cluster, m.learn)
	for i := range snap.Coverage {
		each(&snap.Coverage[i], m.learn)
	}
	for _, sp := range snap.Spaces {
		m.learn(isName, sp.Name)
		for _, t := range sp.Tables {
			for _, r := range t {
				each(r, m.learn)
			}
		}
	}
	m.rehash(snap)
	return m
}

// learn remembers the names in a string, and returns it as it is.
func (m *mask) learn(is meaning, s string) string {
	switch is {
	case isText, isNotes, isKept:
	case isTemplate:
		return eachBetween(s, func(part string) string { return m.learn(isName, part) })
	case isKey:
		if domain, _, ok := strings.Cut(s, "/"); ok && strings.Contains(domain, ".") && !common(domain) {
			m.learnToken(domain)
		}
	case isAPI:
		for part := range strings.SplitSeq(s, "/") {
			if strings.Contains(part, ".") && !common(part) {
				m.learnToken(part)
			}
		}
	case isValue:
		if !vocabulary[strings.ToLower(s)] && !commonKey(s) {
			eachRun(s, inToken, func(t string, _ bool) string { m.learnToken(t); return t })
		}
	default:
		if _, group, ok := apiServiceName(s); ok {
			m.learn(isAPI, group)
			return s
		}
		release, ok := strings.CutPrefix(s, model.RecordPrefix)
		if name, _, parsed := model.ParseRecordName(s); ok && parsed {
			release = name
		}
		eachRun(release, inToken, func(t string, _ bool) string { m.learnToken(t); return t })
	}
	return s
}

func (m *mask) learnToken(token string) {
	token = strings.TrimSuffix(token, suffixOf(token))
	if everywhere[token] {
		return
	}
	m.names[token] = true
	eachRun(token, inWord, func(w string, _ bool) string {
		if low := strings.ToLower(w); replaceable(low) && m.words[low] == "" {
			m.words[low] = m.invent(low)
		}
		return w
	})
}

// replace returns what stands in the place of a string.
func (m *mask) replace(is meaning, s string) string {
	switch is {
	case isKept:
		return s
	case isText, isNotes:
		return m.text(s)
	case isImage:
		return m.image(s)
	case isTemplate:
		return eachBetween(s, m.name)
	case isKey:
		return m.label(s)
	case isAPI:
		return m.api(s)
	case isValue:
		if !m.names[s] && (vocabulary[strings.ToLower(s)] || commonKey(s)) {
			return s
		}
	case isName:
	}
	return m.name(s)
}

// name replaces the words of a name. The name of a release's record keeps its form.
func (m *mask) name(s string) string {
	if release, revision, ok := model.ParseRecordName(s); ok {
		return model.RecordName(m.name(release), revision)
	}
	if rest, ok := strings.CutPrefix(s, model.RecordPrefix); ok {
		return model.RecordPrefix + m.name(rest)
	}
	if version, group, ok := apiServiceName(s); ok {
		return version + "." + m.api(group)
	}
	return eachRun(s, inToken, func(t string, _ bool) string { return m.token(t) })
}

// image replaces the words of an image, but for the repository of a program that rules
// know.
func (m *mask) image(s string) string {
	for _, program := range programs {
		if registry, tag, ok := strings.Cut(s, program); ok {
			return m.name(registry) + program + m.name(tag)
		}
	}
	return m.name(s)
}

func (m *mask) token(t string) string {
	if everywhere[t] {
		return t
	}
	suffix := suffixOf(t)
	return m.allWords(strings.TrimSuffix(t, suffix)) + suffix
}

// allWords replaces every word that was learned.
func (m *mask) allWords(s string) string {
	return eachRun(s, inWord, func(w string, _ bool) string {
		if made := m.words[strings.ToLower(w)]; made != "" {
			return made
		}
		return w
	})
}

// text replaces names, and words of names, in a message, a path, a line of a log.
func (m *mask) text(s string) string {
	if commonKey(s) {
		return s
	}
	return eachRun(s, inToken, func(t string, quoted bool) string {
		end := strings.TrimRight(t, ".-_") // of a sentence
		return m.inText(end, quoted) + t[len(end):]
	})
}

func (m *mask) inText(t string, quoted bool) string {
	switch {
	case everywhere[t]:
		return t
	case strings.HasPrefix(t, model.RecordPrefix):
		return m.name(t)
	case commonKind(t):
		return t
	case m.names[t] && (quoted || !vocabulary[strings.ToLower(t)]):
		return m.token(t)
	}
	return eachRun(t, inWord, func(w string, _ bool) string {
		low := strings.ToLower(w)
		if made := m.words[low]; made != "" && !vocabulary[low] {
			return made
		}
		return w
	})
}

// label replaces names in the key of a label, an annotation or a finalizer.
func (m *mask) label(s string) string {
	domain, rest, ok := strings.Cut(s, "/")
	switch {
	case ok && common(domain):
		return s
	case ok && strings.Contains(domain, "."):
		return m.allWords(domain) + "/" + m.text(rest)
	}
	return m.text(s)
}

// api replaces a kind, group or resource that an organisation defines for itself.
func (m *mask) api(s string) string {
	parts := strings.Split(s, "/")
	for i, part := range parts {
		if strings.Contains(part, ".") && !common(part) {
			parts[i] = m.allWords(part)
		}
	}
	return strings.Join(parts, "/")
}

// apply replaces the names in every string below v, a pointer.
func (m *mask) apply(v any) { each(v, m.replace) }

// row returns a copy of r with its names replaced.
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

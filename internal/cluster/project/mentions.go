package project

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/hosts"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
)

const (
	maxMentions = 64   // of one object's plain values
	maxPlain    = 4096 // bytes of a value that is looked at for names
)

// spells returns where the first spelling of word in a setting's name ends,
// whatever the case and with any of - _ . between its letters; -1 for nowhere.
func spells(setting, word string) int {
	for i := 0; i+len(word) <= len(setting); i++ {
		j, k := i, 0
		for ; j < len(setting) && k < len(word); j++ {
			c := setting[j]
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			if c == word[k] {
				k++
			} else if k == 0 || c != '-' && c != '_' && c != '.' {
				break
			}
		}
		if k == len(word) {
			return j
		}
	}
	return -1
}

// plain draws what a plain value names: the service behind a URL or a cluster
// DNS name, and the Secret or ConfigMap that a setting called "...secret-name"
// names. None of it is certain to be a reference, so all of it is optional.
func (c *podSpec) plain(field, value, path, container string) {
	if value == "" || len(value) > maxPlain {
		return
	}
	if kind := namesKind(field); kind != "" {
		ns, name, ok := c.qualified(value)
		if ok {
			c.add(model.Reference{
				Type: model.EdgeMentions, To: model.Ref{Kind: kind, Namespace: ns, Name: name},
				Path: path, Container: container, Optional: true,
			})
			return
		}
	}
	if mask.Name(field) || spells(field, "noproxy") >= 0 || spells(field, "nonproxyhosts") >= 0 {
		return // a credential, or hosts that a proxy is not asked for, which need not be there
	}
	for _, n := range services(c.namespace, field, value) {
		c.names(n, path, container)
	}
}

// namesKind tells which kind the value of a setting of this name is the name of:
// SECRET_NAME, --tls-secret-name, --default-ssl-certificate, --config-map.
func namesKind(field string) model.Kind {
	ends := func(word string) bool { return spells(field, word) == len(field) }
	switch {
	case field == "":
		return ""
	case ends("secretname"), ends("sslcertificate"), ends("secretref"):
		return model.KindSecret
	case ends("configmapname"), ends("configmap"):
		return model.KindConfigMap
	}
	return ""
}

// qualified reads name or namespace/name.
func (c *podSpec) qualified(value string) (namespace, name string, ok bool) {
	return qualified(c.namespace, value)
}

func qualified(namespace, value string) (ns, name string, ok bool) {
	ns, name, has := strings.Cut(value, "/")
	if !has {
		ns, name = namespace, value
	}
	return ns, name, isName(name) && (ns == "" || isName(ns))
}

func (c *podSpec) hostRefs(lists []model.HostList, container string) {
	for i := range lists {
		if to, ok := listService(c.namespace, &lists[i]); ok {
			c.names(hostname{to: to}, lists[i].Path, container)
		}
	}
}

// hostLists are the lists that a reader found. Their keys come from texts, and are
// sanitised here; all else of them is letters, digits and signs.
func (p *Projector) hostLists(r *hosts.Reader) []model.HostList {
	lists := r.Lists()
	for i := range lists {
		lists[i].Field = p.word(lists[i].Field)
	}
	return lists
}

// listService is the headless service of a list's members, of the first that names one.
func listService(namespace string, l *model.HostList) (model.Ref, bool) {
	for i := range l.Members {
		m := &l.Members[i]
		if m.Service == "" {
			continue
		}
		if m.Namespace != "" {
			namespace = m.Namespace
		}
		return model.Ref{Kind: model.KindService, Namespace: namespace, Name: m.Service}, true
	}
	return model.Ref{}, false
}

// annotated draws the Secrets and ConfigMaps that annotations name: those whose
// key speaks of one ("nginx.ingress.kubernetes.io/auth-secret",
// "secret.reloader.stakater.com/reload"), with a value that is a list of names.
func (p *Projector) annotated(namespace string, annotations map[string]string) []model.Reference {
	var out []model.Reference
	keys := first(annotations, maxAnnotations)
	slices.Sort(keys)
	for _, k := range keys {
		kind := model.Kind("")
		switch lower := strings.ToLower(k); {
		case strings.Contains(lower, "secret"):
			kind = model.KindSecret
		case strings.Contains(lower, "configmap"):
			kind = model.KindConfigMap
		default:
			continue
		}
		v := annotations[k]
		switch {
		case v == "" || len(v) > noteLimit || v == "true" || v == "false" || v == "enabled" || v == "disabled", mask.Annotation(k, v) && !composed(v):
			continue
		}
		for _, token := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
			ns, name, ok := qualified(namespace, token)
			if ok && ns != "" && len(out) < maxMentions {
				out = append(out, model.Reference{
					Type: model.EdgeMentions, To: model.Ref{Kind: kind, Namespace: p.word(ns), Name: p.word(name)},
					Path: "metadata.annotations[" + p.word(k) + "]", Optional: true,
				})
			}
		}
	}
	return out
}

// composed reports whether each name of a list is put together of words, as names of
// objects are and credentials are not: vault-tls, shop/db-3f9c1e. A generated end may look
// like a credential, and the Secret that is so named is in use all the same.
func composed(list string) bool {
	for _, token := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		_, name, ok := qualified("x", token)
		word, _, joined := strings.Cut(name, "-")
		if !ok || !joined || len(word) < 2 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	return true
}

// isName reports whether s can be the name of an object: a DNS-1123 subdomain.
func isName(s string) bool {
	if s == "" || len(s) > nameLimit {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		alnum := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !alnum && (c != '-' && c != '.' || i == 0 || i == len(s)-1) {
			return false
		}
	}
	return true
}

package archive

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// everywhere are names that every cluster has, or that many programs have: they tell
// nothing, and rules know them.
var everywhere = set(`default kube-system kube-public kube-node-lease kube-root-ca.crt kubernetes system serviceaccount
	serviceaccounts authenticated unauthenticated masters nodes bootstrappers kubelet kube-apiserver kube-scheduler
	kube-controller-manager kube-proxy kube-dns coredns rke2-coredns-rke2-coredns default-scheduler calico-node calico-system cilium kube-flannel kube-flannel-ds
	aws-node kindnet node-local-dns nodelocaldns openshift-dns dns-default weave-net antrea-agent canal ToBeDeletedByClusterAutoscaler etcd cloud-controller-manager cert-manager helm kubectl http https sha256 latest docker.io cluster.local CN`)

// vocabulary are words of English and of Kubernetes that stay in texts, though names
// may hold them.
var vocabulary = func() map[string]bool {
	m := set(`kube default system public node nodes lease root ca crt tls sh helm release cluster admin view edit
	pod pods log logs exec status scale pvc pv protection io kubernetes app apps name names instance component part of managed by
	true false none all any http https tcp udp get list watch create update patch delete not found is no error for in on with the
	a an and or to from service account accounts controller manager scheduler apiserver token tokens data value key keys spec
	metadata labels annotations template container containers running waiting pending failed succeeded deployed superseded uninstalling
	uninstalled svc local v1 v2 com org net quota exceeded forbidden creating looking up must be at has have was were will been
	that this it its as but only more than less
	env args command image volumes volume mounts mount rules subjects items sources hosts host selector backend paths path port ports
	init limits requests limit request used requested limited memory cpu storage max min class policy privileged baseline restricted
	user group role hash revision job uid chart heritage owner tier checksum config version k8s tiller kustomize hook hooks server client timeout
	probe back off restarting pull pulling failing failure denied denying webhook admission validation level message reason type code exit
	started stopped killed started unhealthy scheduled scheduling available unavailable insufficient taint taints toleration tolerated
	claim bound unbound disk attach attached detach detached connection refused dial context deadline already exists exist keep
	label labels annotation field fields object objects resource resources api group groups verb verbs kind kinds resolve lookup`)
	for _, i := range model.Builtin {
		m[i.Resource] = true
		m[strings.ToLower(string(i.Kind))] = true
	}
	return m
}()

func set(text string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(text) {
		m[w] = true
	}
	return m
}

// domains are those that many clusters have: their labels, annotations, finalizers and
// kinds have a meaning that rules know.
var domains = []string{
	"careen", "kubernetes.io", "k8s.io", "x-k8s.io", "karpenter.sh", "helm.sh", "stakater.com", "pusher.com", "cert-manager.io", "tekton.dev", "fluxcd.io", "argoproj.io",
	"external-secrets.io", "kubeblocks.io", "bitnami.com", "crossplane.io", "istio.io",
	"upbound.io", "strimzi.io", "coreos.com", "keda.sh", "openshift.io", "kyverno.io", "cnpg.io", "knative.dev", "cilium.io", "projectcalico.org", "antrea.io",
	"emberstack.com", "mittwald.de", "appscode.com", "velero.io", "cattle.io", "k14s.io", "oam.dev", "kluctl.io", "tanka.dev", "pulumi.com", "skaffold.dev",
	"loft.sh", "kube-green.com", "devtron.ai", "k8s.aws", "gke.networking.io", "volcano.sh", "traefik.io", "nginx.org", "projectcontour.io",
}

// programs are the public images that rules know by their repository.
var programs = append([]string{"stakater/reloader", "wave-k8s/wave", "pusher/wave"}, model.BalancerImages...)

// common reports whether a dotted name ends in one of the domains.
func common(domain string) bool {
	return slices.ContainsFunc(domains, func(d string) bool { return domain == d || strings.HasSuffix(domain, "."+d) })
}

var apiService = regexp.MustCompile(`^(v[0-9]+(?:(?:alpha|beta)[0-9]+)?)\.([a-z0-9.-]*)$`)

// apiServiceName splits the name of an APIService, which is made of what it serves:
// v1beta1.policy. A group without a dot is one of Kubernetes itself.
func apiServiceName(s string) (version, group string, ok bool) {
	m := apiService.FindStringSubmatch(s)
	if m == nil || m[2] != "" && !strings.Contains(m[2], ".") && !ownGroup(m[2]) {
		return "", "", false
	}
	return m[1], m[2], true
}

// ownGroup reports whether Kubernetes itself has an API group of that name.
func ownGroup(group string) bool {
	return group == "extensions" || slices.ContainsFunc(model.Builtin, func(i model.KindInfo) bool { return i.Group == group })
}

// commonKind reports whether s is a kind of one of the domains, as a definition of it says:
// Gateway.gateway.networking.k8s.io.
func commonKind(s string) bool {
	kind, group, ok := strings.Cut(s, ".")
	return ok && kind != "" && kind[0] >= 'A' && kind[0] <= 'Z' && strings.Contains(group, ".") && common(group)
}

// commonKey reports whether s is a key of one of the domains.
func commonKey(s string) bool {
	domain, _, ok := strings.Cut(s, "/")
	return ok && common(domain)
}

var inCluster = regexp.MustCompile(`\.(svc(\.cluster\.local)?|cluster\.local)$`)

// suffixOf is what the host names of every cluster end in.
func suffixOf(token string) string { return inCluster.FindString(token) }

var versionWord = regexp.MustCompile(`^v[0-9]+$`)

// replaceable reports whether a word, in lower case, may tell anything: neither a
// number nor a version does.
func replaceable(word string) bool {
	return strings.ContainsFunc(word, letter) && !versionWord.MatchString(word)
}

// random is the alphabet of generated suffixes (k8s.io/apimachinery, pkg/util/rand).
const random = "bcdfghjklmnpqrstvwxz2456789"

// invent makes a word for a word. Where it is of hexadecimal digits, or like a random
// suffix, so is the one made for it, as long, since generated names are told by them.
func (m *mask) invent(word string) string {
	for n := 6; ; n++ {
		mac := hmac.New(sha256.New, m.key)
		fmt.Fprintf(mac, "%d %s", n, word)
		sum := mac.Sum(nil)
		out := "x" + hex.EncodeToString(sum)[:n]
		switch {
		case len(word) >= 8 && len(word) <= 64 && strings.Trim(word, "0123456789abcdef") == "":
			out = hex.EncodeToString(sum)[:len(word)]
		case len(word) == 5 && strings.Trim(word, random) == "":
			suffix := make([]byte, 5)
			for i := range suffix {
				suffix[i] = random[int(sum[i])%len(random)]
			}
			out = string(suffix)
		}
		if !m.taken[out] {
			m.taken[out] = true
			return out
		}
	}
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7f }

func inWord(r rune) bool { return letter(r) || r >= '0' && r <= '9' }

func inToken(r rune) bool { return inWord(r) || r == '-' || r == '.' || r == '_' }

var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// eachBetween replaces what stands between the placeholders of a template.
func eachBetween(s string, f func(string) string) string {
	var b strings.Builder
	for {
		at := placeholder.FindStringIndex(s)
		if at == nil {
			return b.String() + f(s)
		}
		b.WriteString(f(s[:at[0]]) + s[at[0]:at[1]])
		s = s[at[1]:]
	}
}

// eachRun replaces every longest run of the runes in a set by what f returns for it.
// quoted tells that it stands between quotes, braces or commas, or alone.
func eachRun(s string, in func(rune) bool, f func(run string, quoted bool) string) string {
	var b strings.Builder
	out := func(r rune) bool { return !in(r) }
	for rest := s; rest != ""; {
		n := cmp.Or(strings.IndexFunc(rest, in)+1, len(rest)+1) - 1
		b.WriteString(rest[:n])
		opens := b.Len() == 0 || n > 0 && strings.IndexByte("\"'`{,", rest[n-1]) >= 0
		if rest = rest[n:]; rest == "" {
			break
		}
		n = cmp.Or(strings.IndexFunc(rest, out)+1, len(rest)+1) - 1
		closes := n == len(rest) || strings.IndexByte("\"'`},", rest[n]) >= 0
		b.WriteString(f(rest[:n], opens && closes))
		rest = rest[n:]
	}
	return b.String()
}

package probes

import (
	"fmt"
	"net"
	"regexp"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// pullClass is why an image could not be pulled, as far as the kubelet says.
type pullClass string

const (
	pullName     pullClass = "name"     // no image can be called so
	pullNever    pullClass = "never"    // it is not on the node, and may not be pulled
	pullMissing  pullClass = "missing"  // the registry has no such tag
	pullUnknown  pullClass = "unknown"  // the registry has no such repository, or hides it
	pullDenied   pullClass = "denied"   // the registry refuses the login, or the lack of one
	pullHost     pullClass = "host"     // the registry's name does not resolve
	pullLimit    pullClass = "limit"    // too many pulls
	pullTLS      pullClass = "tls"      // certificates, or none
	pullPlatform pullClass = "platform" // not built for the node
	pullSpace    pullClass = "space"    // the node's disk is full
	pullSilent   pullClass = "silent"   // the registry does not answer
	pullOther    pullClass = "other"
)

// pullWords are what container runtimes and registries say (containerd, CRI-O, dockerd,
// distribution/distribution errcode): what is said in particular first, since an error
// of a registry is wrapped in those of others.
var pullWords = []struct {
	class pullClass
	words []string
}{
	{pullName, []string{"invalid reference format", "couldn't parse image", "failed to parse image", "must be lowercase", "invalid image name", "invalid tag format"}},
	{pullNever, []string{"errimageneverpull", "not present with pull policy of never"}},
	{pullLimit, []string{"toomanyrequests", "429 too many requests", "rate limit", "too many requests"}},
	{pullSpace, []string{"no space left on device", "disk quota exceeded", "not enough space"}},
	{pullPlatform, []string{"no match for platform", "no matching manifest", "no image found in manifest list for architecture", "does not match the specified platform", "no child with platform"}},
	{pullTLS, []string{"x509:", "tls: ", "certificate", "server gave http response to https client", "http: server gave http response"}},
	{pullHost, []string{"no such host", "server misbehaving", "name resolution", "name or service not known"}},
	{pullSilent, []string{"connection refused", "i/o timeout", "deadline exceeded", "connection reset", "no route to host", "tls handshake timeout", "client.timeout", "network is unreachable", "500 internal server", "502 bad gateway", "503 service", "504 gateway", "unexpected eof", "request canceled while waiting"}},
	{pullUnknown, []string{"repository does not exist or may require", "insufficient_scope", "name unknown", "repository name not known", "requested access to the resource is denied", "pull access denied"}},
	{pullDenied, []string{"401 unauthorized", "403 forbidden", "unauthorized", "failed to fetch anonymous token", "failed to fetch oauth token", "failed to authorize", "no basic auth credentials", "authentication required", "access denied", "denied:", "authorization failed", "permission_denied"}},
	{pullMissing, []string{"manifest unknown", "manifest for ", ": not found", "not found: manifest", "404 not found", "reading manifest"}},
}

// classifyPull reads the reason of a waiting container and what was said of its image.
// "tls handshake timeout" is a network's, not a certificate's.
func classifyPull(reason, said string) pullClass {
	switch reason {
	case "InvalidImageName":
		return pullName
	case "ErrImageNeverPull":
		return pullNever
	}
	lower := strings.ReplaceAll(strings.ToLower(said), "tls handshake timeout", "i/o timeout")
	for _, c := range pullWords {
		for _, w := range c.words {
			if strings.Contains(lower, w) {
				return c.class
			}
		}
	}
	return pullOther
}

// imageParts splits the name of an image as distribution/reference does: the registry
// is docker.io where the first part of the path is not a host.
func imageParts(image string) (registry, repository, tag, digest string) {
	image, digest, _ = strings.Cut(image, "@")
	repository = image
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		repository, tag = image[:i], image[i+1:]
	}
	registry = "docker.io"
	if first, _, ok := strings.Cut(repository, "/"); ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		registry = first
	}
	return registry, repository, tag, digest
}

// pullClause says why an image cannot be pulled, as the end of a sentence.
func pullClause(class pullClass, image, said string, pod *model.Pod) string {
	registry, repository, tag, digest := imageParts(image)
	plain := strings.Contains(strings.ToLower(said), "http response to https")
	switch host := referredTo(said, registry); {
	case class == pullSilent && strings.Contains(said, "proxyconnect"):
		return fmt.Sprintf("the proxy by which the runtime asks for image %s does not answer", image)
	case host != "" && hostTroubles[class] != "" && !plain:
		return fmt.Sprintf("host %s, which the runtime asks for image %s, %s", host, image, hostTroubles[class])
	}
	node := "the node"
	if pod.Node != "" {
		node = "node " + pod.Node
	}
	switch class {
	case pullName:
		return fmt.Sprintf("%q is not a valid image name", image)
	case pullNever:
		return fmt.Sprintf("image %s is not on %s, and imagePullPolicy Never forbids to pull it", image, node)
	case pullMissing:
		switch {
		case digest != "":
			return fmt.Sprintf("registry %s does not have digest %s of image %s", registry, digest, repository)
		case tag == "":
			return fmt.Sprintf("registry %s does not have tag latest of image %s, which names no tag", registry, repository)
		}
		return fmt.Sprintf("registry %s does not have tag %s of image %s", registry, tag, repository)
	case pullUnknown:
		return fmt.Sprintf("repository %s does not exist in registry %s, or needs a login that may read it", repository, registry)
	case pullDenied:
		return fmt.Sprintf("registry %s denies access to image %s%s", registry, image, status(said))
	case pullHost:
		return fmt.Sprintf("the host name of registry %s in image %s does not resolve", registry, image)
	case pullLimit:
		return fmt.Sprintf("registry %s limits how often image %s is pulled (429, too many requests)", registry, image)
	case pullTLS:
		if plain {
			return fmt.Sprintf("registry %s of image %s answers HTTP, and the runtime asks by HTTPS", registry, image)
		}
		return fmt.Sprintf("the TLS certificate of registry %s of image %s is not trusted", registry, image)
	case pullPlatform:
		return fmt.Sprintf("image %s has no build for the architecture of %s", image, node)
	case pullSpace:
		return fmt.Sprintf("%s has no space left for image %s", node, image)
	case pullSilent:
		return fmt.Sprintf("registry %s of image %s does not answer", registry, image)
	case pullOther:
	}
	return fmt.Sprintf("image %s cannot be pulled", image)
}

// hostTroubles is what ails a host that a runtime asks for an image.
var hostTroubles = map[pullClass]string{
	pullHost: "does not resolve", pullSilent: "does not answer", pullTLS: "has a TLS certificate that is not trusted",
}

// askedHost is the host of the request that failed, as Go's net/http and net write it.
var askedHost = regexp.MustCompile(`(?:Get|Head|Post) \\?"https?://([^/":]+)[^"]*": |lookup ([^\s:]+)`)

// referredTo is the host that was asked in the place of an image's registry; empty where that
// was the registry. A registry refers to others for the login and for the layers of an image,
// and a mirror is asked before it.
func referredTo(said, registry string) string {
	list := askedHost.FindAllStringSubmatch(said, -1)
	if len(list) == 0 {
		return ""
	}
	last := list[len(list)-1]
	host, own := last[1]+last[2], strings.ToLower(registry)
	if name, _, ok := strings.Cut(own, ":"); ok {
		own = name
	}
	if lower := strings.ToLower(host); lower == own || strings.HasSuffix(lower, "."+own) || net.ParseIP(strings.Trim(host, "[]")) != nil && host != own {
		return ""
	}
	return host
}

// status is the status code that a registry answered.
func status(said string) string {
	for _, code := range []string{"401", "403"} {
		if strings.Contains(said, code) {
			return " (" + code + ")"
		}
	}
	return ""
}

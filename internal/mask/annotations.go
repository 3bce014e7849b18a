package mask

import "strings"

// repeating are annotations whose value is a copy of the object, the values of a
// Secret included, as tools keep it to compare with later. This is the only list.
var repeating = map[string]bool{
	"kubectl.kubernetes.io/last-applied-configuration": true, // kubectl apply
	"kapp.k14s.io/original":                            true, // carvel kapp
	"kapp.k14s.io/original-diff":                       true,
	"kapp.k14s.io/original-diff-full":                  true,
	"objectset.rio.cattle.io/applied":                  true, // Rancher and fleet
	"banzaicloud.com/last-applied":                     true, // k8s-objectmatcher
	"kopf.zalando.org/last-handled-configuration":      true, // operators made with kopf
	"app.oam.dev/last-applied-configuration":           true, // KubeVela
}

// Repeats reports whether an annotation holds a copy of its object. Tools let their
// users choose the name, so that the value counts too: an object as JSON is one.
func Repeats(annotation, value string) bool {
	if repeating[annotation] {
		return true
	}
	value = strings.TrimLeft(value, " \n")
	if !strings.HasPrefix(value, "{") {
		return false
	}
	for _, field := range [...]string{`"apiVersion"`, `"spec"`, `"data"`, `"stringData"`} {
		if strings.Contains(value, field) {
			return true
		}
	}
	return false
}

// told begin the annotations whose values a plan shows: they are known to hold no
// configuration.
var told = []string{
	"meta.helm.sh/", "helm.sh/", "careen/", "deployment.kubernetes.io/", "kubectl.kubernetes.io/restartedAt",
	"pv.kubernetes.io/", "volume.kubernetes.io/", "volume.beta.kubernetes.io/",
}

func isTold(annotation string) bool {
	for _, prefix := range told {
		if strings.HasPrefix(annotation, prefix) {
			return true
		}
	}
	return false
}

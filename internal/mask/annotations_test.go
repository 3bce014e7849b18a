package mask

import "testing"

// TestACopyOfTheObjectIsKnownByItsAnnotation holds the list against what each tool writes
// where the value does not give it away: packed, as a diff, or cut.
func TestACopyOfTheObjectIsKnownByItsAnnotation(t *testing.T) {
	writes := map[string]string{
		"kubectl.kubernetes.io/last-applied-configuration": `"kind":"Secret","data":`,
		"kapp.k14s.io/original":                            `"kind":"Secret"`,
		"kapp.k14s.io/original-diff":                       "- type: test\n  path: /data",
		"kapp.k14s.io/original-diff-full":                  "- password: cGFzcw==",
		"objectset.rio.cattle.io/applied":                  "H4sIAAAAAAAA/4xSwW7bMAz9FYFn",
		"banzaicloud.com/last-applied":                     "UEsDBBQACAAIAAAAAAAAAAAAAAAA",
		"kopf.zalando.org/last-handled-configuration":      `"cut": tru`,
		"app.oam.dev/last-applied-configuration":           "zstd:KLUv/QQAbQoA",
	}
	for name, value := range writes {
		if !Repeats(name, value) {
			t.Errorf("%s counts as harmless", name)
		}
		if Repeats("example.com/note", value) {
			t.Errorf("the value of %s gives it away: it shows nothing of the list", name)
		}
	}
	for name := range repeating {
		if writes[name] == "" {
			t.Errorf("%s: no value is known that the list alone recognises", name)
		}
	}
}

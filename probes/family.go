package probes

import (
	"regexp"
	"strings"
)

// shape is a generated name: what stands before the generated part, and the form
// of that part. A name that nothing generated has no form.
type shape struct {
	stem string // with the dash that ends it
	form string // hex, uuid, digits, random
}

// pattern writes the shape as people do: keep-victoriametrics-*.
func (s shape) pattern() string { return s.stem + "*" }

// The forms of generated ends: a UUID, or one written as 32 hexadecimal digits (as
// Keep does); a hash of eight or more hexadecimal digits; a date or counter; and the
// five characters of metadata.generateName, out of the alphabet of
// k8s.io/apimachinery/pkg/util/rand.
var forms = []struct {
	name string
	end  *regexp.Regexp
}{
	{"uuid", regexp.MustCompile(`-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)},
	{"hex", regexp.MustCompile(`-[0-9a-f]{32,64}$`)},
	{"digits", regexp.MustCompile(`-[0-9]{6,}$`)},
	{"hash", regexp.MustCompile(`-[0-9a-f]{8,12}$`)},
	{"random", regexp.MustCompile(`-[bcdfghjklmnpqrstvwxz2456789]{5}$`)},
}

// family finds the generated end of a name.
func family(name string) shape {
	for _, f := range forms {
		at := f.end.FindStringIndex(name)
		if at == nil {
			continue
		}
		end := name[at[0]+1:]
		// A word of five consonants or eight hexadecimal letters is no accident, but
		// neither has a digit.
		if (f.name == "random" || f.name == "hash") && !strings.ContainsAny(end, "0123456789") {
			continue
		}
		return shape{stem: name[:at[0]+1], form: f.name}
	}
	return shape{}
}

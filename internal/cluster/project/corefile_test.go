package project

import (
	"slices"
	"testing"
)

func TestWordsOfACorefile(t *testing.T) {
	for in, want := range map[string][]string{
		`    match "^a b\.$" # why`: {"match", `^a b\.$`},
		`say "a \"b\" c"`:           {"say", `a "b" c`},
		`# all of it`:               nil,
		`.:53 {`:                    {".:53", "{"},
		`a#b`:                       {"a#b"},
		"":                          nil,
	} {
		if got := directive(in); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := serverZones([]string{"dns://example.org:5353,", ".:53", "example.net", "tls://example.com", "(shared)"}, nil); !slices.Equal(got, []string{".", "example.net"}) {
		t.Errorf("zones %q", got)
	}
	if got := kubernetesPorts("# all\nexample.org:1053 {\n  forward . 10.0.0.1\n}\ndns://.:5353 {\n  bufsize 512\n  kubernetes cluster.local {\n    pods insecure\n  }\n}\nexample.net:1054 {\n}\n"); !slices.Equal(got, []string{"5353"}) {
		t.Errorf("ports %q", got)
	}
}

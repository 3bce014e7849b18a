package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestEveryModuleHasAKnownLicence fails where a module is added whose licence somebody
// has to look at.
func TestEveryModuleHasAKnownLicence(t *testing.T) {
	modules, err := collect(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := write(&out, modules); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	licensed := func(path string) []string {
		for _, m := range modules {
			if m.path == path {
				return m.names
			}
		}
		return nil
	}
	for path, want := range map[string][]string{
		"Go":                                   {"BSD-3-Clause"},
		"helm.sh/helm/v3":                      {"Apache-2.0"},
		"github.com/spf13/cobra":               {"Apache-2.0"},
		"github.com/spf13/pflag":               {"BSD-3-Clause"},
		"charm.land/bubbletea/v2":              {"MIT"},
		"github.com/hashicorp/errwrap":         {"MPL-2.0"},
		"github.com/inconshreveable/mousetrap": {"Apache-2.0"}, // on Windows alone
	} {
		if got := licensed(path); !slices.Equal(got, want) {
			t.Errorf("%s is under %v, want %v", path, got, want)
		}
	}
	for _, want := range []string{"https://proxy.golang.org/github.com/hashicorp/errwrap/@v/v", "Mozilla Public License, version 2.0", "The Go Authors"} {
		if !strings.Contains(text, want) {
			t.Errorf("the notices do not hold %q", want)
		}
	}
	for _, m := range modules {
		if len(m.names) == 0 {
			t.Errorf("%s has no licence by name", m.path)
		}
	}
}

func TestLicencesAreToldApart(t *testing.T) {
	bsd := "Redistribution and use in source and binary\nforms ... Redistributions in binary form must reproduce the above"
	for text, want := range map[string][]string{
		"Apache License\n  Version 2.0, January 2004": {"Apache-2.0"},
		bsd: {"BSD-2-Clause"},
		bsd + " Neither the name of X may be used to endorse or promote products": {"BSD-3-Clause"},
		"GNU GENERAL PUBLIC LICENSE Version 3":                                    nil,
		"All rights reserved.":                                                    nil,
	} {
		if got := identify(text); !slices.Equal(got, want) {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
	if got := escaped("github.com/Masterminds/semver"); got != "github.com/!masterminds/semver" {
		t.Errorf("escaped: %s", got)
	}
}
